"""Settings: who says what, and who is not obeyed."""

import pytest

from src.doctor.report import Fine
from tests.support.checkout import Copy

ONE_VALUE = "Every setting has one value"


class TestOneValue:
    def test_a_root_env_file_that_disagrees_is_told_with_both_addresses(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app:new-pw@db.example/new")
        (copy.checkout.root / ".env").write_text("DATABASE_URL=postgresql://app:old-pw@h/old\n")
        finding = copy.found(ONE_VALUE)

        assert finding.condition.code == "settings_conflict"
        (evidence,) = finding.evidence
        assert "postgresql://app@db.example/new" in evidence
        assert "postgresql://app@h/old" in evidence
        assert "-pw" not in evidence
        assert finding.mend.startswith("remove DATABASE_URL from ")

    def test_a_shell_variable_that_disagrees_is_to_be_unset(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy.write_env(API_URL="http://localhost:8000")
        monkeypatch.setenv("API_URL", "http://localhost:9000")
        finding = copy.found(ONE_VALUE)

        assert finding.mend == "unset API_URL"
        assert "http://localhost:9000" in finding.evidence[0]
        assert "http://localhost:8000" in finding.evidence[0]

    def test_a_file_that_agrees_is_no_finding(self, copy: Copy) -> None:
        copy.write_env(API_URL="http://localhost:8000")
        (copy.backend / ".env.local").write_text("API_URL=http://localhost:8000\n")

        assert isinstance(copy.look(ONE_VALUE).outcome, Fine)

    def test_of_a_secret_only_the_place_is_told(self, copy: Copy) -> None:
        (copy.checkout.root / ".env").write_text("SECRET_KEY=an0ther-one-of-its-own\n")
        (evidence,) = copy.found(ONE_VALUE).evidence

        assert evidence.startswith("SECRET_KEY: ")
        assert "an0ther" not in evidence
        assert "(" not in evidence


class TestNames:
    def test_a_typing_error_is_told_with_what_was_meant(self, copy: Copy) -> None:
        copy.write_env(DATABSE_URL="postgresql://app:pw@h/d")
        finding = copy.found("Every name is a setting")

        assert finding.condition.code == "setting_unknown"
        assert finding.evidence == ("DATABSE_URL: did you mean DATABASE_URL?",)


class TestLines:
    def test_a_name_that_stands_twice(self, copy: Copy) -> None:
        copy.checkout.env_file.write_text("# ours\nAPI_URL=http://a\n\nAPI_URL=http://b\n")
        finding = copy.found("Every line is clear")

        assert finding.condition.code == "env_file_line"
        assert finding.evidence == ("API_URL stands on lines 2 and 4: the last one wins",)

    def test_a_line_that_cannot_be_read(self, copy: Copy) -> None:
        copy.checkout.env_file.write_text("API_URL=http://a\nDATABASE_URL 'postgres\n")

        assert copy.found("Every line is clear").evidence == ("line 2 cannot be read",)


class TestLibpq:
    def test_variables_that_psql_obeys_are_named(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGHOST", "other.example")
        monkeypatch.setenv("PGOPTIONS", "-c search_path=old")
        finding = copy.found("psql and the service see the same")

        assert finding.condition.code == "libpq_variables"
        assert finding.mend == "unset PGHOST PGOPTIONS"
        assert "other.example" not in finding.evidence[0]
