"""Two .env files, shells and scripts: which program reads which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from src.database.endpoints import parse, redacted
from tests.support import checkout, databases
from tests.support.checkout import Copy

POSTERN = """
from src.settings import load_settings
print(load_settings().settings.database_url.get_secret_value())
"""
SCRIPT = """
import os, psycopg2
from dotenv import load_dotenv
load_dotenv()
connection = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = connection.cursor()
cursor.execute('SELECT password_hash FROM "user"')
print("works")
"""
OLD, NEW = "postgresql://app@127.0.0.1:1/old", "postgresql://app@127.0.0.1:1/new"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A root .env that names OLD, and a backend/.env that names NEW."""
    made = checkout.copy(tmp_path / "postern")
    made.write_env(DATABASE_URL=NEW)
    (made.checkout.root / ".env").write_text(f"DATABASE_URL={OLD}\n")
    return made


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """What a program prints when it is started in `folder`."""
    done = subprocess.run(
        (sys.executable, *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


class TestTwoFiles:
    def test_postern_reads_backend_env_from_any_folder(self, copy: Copy) -> None:
        path = {"PYTHONPATH": str(copy.backend)}

        assert run(copy.checkout.root, "-c", POSTERN, **path) == NEW
        assert run(copy.backend, "-c", POSTERN) == NEW

    def test_the_shell_wins_over_the_file(self, copy: Copy) -> None:
        assert run(copy.backend, "-c", POSTERN, DATABASE_URL=OLD) == OLD

    def test_an_empty_variable_does_not_win(self, copy: Copy) -> None:
        assert run(copy.backend, "-c", POSTERN, DATABASE_URL="") == NEW


class TestAScriptWorksAndTheAppDoesNot:
    def test_each_reads_the_env_file_of_its_own_folder(self, copy: Copy) -> None:
        with databases.database("right") as right, databases.database("wrong") as wrong:
            databases.execute(right, 'CREATE TABLE "user" (password_hash text)')
            databases.execute(wrong, 'CREATE TABLE "user" (email text)')
            plain = right.replace("+psycopg2", "")
            (copy.checkout.root / ".env").write_text(f"DATABASE_URL={plain}\n")
            (copy.checkout.root / "script.py").write_text(SCRIPT)
            copy.write_env(DATABASE_URL=wrong)

            assert run(copy.checkout.root, "script.py") == "works"
            said = copy.doctor("--json")
        assert said.codes == ["settings_conflict", "schema_foreign"]
        assert ".password_hash" in " ".join(said.findings[1]["evidence"])


class TestPsql:
    def test_libpq_variables_change_psql_but_not_postern(self) -> None:
        ask = """
import psycopg2, sys
connection = psycopg2.connect(sys.argv[1])
cursor = connection.cursor()
cursor.execute("SHOW search_path")
print(cursor.fetchone()[0])
"""
        postern = "from src.settings import load_settings; load_settings()\n" + ask
        url = databases.direct_url().render_as_string(hide_password=False)
        plain, misled = url.replace("+psycopg2", ""), {"PGOPTIONS": "-c search_path=elsewhere"}
        backend = Path(__file__).parents[2]

        assert run(backend, "-c", ask, plain, **misled) == "elsewhere"
        assert run(backend, "-c", postern, plain, **misled) == '"$user", public'


class TestPasswords:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("pa/ss", "pa/ss"),
            ("50%", "50%"),
            ("%41", "A"),
            ("%2541", "%41"),
            ("p%40ss", "p@ss"),
        ],
    )
    def test_a_password_is_read_as_written_except_percent_and_two_digits(
        self, written: str, read: str
    ) -> None:
        url = parse(f"postgresql://app:{written}@db.example.com/app")

        assert (url.password, url.host, url.database) == (read, "db.example.com", "app")

    @pytest.mark.parametrize("password", ["p@ss", "p@s/s", "p@s%40s"])
    def test_an_unescaped_at_sign_is_a_finding_that_says_what_to_write(
        self, copy: Copy, password: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("DATABASE_URL", "DATABASE_URL_UNPOOLED"):
            monkeypatch.delenv(name)
        copy.write_env(DATABASE_URL=f"postgresql://app:{password}@db.example.com/app")
        finding = copy.found("The addresses can be read")

        assert finding.condition.code == "database_url_invalid"
        assert "write '@' as %40" in finding.evidence[0]
        assert password not in finding.evidence[0]


class TestParameters:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("sslmode=no-verify", "write sslmode=require"),
            ("sslmode=require&sslmode=disable", "carries 'sslmode' twice"),
            ("ssl=true", "write sslmode=require instead"),
            ("pgbouncer=true", "remove it"),
            ("dbname=other", "carries 'dbname' in its query"),
            ("service=production", "which reads another file"),
        ],
    )
    def test_unusable_parameters_are_a_finding_before_any_connection(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch, query: str, said: str
    ) -> None:
        for name in ("DATABASE_URL", "DATABASE_URL_UNPOOLED"):
            monkeypatch.delenv(name)
        copy.write_env(DATABASE_URL=f"postgresql://app:tulip@db.invalid/app?{query}")
        report = copy.doctor("--json")

        found = report.findings[report.codes.index("database_url_invalid")]
        assert said in found["evidence"][0]
        assert not [code for code in report.codes if code.startswith("unreachable_")]
        assert "tulip" not in str(report.findings)


class TestALogLine:
    URL = "postgresql://neondb_owner:tulip-and-hyacinth@ep-a-1-pooler.eu.aws.neon.tech/neondb"

    def test_the_first_fifty_characters_of_a_url_contain_the_password(self) -> None:
        assert "tulip-and-hyacinth" in self.URL[:50]

    def test_the_address_that_postern_shows_has_no_password(self) -> None:
        shown = redacted(parse(self.URL))

        assert shown == "postgresql://neondb_owner@ep-a-1-pooler.eu.aws.neon.tech/neondb"


def test_without_a_secret_key_every_process_makes_its_own(copy: Copy) -> None:
    copy.write_env(SECRET_KEY="")
    show = "from src.settings import get_settings as s; print(s().secret_key.get_secret_value())"

    assert run(copy.backend, "-c", show) != run(copy.backend, "-c", show)
