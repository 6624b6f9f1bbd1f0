"""From a URL to the two endpoints, on a table of the URLs that people really paste."""

import pytest
from sqlalchemy import make_url

from src.database.endpoints import InvalidDatabaseUrl, parse, pooled_by_name, redacted, resolve

NEON = (
    "postgresql://ada:tulip@ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech/app"
    "?sslmode=require&channel_binding=require"
)
NEON_DIRECT = "ep-cool-rain-123.eu-central-1.aws.neon.tech"


class TestParse:
    @pytest.mark.parametrize(
        ("text", "host", "port", "user", "password", "database"),
        [
            ("postgres://ada:tulip@db.example.com:6000/app", "db.example.com", 6000, "ada", "tulip", "app"),  # noqa: E501
            ("postgresql://ada@localhost/app", "localhost", None, "ada", None, "app"),
            ("postgresql+psycopg2://ada:tulip@h/app", "h", None, "ada", "tulip", "app"),
            ("postgresql://ada:tulip@[::1]:5433/app", "::1", 5433, "ada", "tulip", "app"),
            ("postgresql://ada:a%40b%2Fc%25d@h/app", "h", None, "ada", "a@b/c%d", "app"),
            ("postgresql://ada:100%@h/app", "h", None, "ada", "100%", "app"),
            ("postgresql://ada:x-pooler@h/a-pooler", "h", None, "ada", "x-pooler", "a-pooler"),
            ("postgresql://ada%40corp:tulip@h/app", "h", None, "ada@corp", "tulip", "app"),
            ('"postgresql://ada:tulip@h/app"', "h", None, "ada", "tulip", "app"),
            ("  postgresql://ada:tulip@h/app\n", "h", None, "ada", "tulip", "app"),
            (
                "postgresql://postgres.abc:tulip@aws-0-eu-central-1.pooler.supabase.com:6543/postgres",
                "aws-0-eu-central-1.pooler.supabase.com", 6543, "postgres.abc", "tulip", "postgres",
            ),
        ],
    )  # fmt: skip
    def test_reads(
        self,
        text: str,
        host: str,
        port: int | None,
        user: str,
        password: str | None,
        database: str,
    ) -> None:
        url = parse(text)
        assert url.drivername == "postgresql+psycopg2"
        assert (url.host, url.port, url.database) == (host, port, database)
        assert (url.username, url.password) == (user, password)

    @pytest.mark.parametrize(
        "text",
        [
            "postgresql:///app?host=/var/run/pg",
            "postgresql://%2Fvar%2Frun%2Fpg/app",
            "postgresql://ada@/app?host=/var/run/pg",
        ],
    )
    def test_reads_a_socket(self, text: str) -> None:
        url = parse(text)
        assert (url.host or "", url.query["host"], url.database) == ("", "/var/run/pg", "app")

    def test_keeps_the_parameters(self) -> None:
        assert dict(parse(NEON).query) == {"sslmode": "require", "channel_binding": "require"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "is not of the form"),
            ("tulip", "is not of the form"),
            ("mysql://ada:tulip@h/app", "must begin with"),
            ("sqlite:///tulip.db", "must begin with"),
            ("postgresql+asyncpg://ada:tulip@h/app", "must begin with"),
            ("postgresql://ada:tulip@h", "names no database"),
            ("postgresql://ada:tulip@h/", "names no database"),
            ("postgresql://ada:tu@lip@h/app", "unescaped '@'"),
            ("postgresql://ada:tu@lip/3x@h/app", "unescaped '@'"),
            ("postgresql://ada:tu@lip/x?y=z@h/app", "unescaped '@'"),
            ("postgresql://ada:tulip@h:port/app", "is not of the form"),
            ("postgresql://ada:tulip@h1:1,h2:2/app", "is not of the form"),
            ("postgresql://ada:tulip@h/app?pgbouncer=true", "'pgbouncer'"),
            ("postgresql://ada:tulip@h/app?schema=tulip", "'schema'"),
        ],
    )
    def test_refuses_with_what_to_change_and_without_the_password(
        self, text: str, said: str
    ) -> None:
        with pytest.raises(InvalidDatabaseUrl) as caught:
            parse(text)
        assert said in str(caught.value)
        assert "tulip" not in str(caught.value)
        assert "lip" not in str(caught.value)


class TestDirect:
    def test_of_neon_is_derived_and_all_else_stays(self) -> None:
        endpoints = resolve(NEON, None)
        assert endpoints.app.host == "ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech"
        assert endpoints.direct.host == NEON_DIRECT
        assert endpoints.direct.set(host=endpoints.app.host) == endpoints.app
        assert endpoints.direct_from == "DATABASE_URL without -pooler"

    def test_a_password_and_a_database_with_pooler_in_them_stay_whole(self) -> None:
        url = NEON.replace("tulip", "x-pooler.neon.tech").replace("/app", "/my-pooler")
        direct = resolve(url, None).direct
        assert (direct.password, direct.database) == ("x-pooler.neon.tech", "my-pooler")
        assert direct.host == NEON_DIRECT

    @pytest.mark.parametrize(
        "host",
        [
            "ep-pooler.neon.tech.evil.example",
            "x-pooler.example.com",
            "x.y-pooler.neon.tech",
            "neon.tech",
            "ep-cool-rain-123.eu-central-1.aws.neon.tech",
            "-pooler.neon.tech",
        ],
    )
    def test_of_any_other_host_is_the_same(self, host: str) -> None:
        endpoints = resolve(f"postgresql://ada:tulip@{host}/app", None)
        assert endpoints.direct == endpoints.app

    def test_given_by_hand_wins(self) -> None:
        endpoints = resolve(NEON, "postgres://ada:tulip@direct.example.com/app")
        assert endpoints.direct.host == "direct.example.com"
        assert endpoints.direct_from == "DATABASE_URL_UNPOOLED"


class TestPooledByName:
    @pytest.mark.parametrize(
        ("text", "pooled"),
        [
            (NEON, True),
            (NEON.upper().replace("POSTGRESQL", "postgresql").split("?")[0], True),
            (NEON.replace("-pooler", ""), False),
            ("postgresql://a@aws-0-eu.pooler.supabase.com:6543/p", True),
            ("postgresql://a@aws-0-eu.pooler.supabase.com:5432/p", False),
            ("postgresql://a@db.abc.supabase.co:5432/p", False),
            ("postgresql://a@my-pooler.example.com/p", False),
        ],
    )
    def test_knows(self, text: str, pooled: bool) -> None:
        assert bool(pooled_by_name(parse(text))) is pooled


class TestRedacted:
    @pytest.mark.parametrize(
        "text",
        [
            NEON,
            "postgresql://ada:tulip@h/app",
            "postgresql://h/app?user=ada&password=tulip",
            "postgresql://ada@h/app?sslpassword=tulip&sslmode=require",
            "postgresql://ada:%74ulip@h/app",
            "postgresql://ada:tulip%40tulip@h/app?sslcert=tulip.pem",
        ],
    )
    def test_shows_no_secret(self, text: str) -> None:
        shown = redacted(make_url(text))
        assert "ulip" not in shown
        assert "/app" in shown

    def test_shows_what_helps(self) -> None:
        assert redacted(parse(NEON)) == (
            "postgresql://ada@ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech/app"
            "?channel_binding=require&sslmode=require"
        )

    def test_shows_no_control_characters_of_a_name(self) -> None:
        assert "\n" not in redacted(parse("postgresql://a%0Ab@h/a%0Ab"))
