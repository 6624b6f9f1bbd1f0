"""Settings: where each value comes from, and which values are ignored."""

import os

import pytest

from src.doctor.report import Fine
from tests.support.checkout import Copy

ONE_VALUE = "Every setting has one value"


class TestOneValue:
    def test_a_root_env_file_that_disagrees_is_shown_with_both_addresses(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app:new-pw@db.example/new")
        (copy.checkout.root / ".env").write_text("DATABASE_URL=postgresql://app:old-pw@h/old\n")
        finding = copy.found(ONE_VALUE)

        assert finding.condition.code == "settings_conflict"
        (evidence,) = finding.evidence
        assert "postgresql://app@db.example/new" in evidence
        assert "postgresql://app@h/old" in evidence
        assert "-pw" not in evidence
        assert finding.fix.startswith("remove DATABASE_URL from ")

    def test_a_shell_variable_that_disagrees_has_to_be_unset(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy.write_env(API_URL="http://localhost:8000")
        monkeypatch.setenv("API_URL", "http://localhost:9000")
        finding = copy.found(ONE_VALUE)

        assert finding.fix == "unset API_URL"
        assert "http://localhost:9000" in finding.evidence[0]
        assert "http://localhost:8000" in finding.evidence[0]

    def test_a_file_that_agrees_is_no_finding(self, copy: Copy) -> None:
        copy.write_env(API_URL="http://localhost:8000")
        (copy.backend / ".env.local").write_text("API_URL=http://localhost:8000\n")

        assert isinstance(copy.look(ONE_VALUE).outcome, Fine)

    def test_only_the_place_of_a_secret_is_shown(self, copy: Copy) -> None:
        (copy.checkout.root / ".env").write_text("SECRET_KEY=an0ther-one-of-its-own\n")
        (evidence,) = copy.found(ONE_VALUE).evidence

        assert evidence.startswith("SECRET_KEY: ")
        assert "an0ther" not in evidence
        assert "(" not in evidence

    @pytest.mark.parametrize(
        "value",
        [
            "postgresql://app:zq7Vx2mK-pw@h/old",
            "zq7Vx2mK",
            "https://app:zq7Vx2mK@h",
            "https://hooks.example/services/zq7Vx2mK",
        ],
    )
    def test_a_secret_in_an_ordinary_setting_is_not_shown(self, copy: Copy, value: str) -> None:
        copy.write_env(API_URL="http://localhost:8000")
        (copy.checkout.root / ".env").write_text(
            f"API_URL={value}\nLOG_LEVEL={value}\nRATE_LIMIT_POLICIES={value}\n"
            f"TRUSTED_PROXIES={value}\nBCRYPT_ROUNDS={value}\nCORS_ORIGINS={value}\n"
        )
        evidence = copy.found(ONE_VALUE).evidence

        assert len(evidence) == 6
        assert "zq7Vx2" not in " ".join(evidence)

    def test_another_env_file_that_cannot_be_read_is_a_finding(self, copy: Copy) -> None:
        (copy.checkout.root / ".env").mkdir()
        (copy.backend / ".env.local").symlink_to("nothing")
        finding = copy.found(ONE_VALUE)

        assert finding.condition.code == "other_env_file_unreadable"
        assert [one.rpartition("/")[2] for one in finding.evidence] == [
            ".env cannot be read: it is a folder.",
            ".env.local cannot be read: it is a link to nothing.",
        ]


class TestNames:
    def test_a_typing_error_is_shown_with_the_right_name(self, copy: Copy) -> None:
        copy.write_env(DATABSE_URL="postgresql://app:pw@h/d")
        finding = copy.found("Every name is a setting")

        assert finding.condition.code == "setting_unknown"
        assert finding.evidence == ("DATABSE_URL: did you mean DATABASE_URL?",)

    def test_a_name_that_could_be_part_of_a_key_is_shown_by_its_line(self, copy: Copy) -> None:
        copy.write_env(ZQ7VX2MKPW9TRB4N="x", zq7vx2mk="x", hunter="two2")
        finding = copy.found("Every name is a setting")

        assert finding.evidence == tuple(
            f"line {line}: no setting has this name" for line in (2, 3, 4)
        )
        assert finding.fix == "Correct or remove in backend/.env: line 2, line 3, line 4"


class TestLines:
    def test_a_setting_that_is_given_twice_with_the_same_value(self, copy: Copy) -> None:
        copy.checkout.env_file.write_text("# ours\nAPI_URL=http://a\n\napi_url=http://a\n")
        finding = copy.found("No setting is given twice")

        assert finding.condition.code == "env_file_line"
        assert finding.evidence[0].endswith(
            "backend/.env: lines 2 and 4 give API_URL and api_url the same value"
        )

    def test_a_shell_variable_that_is_given_twice_with_the_same_value(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_URL", "http://a")
        monkeypatch.setenv("api_url", "http://a")
        (evidence,) = copy.found("No setting is given twice").evidence

        assert evidence.startswith("the process environment sets ")
        assert evidence.endswith(" to the same value")


class TestUnreadable:
    TITLE = "The settings can be read"

    @pytest.mark.parametrize("kind", ["folder", "link to nothing", "pipe"])
    def test_a_folder_link_or_pipe_is_a_finding_and_fix_does_not_touch_it(
        self, copy: Copy, kind: str
    ) -> None:
        path = copy.checkout.env_file
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to("nothing")
        before = path.lstat()
        said = copy.doctor("--fix", "--json")

        assert said.code == 1
        assert said.codes == ["env_file_unreadable"]
        assert kind in said.findings[0]["evidence"][0]
        assert said.report["fixed"] == said.report["not_fixed"] == []
        assert not any(finding["fixable"] for finding in said.findings)
        assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)

    def test_an_unreadable_line_is_named_with_what_to_do(self, copy: Copy) -> None:
        copy.checkout.env_file.write_text("API_URL=http://a\nDATABASE_URL 'postgres\n")
        finding = copy.found(self.TITLE)

        assert finding.condition.code == "env_file_unreadable"
        assert finding.evidence[0].endswith(
            "backend/.env cannot be read: line 2 is not NAME=value. "
            "Correct or remove it; a comment begins with #."
        )
        assert finding.fix.startswith("In backend/.env, line 2: Correct or remove it")


class TestLibpq:
    def test_variables_that_psql_uses_are_named(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGHOST", "other.example")
        monkeypatch.setenv("PGOPTIONS", "-c search_path=old")
        finding = copy.found("psql and the service use the same database")

        assert finding.condition.code == "libpq_variables"
        assert finding.fix == "unset PGHOST PGOPTIONS"
        assert "other.example" not in finding.evidence[0]
