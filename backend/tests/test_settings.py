"""Which source wins for each setting, which ones lose, and what is refused."""

import os
from pathlib import Path

import pytest

from src.kit.weak_secrets import weakness_of
from src.settings import Environment, Settings, load_settings
from tests.support.settings_files import refusal

pytestmark = pytest.mark.usefixtures("bare_environment")
GOOD_SECRET = "mVq2Xw8ZtR4nYb7KcLp0DfHs6GjAeUo3"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": GOOD_SECRET,
    "DATABASE_URL": "postgresql://postern:tulip@db.example.com/postern",
}


class TestPrecedence:
    def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        env_file.write_text("BCRYPT_ROUNDS=11\nLOG_LEVEL=debug\n")
        monkeypatch.setenv("BCRYPT_ROUNDS", "13")
        loaded = load_settings(env_file, ())
        assert loaded.settings.bcrypt_rounds == 13
        assert loaded.settings.log_level == "debug"
        assert loaded.settings.db_pool_size == 10
        assert loaded.provenance["bcrypt_rounds"].source == "the process environment"
        assert loaded.provenance["log_level"].source == str(env_file)
        assert loaded.provenance["db_pool_size"].source == "the default"

    def test_the_working_directory_makes_no_difference(
        self, env_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        env_file.write_text("LOG_LEVEL=debug\n")
        (tmp_path / ".env").write_text("LOG_LEVEL=error\n")
        monkeypatch.chdir(tmp_path)
        assert load_settings(env_file, ()).settings.log_level == "debug"

    def test_empty_values_count_as_absent(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        env_file.write_text("BCRYPT_ROUNDS=11\nLOG_LEVEL=\n")
        monkeypatch.setenv("BCRYPT_ROUNDS", "")
        loaded = load_settings(env_file, ())
        assert (loaded.settings.bcrypt_rounds, loaded.settings.log_level) == (11, "info")
        assert loaded.source_of("bcrypt_rounds") == str(env_file)

    @pytest.mark.parametrize("password", ["a$b", "a${HOME}b", "a#b", "a=b", "ä$PATH"])
    def test_a_password_in_the_file_is_read_as_written(self, env_file: Path, password: str) -> None:
        env_file.write_text(f"DATABASE_URL=postgresql://u:{password}@h/d\n", encoding="utf-8")
        url = load_settings(env_file, ()).settings.database_url
        assert url is not None
        assert url.get_secret_value() == f"postgresql://u:{password}@h/d"

    def test_a_file_saved_with_a_byte_order_mark_is_read(self, env_file: Path) -> None:
        env_file.write_bytes(b"\xef\xbb\xbfLOG_LEVEL=debug\r\n")
        assert load_settings(env_file, ()).settings.log_level == "debug"


class TestLosers:
    def test_a_different_value_in_another_env_file_is_reported_and_not_used(
        self, env_file: Path, tmp_path: Path
    ) -> None:
        root = tmp_path / ".env"
        root.write_text("DATABASE_URL=postgresql://old/old\nLOG_LEVEL=debug\n")
        env_file.write_text("DATABASE_URL=postgresql://new/new\nLOG_LEVEL=debug\n")
        loaded = load_settings(env_file, (root,))
        url = loaded.settings.database_url
        assert url is not None
        assert url.get_secret_value() == "postgresql://new/new"
        assert [entry.name for entry in loaded.conflicts] == ["DATABASE_URL"]
        assert loaded.provenance["database_url"].conflicts == (str(root),)
        assert loaded.provenance["log_level"].conflicts == ()

    def test_a_value_in_another_env_file_only_is_reported_and_not_used(
        self, env_file: Path, tmp_path: Path
    ) -> None:
        root = tmp_path / ".env"
        root.write_text("DATABASE_URL=postgresql://old/old\n")
        loaded = load_settings(env_file, (root,))
        assert loaded.settings.database_url is None
        assert loaded.provenance["database_url"].conflicts == (str(root),)

    def test_a_shell_variable_that_wins_over_a_different_file_is_reported(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        env_file.write_text("DATABASE_URL=postgresql://new/new\n")
        monkeypatch.setenv("DATABASE_URL", "postgresql://old/old")
        loaded = load_settings(env_file, ())
        assert loaded.source_of("database_url") == "the process environment"
        assert loaded.provenance["database_url"].conflicts == (str(env_file),)

    def test_another_file_that_cannot_be_read_does_not_stop_the_start(
        self, env_file: Path, tmp_path: Path
    ) -> None:
        root = tmp_path / ".env"
        root.write_bytes(b"SECRET_KEY=\xff\xfe\n")
        assert load_settings(env_file, (root,)).unreadable == (
            f"{root} cannot be read: line 1 is not UTF-8.",
        )

    def test_unknown_names_in_the_file_are_reported(self, env_file: Path) -> None:
        env_file.write_text("DATABSE_URL=postgresql://h/d\nLOG_LEVEL=info\n")
        (unknown,) = load_settings(env_file, ()).unknown
        assert (unknown.line, unknown.name, unknown.meant) == (1, "DATABSE_URL", "DATABASE_URL")

    def test_libpq_variables_are_reported_and_removed(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")
        monkeypatch.setenv("PGSERVICE", "old")
        monkeypatch.setenv("PGADMIN_THEME", "dark")
        assert load_settings(env_file, ()).libpq == ("PGOPTIONS", "PGSERVICE")
        assert "PGOPTIONS" not in os.environ
        assert os.environ["PGADMIN_THEME"] == "dark"


class TestRefusal:
    def test_a_refusal_names_setting_and_source_and_never_the_value(self, env_file: Path) -> None:
        env_file.write_text("BCRYPT_ROUNDS=tulip\nAPI_URL=hyacinth\nENVIRONMENT=crocus\n")
        text = refusal(env_file)
        for name in ("BCRYPT_ROUNDS", "API_URL", "ENVIRONMENT"):
            assert f"{name} (from {env_file})" in text
        assert not any(value in text for value in ("tulip", "hyacinth", "crocus"))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("BCRYPT_ROUNDS", "3"),
            ("BCRYPT_ROUNDS", "31"),
            ("MIN_PASSWORD_LENGTH", "7"),
            ("MIN_PASSWORD_LENGTH", "65"),
            ("ACCESS_TOKEN_TTL", "0"),
            ("SESSION_IDLE_TTL", "1799"),
            ("SESSION_IDLE_TTL", "1000000000000"),
            ("SESSION_MAX_TTL", "1799"),
            ("SESSION_MAX_TTL", "1000000000000"),
            ("DB_POOL_SIZE", "0"),
            ("LOG_FORMAT", "xml"),
            ("AUTO_MIGRATE", "perhaps"),
            ("APP_NAME", " "),
            ("APP_NAME", "x" * 51),
            ("APP_NAME", "Lantern\nSons"),
            ("APP_NAME", "Lantern\x1b[31m"),
            ("APP_NAME", "Lantern\u202esnoS"),
            ("API_URL", "localhost:8000"),
            ("API_URL", "ftp://example.com"),
            ("WEB_URL", "https://user:pass@example.com"),
            ("WEB_URL", "https://example.com/?x=1"),
            ("CORS_ORIGINS", "*"),
        ],
    )
    def test_values_outside_their_bounds_are_refused(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        monkeypatch.setenv(name, value)
        assert f"{name} (from the process environment)" in refusal(env_file)

    def test_a_file_that_is_not_text_is_refused(self, env_file: Path) -> None:
        env_file.write_bytes(b"SECRET_KEY=\xff\xfe\n")
        assert "cannot be read" in refusal(env_file)


class TestProduction:
    @pytest.mark.parametrize("url", ["http://api.example.com", "http://10.0.0.5:8000"])
    def test_production_refuses_an_api_url_without_https(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        for name, value in PRODUCTION.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("API_URL", url)
        assert "API_URL must be https in production" in refusal(env_file)

    def apply(self, monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
        for name, value in (PRODUCTION | changes).items():
            monkeypatch.setenv(name, value)

    def test_production_starts_with_a_key_and_a_database(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.apply(monkeypatch)
        settings = load_settings(env_file, ()).settings
        assert settings.environment is Environment.PRODUCTION
        assert settings.min_password_length == 15
        assert settings.auto_migrate is False

    @pytest.mark.parametrize(("value", "length"), [("on", 8), ("True", 8), ("off", 15)])
    def test_shorter_passwords_suffice_where_everybody_has_a_second_factor(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch, value: str, length: int
    ) -> None:
        self.apply(monkeypatch, REQUIRE_SECOND_FACTOR=value)
        assert load_settings(env_file, ()).settings.min_password_length == length

    @pytest.mark.parametrize(
        "secret",
        [
            "",
            "tiny-key",
            "a" * 64,
            "change-me-" * 5,
            "my-secret-key-for-the-api-0123456789",
            "ab" * 20,
            "0123456789abcdef0123456789abcdef",
            "REPLACE_ME_BEFORE_GOING_LIVE_7f3a9c",
            "abcdefgh" * 4,
            "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        ],
    )
    def test_production_refuses_a_weak_key(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch, secret: str
    ) -> None:
        self.apply(monkeypatch, SECRET_KEY=secret)
        text = refusal(env_file)
        assert "SECRET_KEY must be" in text
        assert not secret or secret not in text

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"DATABASE_URL": ""}, "DATABASE_URL must be set"),
            ({"BCRYPT_ROUNDS": "9"}, "at least 10"),
            ({"SECRET_KEY_PREVIOUS": "short"}, "SECRET_KEY_PREVIOUS can be guessed"),
        ],
    )
    def test_production_refuses_development_settings(
        self,
        env_file: Path,
        monkeypatch: pytest.MonkeyPatch,
        changes: dict[str, str],
        said: str,
    ) -> None:
        self.apply(monkeypatch, **changes)
        assert said in refusal(env_file)


class TestBreachedPasswords:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"BREACHED_PASSWORDS": "file"}, "needs BREACHED_PASSWORDS_FILE"),
            (
                {"BREACHED_PASSWORDS": "file", "BREACHED_PASSWORDS_FILE": "list.txt"},
                "the full path of the file",
            ),
            ({"BREACHED_PASSWORDS": "on"}, "BREACHED_PASSWORDS (from the process environment)"),
            ({"BREACHED_PASSWORDS_URL": "http://ranges.example.com"}, "must be an https://"),
            ({"BREACHED_PASSWORDS_URL": "http://192.0.2.1"}, "must be an https://"),
        ],
    )
    def test_what_cannot_work_is_refused(
        self,
        env_file: Path,
        monkeypatch: pytest.MonkeyPatch,
        changes: dict[str, str],
        said: str,
    ) -> None:
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        assert said in refusal(env_file)

    @pytest.mark.parametrize(
        "url", ["https://ranges.example.com/v3", "http://127.0.0.1:8080", "http://ranges:8080"]
    )
    def test_a_mirror_can_be_named(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("BREACHED_PASSWORDS_URL", url)
        assert load_settings(env_file, ()).settings.breached_passwords_url == url


class TestSecrets:
    def test_secrets_are_not_shown(self, env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in PRODUCTION.items():
            monkeypatch.setenv(name, value)
        loaded = load_settings(env_file, ())
        for text in (repr(loaded), str(loaded.settings), loaded.settings.model_dump_json()):
            assert GOOD_SECRET not in text
            assert "tulip" not in text

    def test_development_makes_a_key_if_none_is_set(self, env_file: Path) -> None:
        keys = [load_settings(env_file, ()).settings.secret_key for _ in range(2)]
        assert keys[0] != keys[1]
        assert weakness_of(keys[0].get_secret_value()) is None


def test_origins_are_a_list_of_addresses(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example.com, https://b.example.com/")
    assert load_settings(env_file, ()).settings.cors_origins == (
        "https://a.example.com",
        "https://b.example.com",
    )


class TestAppName:
    def test_the_default_name_is_postern(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert load_settings(env_file, ()).settings.app_name == "Postern"
        monkeypatch.setenv("APP_NAME", "")
        assert load_settings(env_file, ()).settings.app_name == "Postern"

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("APP_NAME=Lantern & Sons", "Lantern & Sons"),
            ('APP_NAME=" Lantern & Sons "', "Lantern & Sons"),
            ("APP_NAME=Żółw 🐢", "Żółw 🐢"),
            (f"APP_NAME={'x' * 50}", "x" * 50),
        ],
    )
    def test_the_name_is_read_from_the_file(self, env_file: Path, written: str, read: str) -> None:
        env_file.write_text(f"{written}\n")
        assert load_settings(env_file, ()).settings.app_name == read

    def test_a_refused_name_says_what_is_allowed(self, env_file: Path) -> None:
        env_file.write_text(f"APP_NAME={'x' * 51}\n")
        assert refusal(env_file) == (
            f"- APP_NAME (from {env_file}): must have 1 to 50 printable characters"
        )


def test_the_example_names_every_setting_and_no_other() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    lines = [line.lstrip("# ").partition("=") for line in example.read_text().splitlines()]
    named = {name for name, equals, _ in lines if equals and name.isupper() and " " not in name}
    assert named == {field.upper() for field in Settings.model_fields}


class TestPasskeys:
    def loaded(self, env_file: Path, text: str) -> Settings:
        env_file.write_text(text)
        return load_settings(env_file, ()).settings

    def test_both_ways_to_sign_up_are_on(self, env_file: Path) -> None:
        assert self.loaded(env_file, "").signup_methods == ("password", "passkey")

    @pytest.mark.parametrize("text", ["passkey", "passkey,password", "password passkey"])
    def test_the_ways_are_a_list(self, env_file: Path, text: str) -> None:
        ways = self.loaded(env_file, f"SIGNUP_METHODS={text}\n").signup_methods
        assert ways == tuple(text.replace(",", " ").split())

    def test_an_unknown_way_is_refused(self, env_file: Path) -> None:
        env_file.write_text("SIGNUP_METHODS=password,fax\n")
        assert "SIGNUP_METHODS" in refusal(env_file)

    def test_origins_are_those_of_the_host(self, env_file: Path) -> None:
        text = "WEB_URL=https://example.com\nPASSKEY_ORIGINS=https://App.example.com/\n"
        party = self.loaded(env_file, text).relying_party
        assert party is not None
        assert party.origins == ("https://example.com", "https://app.example.com")

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "http://app.example.com",
            "https://app.example.com/path",
            "app.example.com",
            "*",
        ],
    )
    def test_another_origin_is_refused(self, env_file: Path, origin: str) -> None:
        env_file.write_text(f"WEB_URL=https://example.com\nPASSKEY_ORIGINS={origin}\n")
        assert "PASSKEY_ORIGINS" in refusal(env_file)

    @pytest.mark.parametrize(
        "more", ["SIGNUP_METHODS=passkey", "PASSKEY_ORIGINS=https://example.com"]
    )
    def test_passkeys_need_a_domain_name(self, env_file: Path, more: str) -> None:
        env_file.write_text(f"WEB_URL=http://192.0.2.1\n{more}\n")
        assert "WEB_URL has no domain name" in refusal(env_file)

    def test_without_one_the_password_is_left(self, env_file: Path) -> None:
        settings = self.loaded(env_file, "WEB_URL=http://192.0.2.1\n")
        assert settings.relying_party is None
