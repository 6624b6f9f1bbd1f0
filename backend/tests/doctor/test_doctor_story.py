"""The three causes of one long evening, reproduced, and what the doctor says about each."""

import platform
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from src.doctor.report import DOCUMENT
from tests.support import databases
from tests.support.checkout import Copy, Said

OLD = "doctor_old"
MISSING = "column-userpassword_hash-does-not-exist"


@pytest.fixture
def two_databases(copy: Copy, template: str, migrated: str) -> Iterator[Copy]:
    """Migrations go to one database and the app to another, which has an old `user`."""
    with databases.database(OLD, template) as old:
        databases.execute(old, 'ALTER TABLE "user" DROP COLUMN password_hash')
        copy.write_env(DATABASE_URL=old, DATABASE_URL_UNPOOLED=migrated)
        yield copy


class TestTwoDatabases:
    def test_both_are_shown_with_what_distinguishes_them(self, two_databases: Copy) -> None:
        said = two_databases.doctor("--json")

        assert said.code == 1
        assert said.codes == ["two_databases", "schema_recorded_but_missing"]
        app, direct, _ = said.findings[0]["evidence"]
        assert app.startswith("app: postgresql://")
        assert f'database "{OLD}"' in app
        assert direct.startswith("direct: postgresql://")
        assert 'database "doctor_migrated"' in direct
        assert said.findings[0]["more"] == f"{DOCUMENT}#two-databases"
        assert said.findings[0]["fix"].startswith("Set DATABASE_URL_UNPOOLED in backend/.env")

    def test_no_migration_is_applied_to_the_wrong_one(self, two_databases: Copy) -> None:
        url = str(databases.direct_url().set(database=OLD).render_as_string(hide_password=False))
        databases.execute(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        said = two_databases.doctor("--json", "--fix")

        assert said.codes == ["two_databases", "schema_empty"]
        assert said.report["fixed"] == []

    def test_the_env_file_that_was_read_by_mistake_is_named(
        self, copy: Copy, migrated: str
    ) -> None:
        copy.write_env(DATABASE_URL=migrated)
        old = make_url(migrated).set(database=OLD).render_as_string(hide_password=False)
        (copy.checkout.root / ".env").write_text(f"DATABASE_URL={old}\n")
        said = copy.doctor("--json")

        assert said.codes == ["settings_conflict"]
        (evidence,) = said.findings[0]["evidence"]
        assert "backend/.env (postgresql://" in evidence
        assert "/doctor_migrated?" in evidence
        assert "; .env (postgresql://" in evidence
        assert f"/{OLD}?" in evidence
        assert said.findings[0]["fix"] == "remove DATABASE_URL from .env"
        assert said.findings[0]["more"] == f"{DOCUMENT}#two-env-files"


class TestRecordedButMissing:
    def staged(self, copy: Copy, migrated: str, *arguments: str) -> Said:
        databases.execute(migrated, 'ALTER TABLE "user" DROP COLUMN password_hash')
        copy.write_env(DATABASE_URL=migrated)
        return copy.doctor(*arguments)

    def test_programs_get_column_revision_and_fix(self, copy: Copy, migrated: str) -> None:
        said = self.staged(copy, migrated, "--json")

        assert said.code == 1
        assert said.codes == ["schema_recorded_but_missing"]
        (finding,) = said.findings
        evidence = " ".join(finding["evidence"])
        assert '"doctor_migrated"' in evidence
        assert "DATABASE_URL from backend/.env" in evidence
        assert "password_hash" in evidence
        assert "8c1f0a7d2e41" in evidence
        assert "alembic upgrade base:8c1f0a7d2e41 --sql" in finding["fix"]
        assert finding["more"] == f"{DOCUMENT}#{MISSING}"

    def test_people_read_the_same(self, copy: Copy, migrated: str) -> None:
        text = " ".join(self.staged(copy, migrated).text.split())

        assert "The database records migrations, but lacks tables or columns of them" in text
        assert "1 finding in" in text
        assert MISSING in text

    def test_four_of_the_five_views_lack_the_column(self, copy: Copy, migrated: str) -> None:
        databases.execute(migrated, 'ALTER TABLE "user" DROP COLUMN password_hash')
        copy.write_env(DATABASE_URL=migrated)
        said = copy.run("diagnose_schema.py")

        assert said.code == 1
        assert said.text.count("schema_view_lacking") == 8  # in the overview, and each explained
        assert "column user.password_hash does not exist" in said.text


class TestPasslibBesideBcrypt:
    def test_it_is_a_finding_on_every_version_of_python(self, well: Copy) -> None:
        info = well.backend / "passlib-1.7.4.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: passlib\nVersion: 1.7.4\n")
        said = well.doctor("--json")

        assert said.code == 1
        assert said.codes == ["passlib_with_bcrypt_5"]
        (finding,) = said.findings
        assert finding["evidence"] == [
            f"passlib 1.7.4 beside bcrypt 5.0.0, on Python {platform.python_version()}"
        ]
        assert "pip uninstall passlib" in finding["fix"]
        assert finding["more"] == f"{DOCUMENT}#password-cannot-be-longer-than-72-bytes"
