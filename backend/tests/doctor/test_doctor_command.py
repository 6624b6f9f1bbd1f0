"""The command: what it prints, its exit code, and what `--fix` does."""

import json
import os
import re
from pathlib import Path

import pytest

from src.doctor.checks import connection, views, web_app
from src.doctor.examination import CHECKS
from src.doctor.rendering import Page, render
from src.doctor.report import (
    DOCUMENT,
    Check,
    Condition,
    Entry,
    Failed,
    Fine,
    Group,
    NotExamined,
    Outcome,
    Report,
)
from src.settings import BACKEND
from tests.support import databases
from tests.support.checkout import Copy
from tests.support.migration import add_migration


def words(text: str) -> str:
    return " ".join(text.split())


CANARY = "zq7Vx2mKpW9tRb4N"


class TestAllIsWell:
    def test_it_ends_with_0_and_says_that_all_is_well(self, well: Copy) -> None:
        said = well.doctor()

        assert said.code == 0, said.text
        assert "All is well" in said.text
        assert "✗" not in said.text
        assert "\033[" not in said.text  # a pipe gets no colour

    def test_programs_get_the_same_as_json(self, well: Copy) -> None:
        said = well.doctor("--json")

        assert said.code == said.report["exit_code"] == 0
        checks = said.report["checks"]
        assert [check["number"] for check in checks] == list(range(1, len(checks) + 1))
        assert {check["outcome"] for check in checks} == {"fine", "not_examined"}

    def test_the_groups_come_in_the_order_of_cause_and_effect(self, well: Copy) -> None:
        groups = [entry.group for entry in well.examine().entries]

        assert list(dict.fromkeys(groups)) == [
            "Settings",
            "Reachability",
            "Identity",
            "Schema",
            "Migrations",
            "Runtime",
            "Bytecode",
            "Security",
            "Web app",
        ]


class TestPreviousNames:
    def test_programs_get_fix_and_for_one_more_release_mend(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="mysql://app@h/d")
        said = copy.doctor("--json")
        (finding,) = said.findings

        assert finding["fix"].startswith("Write it as postgresql://")
        assert finding["mend"] == finding["fix"]
        assert said.report["mended"] == said.report["fixed"] == []
        assert said.report["not_mended"] == said.report["not_fixed"] == []


class TestFindings:
    def test_it_ends_with_1_and_shows_evidence_reason_fix_and_page(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app@127.0.0.1:1/postern")
        report = copy.examine()
        text = render(report, Page(100, colour=False))

        assert report.exit_code == 1
        for label in ("Seen", "Why", "Fix", "More"):
            assert re.search(rf"^ +{label} +\S", text, re.MULTILINE), label
        assert f"{DOCUMENT}#connection-refused" in text
        assert "Next: " in text


class TestNotAllWasExamined:
    def test_checks_that_were_left_out_are_named_before_all_is_well(self, well: Copy) -> None:
        with well.checkout.env_file.open("a") as file:
            file.write("API_URL=http://127.0.0.1:1\n")
        report = well.examine(*web_app.CHECKS)
        (left_out,) = report.not_examined
        summary = words(render(report, Page(100, colour=False)).rpartition("───")[2])

        assert report.exit_code == 0
        named, _, verdict = summary.partition("All is well")
        assert f"Not examined: {left_out.number} “This Postern answers at API_URL”" in named
        assert "nothing answers at http://127.0.0.1:1 (" in named
        count = len(report.entries)
        assert verdict == f" in {count - 1} of {count} checks."

    def test_a_reason_is_given_once_for_all_checks_that_it_left_out(self) -> None:
        entries = tuple(
            Entry(number, Group.SCHEMA, f"Check {number}", NotExamined("there is no database"))
            for number in (1, 2)
        )
        text = words(render(Report("here", entries), Page(100, colour=False)))

        assert "Not examined: 1 “Check 1”, 2 “Check 2”, because there is no database." in text
        assert "All is well in 0 of 2 checks." in text


class TestNothingIsCut:
    LONG = "https://one.example.com/" + 30 * "long" + " and " + "much more " * 12 + "at the end"

    @pytest.mark.parametrize("width", [60, 72, 100])
    @pytest.mark.parametrize(
        "outcome", [Fine(LONG), Fine("short", (LONG,)), NotExamined(LONG), Failed(LONG)]
    )
    def test_notes_are_wrapped_between_words(self, width: int, outcome: Outcome) -> None:
        report = Report("here", (Entry(1, Group.SCHEMA, "A check", outcome),))
        text = render(report, Page(width, colour=False))

        assert self.LONG in words(text)
        assert "…" not in text
        overview = text.partition("───")[0]
        too_wide = [line for line in overview.splitlines() if len(line) > width]
        assert all("long" * 30 in line for line in too_wide)

    def test_evidence_and_fix_of_a_finding_are_shown_whole(self) -> None:
        found = Condition.registry["schema_drifted"].found(self.LONG, fix=self.LONG)
        report = Report("here", (Entry(1, Group.SCHEMA, "A check", found),))

        assert words(render(report, Page(60, colour=False))).count(self.LONG) == 3


class TestNothingStopsIt:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"SECRET_KEY=\xff\xfe", "env_file_unreadable"),
            (b"BCRYPT_ROUNDS=many\n", "settings_invalid"),
            (b"ENVIRONMENT=production\nDATABASE_URL=postgresql://h/d\n", "settings_invalid"),
            (b"DATABASE_URL=mysql://app@h/d\n", "database_url_invalid"),
            (b"DATABASE_URL=postgresql://app:a@b@h/d\n", "database_url_invalid"),
            (b"DATABASE_URL=postgresql://app@nowhere.invalid/d\n", "unreachable_name"),
        ],
    )
    def test_a_damaged_env_file_is_a_finding(self, copy: Copy, content: bytes, code: str) -> None:
        copy.checkout.env_file.write_bytes(content)
        report = copy.examine()

        assert report.exit_code == 1
        assert code in [finding.condition.code for _, finding in report.findings]
        assert report.failed == ()

    def test_settings_that_stop_every_other_process_are_a_finding(self, copy: Copy) -> None:
        copy.write_env(BCRYPT_ROUNDS="many")
        said = copy.doctor("--json")

        assert said.code == 1
        assert said.codes == ["settings_invalid"]
        assert not any(check["outcome"] == "failed" for check in said.report["checks"])

    def test_it_ends_with_2_if_a_check_failed_and_nothing_was_found(self, well: Copy) -> None:
        (well.backend / "alembic" / "versions" / "broken.py").write_text("raise RuntimeError\n")
        said = well.doctor("--json")

        assert said.code == 2
        assert said.codes == []
        assert any(check["outcome"] == "failed" for check in said.report["checks"])


class TestItCannotStart:
    """A missing or damaged package is one clear sentence, not a traceback."""

    COMMANDS = (
        ("-m", "src.doctor"),
        ("-m", "src.doctor", "--json"),
        ("diagnose_schema.py",),
        ("test_sqlalchemy_connection.py",),
        ("test_fastapi_flow.py",),
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_without_packages(self, copy: Copy, command: tuple[str, ...]) -> None:
        said = copy.run("-S", *command)

        assert said.code == 2
        assert said.text == ""
        assert re.fullmatch(
            r"The doctor cannot start: No module named '\w+'\. Fix it with: make setup\n",
            said.errors,
        )

    def test_without_typer(self, copy: Copy) -> None:
        said = copy.run("-S", "-m", "src.cli", "doctor")

        assert said.code == 2
        assert "make setup" in said.errors

    @pytest.mark.parametrize("command", [("src.doctor",), ("src.cli", "doctor")], ids=" ".join)
    def test_with_a_damaged_package(self, copy: Copy, command: tuple[str, ...]) -> None:
        (copy.backend / "bcrypt.py").write_text("raise RuntimeError('secret words')\n")
        said = copy.run("-m", *command)

        assert said.code == 2
        assert said.errors == (
            "The doctor cannot start: RuntimeError at bcrypt.py:1. Fix it with: make setup\n"
        )


class TestReasons:
    """Each check names why it exists."""

    CHECKS = (*CHECKS, *views.CHECKS, *connection.CHECKS)

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.title))
    def test_a_check_names_a_report_or_a_line_of_the_story(self, check: Check) -> None:
        reason = " ".join(str(check.examine.__doc__).split())

        assert re.search(r"Report: \S+/\S+ \d+, |Story: (\"|decision \d{4})", reason), reason

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.title))
    def test_the_line_of_the_story_exists(self, check: Check) -> None:
        reason = " ".join(str(check.examine.__doc__).split())
        _, _, story = reason.partition("Story: ")
        decisions = [path.name[:4] for path in (BACKEND.parent / "docs/decisions").iterdir()]

        for heading in re.findall(r'"(.+?)"(?=[.,])', story):
            assert f"\n### {heading}\n" in (BACKEND.parent / DOCUMENT).read_text()
        for number in re.findall(r"decision (\d{4})", story):
            assert number in decisions


class TestFix:
    def test_it_applies_the_safe_fixes_and_says_what_it_did(self, copy: Copy) -> None:
        with databases.database("doctor_empty") as url:
            copy.write_env(DATABASE_URL=url)
            copy.checkout.env_file.chmod(0o644)
            said = copy.doctor("--fix", "--json")

            assert said.code == 0, said.text
            assert said.report["fixed"] == [
                "applied the pending migrations",
                "closed backend/.env to other users (0600)",
            ]
            assert copy.checkout.env_file.stat().st_mode & 0o777 == 0o600
            assert databases.execute(url, "SELECT count(*) FROM instance") == [(1,)]

    def test_without_fix_nothing_is_changed(self, copy: Copy) -> None:
        with databases.database("doctor_empty") as url:
            copy.write_env(DATABASE_URL=url)
            said = copy.doctor("--json")

            assert said.code == 1
            assert said.codes == ["schema_empty"]
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            assert databases.execute(url, tables) == [(0,)]

    def test_a_fix_that_fails_is_shown_with_the_reason(self, copy: Copy, migrated: str) -> None:
        add_migration(copy.backend, "UPDATE instance SET no_such = 1")
        copy.write_env(DATABASE_URL=migrated)
        said = copy.doctor("--fix")

        assert said.code == 1
        assert "✗ Not fixed: Migrations are pending: " in said.text
        assert "does not exist" in " ".join(said.text.split())
        assert "✓ Fixed" not in said.text

    def test_it_does_not_migrate_a_database_that_refuses_writes(self, copy: Copy) -> None:
        with databases.database("doctor_empty") as url:
            readonly = 'ALTER DATABASE "doctor_empty" SET default_transaction_read_only = on'
            databases.execute(url, readonly)
            copy.write_env(DATABASE_URL=url)
            said = copy.doctor("--fix", "--json")

        assert said.codes[0] == "database_read_only"
        assert "schema_empty" in said.codes
        assert not any(finding["fixable"] for finding in said.findings)
        assert said.report["not_fixed"] == []

    def test_it_makes_the_env_file_with_its_own_key(self, copy: Copy, migrated: str) -> None:
        copy.checkout.env_file.unlink()
        said = copy.doctor("--fix", "--json", DATABASE_URL=migrated)

        assert said.code == 0, said.text
        assert "made backend/.env from .env.example" in said.report["fixed"][0]
        key = re.search(r"^SECRET_KEY=(.+)$", copy.checkout.env_file.read_text(), re.MULTILINE)
        assert key
        assert len(key[1]) == 64
        assert key[1] not in said.text
        assert copy.checkout.env_file.stat().st_mode & 0o777 == 0o600


class TestSecrets:
    """No six characters in a row of a password or key are ever shown."""

    def parts(self) -> list[str]:
        return [CANARY[start : start + 6] for start in range(len(CANARY) - 5)]

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://app:{}@127.0.0.1:1/postern",
            "postgresql://app:{}@nowhere.invalid/postern?sslpassword={}",
            "postgresql://app:{}@h@{}/postern",
            "postgresql://app:{}:5432/postern",
            "postgresql://app@127.0.0.1:{}/postern",
            "postgresql:/app:{}@127.0.0.1/postern",
            "{}",
        ],
    )
    def test_anywhere_in_a_url(self, copy: Copy, url: str) -> None:
        self.stage(copy, url)
        report = copy.examine()

        assert report.exit_code == 1
        shown = render(report, Page(100, colour=True)) + json.dumps(report.document())
        assert [part for part in self.parts() if part in shown] == []

    @pytest.mark.parametrize("arguments", [("--fix",), ("--json",)])
    def test_in_a_process_of_its_own(self, copy: Copy, arguments: tuple[str, ...]) -> None:
        self.stage(copy, "postgresql://app:{}@127.0.0.1:1/postern")
        said = copy.doctor(*arguments, SECRET_KEY=f"example-{CANARY}", PGPASSWORD=CANARY)

        assert said.code == 1
        assert [part for part in self.parts() if part in said.text + said.errors] == []

    def stage(self, copy: Copy, url: str) -> None:
        copy.write_env(DATABASE_URL=url.replace("{}", CANARY), SECRET_KEY=CANARY)
        (copy.checkout.root / ".env").write_text(
            f"DATABASE_URL=postgresql://app:{CANARY}@127.0.0.1:1/old\nSECRET_KEY=other{CANARY}\n"
        )


class TestScripts:
    def test_diagnose_schema_has_its_five_views_first(self, well: Copy) -> None:
        said = well.run("diagnose_schema.py")

        assert said.code == 0, said.text
        views, _, _ = said.text.partition("\n  Settings\n")
        _, _, views = views.partition("\n  Five views of the schema\n")
        assert re.findall(r"^ +(\d+  \S)", views, re.MULTILINE) == [f"{n}  ✓" for n in range(1, 6)]

    def test_sqlalchemy_connection_shows_what_it_is_connected_to(self, well: Copy) -> None:
        said = well.run("test_sqlalchemy_connection.py")

        assert said.code == 0, said.text
        together = " ".join(said.text.split())
        assert '"doctor_migrated"' in together
        assert "SELECT 1" in together
        assert "not encrypted" in together

    def test_fastapi_flow_signs_up_and_leaves_nothing_behind(
        self, well: Copy, migrated: str
    ) -> None:
        said = well.run("test_fastapi_flow.py", BCRYPT_ROUNDS="4")

        assert said.code == 0, said.text
        assert "201" in said.text
        assert databases.execute(migrated, 'SELECT count(*) FROM "user"') == [(0,)]
        assert databases.execute(migrated, "SELECT last_value FROM user_id_seq") == [(1,)]

    def test_the_flow_shows_what_the_service_answered(self, copy: Copy, migrated: str) -> None:
        databases.execute(migrated, 'ALTER TABLE "user" DROP COLUMN password_hash')
        copy.write_env(DATABASE_URL=migrated)
        said = copy.run("test_fastapi_flow.py")

        assert said.code == 1
        assert "flow_refused" in said.text
        assert "schema_mismatch" in said.text

    def test_the_flow_shows_why_the_app_does_not_start(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app:pw@h@other/d")
        said = copy.run("test_fastapi_flow.py")

        assert said.code == 2
        assert "an unescaped '@' in its password" in " ".join(said.text.split())


def test_it_works_from_any_folder(well: Copy, tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(well.backend), "PATH": os.environ["PATH"]}
    elsewhere = Copy(type(well.checkout)(tmp_path))
    (tmp_path / "backend").mkdir()
    said = elsewhere.run("-m", "src.doctor", **environment)

    assert said.code == 0, said.text
