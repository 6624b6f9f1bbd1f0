"""What is read from a database URL, what is refused, and what is shown of it."""

from urllib.parse import unquote

import pytest
from sqlalchemy import make_url

from src.database.endpoints import InvalidDatabaseUrl, parse, redacted
from src.database.urls import neon

NEON = (
    "postgresql://ada:tulip@ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech/app"
    "?sslmode=require&channel_binding=require"
)


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
    def test_a_url_is_parsed(
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
    def test_a_socket_is_parsed(self, text: str) -> None:
        url = parse(text)
        assert (url.host or "", url.query["host"], url.database) == ("", "/var/run/pg", "app")

    def test_the_parameters_are_kept(self) -> None:
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
            ("postgresql://ada:tulip@h1:1,h2:x/app", "is not of the form"),
            ("postgresql://ada:tulip@h:70000/app", "is not of the form"),
            ("postgresql://ada:tulip@h/app?pgbouncer=true", "'pgbouncer'"),
            ("postgresql://ada:tulip@h/app?schema=tulip", "'schema'"),
        ],
    )
    def test_a_refusal_says_what_to_change_and_hides_the_password(
        self, text: str, said: str
    ) -> None:
        with pytest.raises(InvalidDatabaseUrl) as caught:
            parse(text)
        assert said in str(caught.value)
        assert "tulip" not in str(caught.value)
        assert "lip" not in str(caught.value)


class TestParametersInTheQuery:
    """In libpq a parameter in the query wins. Postern must show what libpq uses."""

    @pytest.mark.parametrize(
        "text",
        [
            "postgresql:///?host=h&port=6000&user=ada&password=tu%2Blip&dbname=my%20app",
            "postgresql://h/?port=6000&user=ada&password=tu+lip&dbname=my%20app",
            "postgresql://ada:tu+lip@h:6000/my%20app?dbname=my%20app&user=ada&host=h&port=6000",
            "postgresql://ada@:6000/my%20app?host=h&password=tu%2Blip",
        ],
    )
    def test_a_parameter_becomes_a_part_of_the_url(self, text: str) -> None:
        url = parse(text)

        assert (url.username, url.password, url.database) == ("ada", "tu+lip", "my app")
        assert (url.host, url.port, dict(url.query)) == ("h", 6000, {})
        assert redacted(url) == "postgresql://ada@h:6000/my%20app"

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("dbname=other", "dbname"),
            ("user=tulip", "user"),
            ("password=tulips", "password"),
            ("host=other", "host"),
            ("port=6001", "port"),
        ],
    )
    def test_a_parameter_that_contradicts_the_url_is_refused(self, query: str, name: str) -> None:
        with pytest.raises(InvalidDatabaseUrl, match=f"'{name}' in its query") as caught:
            parse(f"postgresql://ada:tulip@h:6000/app?{query}")
        assert "tulip" not in str(caught.value)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("sslmode=no-verify", "write sslmode=require"),
            ("sslmode=required", "'sslmode' .* verify-ca or verify-full"),
            ("sslmode=require&sslmode=disable", "'sslmode' twice"),
            ("sslmode", "'sslmode' without a value"),
            ("sslmode=", "'sslmode' without a value"),
            ("channel_binding=yes", "'channel_binding' .* prefer or require"),
            ("target_session_attrs=rw", "'target_session_attrs' .* read-write"),
            ("gssencmode=off", "'gssencmode'"),
            ("sslcertmode=off", "'sslcertmode'"),
            ("sslnegotiation=on", "'sslnegotiation' .* postgres or direct"),
            ("sslnegotiation=direct", "weak sslmode"),
            ("sslrootcert=system&sslmode=require", "weak sslmode"),
            ("require_auth=tulip", "'require_auth'"),
            ("load_balance_hosts=on", "'load_balance_hosts' .* disable or random"),
            ("ssl_min_protocol_version=3", "'ssl_min_protocol_version'"),
            ("connect_timeout=10s", "'connect_timeout' .* not a whole number"),
            ("keepalives_idle=x", "'keepalives_idle' .* not a whole number"),
            ("sslsni=true", "'sslsni' .* 0 or 1"),
            ("client_encoding=utf-ate", "'client_encoding' .* UTF8"),
            ("port=0", "'port' .* 1 to 65535"),
            ("port=1,2", "as many ports"),
            ("hostaddr=db.example.com", "'hostaddr' .* not an IP address"),
            ("hostaddr=127.0.0.1,127.0.0.2", "as many ports or addresses"),
            ("service=mine", "'service', which reads another file"),
            ("servicefile=/x", "'servicefile', which reads another file"),
            ("passfile=/x", "'passfile', which reads another file"),
            ("ssl=true", "'ssl'.* sslmode=require"),
            ("sslaccept=strict", "'sslaccept'.* sslmode=require"),
            ("connection_limit=5", "'connection_limit'.* DB_POOL_SIZE"),
            ("database=other", "'database'.* after the host"),
            ("dsn=x", "'dsn'"),
            ("async=1", "'async'"),
            ("a-b=1", "a parameter that PostgreSQL's own client does not know"),
            ("password=x&tulip=y", "write '&' as %26"),
            ("application_name=a%00b", "zero byte"),
            ("application_name=%ff", "no valid UTF-8"),
        ],
    )
    def test_a_parameter_that_libpq_refuses_is_refused(self, query: str, said: str) -> None:
        with pytest.raises(InvalidDatabaseUrl, match=said) as caught:
            parse(f"postgresql://h/app?{query}")
        assert "tulip" not in str(caught.value)

    @pytest.mark.parametrize(
        "query",
        [
            "sslmode=verify-full&sslrootcert=system&channel_binding=require&sslnegotiation=direct",
            "sslmode=require&target_session_attrs=prefer-standby&load_balance_hosts=random",
            "require_auth=scram-sha-256%2Cmd5&gssencmode=disable&sslcertmode=allow",
            "connect_timeout=10&keepalives=1&keepalives_idle=30&tcp_user_timeout=5000&sslsni=0",
            "application_name=postern&client_encoding=UTF8&options=-csearch_path%3Dx",
            "client_encoding=utf-8&hostaddr=127.0.0.1",
        ],
    )
    def test_a_parameter_that_libpq_accepts_is_kept(self, query: str) -> None:
        kept = parse(f"postgresql://h/app?{query}").query

        assert {name: unquote(value) for name, _, value in pairs(query)} == kept


def pairs(query: str) -> list[tuple[str, str, str]]:
    return [pair.partition("=") for pair in query.split("&")]


class TestASecondAtSign:
    @pytest.mark.parametrize(
        ("text", "user", "shown"),
        [
            ("postgresql://ada@srv:tulip@h/app", "ada@srv", "postgresql://ada%40srv@h/app"),
            ("postgresql://ada@srv@h/app", "ada@srv", "postgresql://ada%40srv@h/app"),
            (
                "postgresql://ada:tulip@h/app?application_name=a@b.c",
                "ada",
                "postgresql://ada@h/app",
            ),
            ("postgresql://h:5/app?application_name=a@b.c", None, "postgresql://h:5/app"),
            ("postgresql://h/app@b", None, "postgresql://h/app%40b"),
        ],
    )
    def test_an_at_sign_with_one_possible_meaning_is_accepted(
        self, text: str, user: str | None, shown: str
    ) -> None:
        url = parse(text)

        assert url.username == user
        assert redacted(url) == shown

    @pytest.mark.parametrize(
        ("text", "places"),
        [
            ("postgresql://ada:tu@lip@h/app", "in its password:"),
            ("postgresql://ada@srv:tu@lip@h/app", "in its user's name or its password:"),
            ("postgresql://ada:tu@lip/x@h/app", "in its password or its database's name:"),
            ("postgresql://ada:tulip@h/app?sslmode=a@b", "in its password or its query:"),
            ("postgresql://ada:tulip@h/app?tulip=a@b", "in its password or its query:"),
        ],
    )
    def test_an_at_sign_with_several_meanings_is_refused_with_its_places(
        self, text: str, places: str
    ) -> None:
        with pytest.raises(InvalidDatabaseUrl, match=places) as caught:
            parse(text)
        assert "write '@' as %40" in str(caught.value)
        assert "lip" not in str(caught.value)


class TestSeveralHosts:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("ada:tulip@h1:1,h2:2/app?target_session_attrs=primary",) * 2,
            ("ada:tulip@h1,h2:2/app", "ada@h1:5432,h2:2/app"),
            ("ada@[::1]:1,h2:2,[fe80::1]/app", "ada@[::1]:1,h2:2,[fe80::1]:5432/app"),
            ("ada@/app?host=h1,h2&port=1,2", "ada@h1:1,h2:2/app"),
            ("ada@/app?host=h1,h2&port=1", "ada@h1:1,h2:1/app"),
            ("ada@/app?host=h1:1&host=h2:2", "ada@h1:1,h2:2/app"),
            ("ada@h1,h2/app?port=1,2", "ada@h1:1,h2:2/app"),
            ("ada@/app?host=/run/pg,h2", "ada@%2Frun%2Fpg:5432,h2:5432/app"),
            (
                "ada@h1,h2/app?hostaddr=::1,127.0.0.1",
                "ada@h1:5432,h2:5432/app?hostaddr=%3A%3A1%2C127.0.0.1",
            ),
        ],
    )
    def test_several_hosts_are_read_and_shown_as_psql_reads_them(
        self, text: str, shown: str
    ) -> None:
        url = parse(f"postgresql://{text}")

        assert redacted(url) == f"postgresql://{shown}".replace(":tulip", "")
        assert parse(redacted(url)) == url._replace(password=None)

    def test_libpq_gets_several_hosts_unchanged(self) -> None:
        url = parse("postgresql://ada@h1,[::1]:2/app")
        _, given = url.get_dialect()().create_connect_args(url)

        assert (given["host"], given["port"]) == ("h1,::1", "5432,2")

    def test_all_hosts_of_neon_become_direct(self) -> None:
        url = parse("postgresql://a@ep-a-1-pooler.x.neon.tech,ep-b-2-pooler.x.neon.tech/app")
        direct = neon.direct(url)

        assert direct is not None
        assert redacted(direct) == (
            "postgresql://a@ep-a-1.x.neon.tech:5432,ep-b-2.x.neon.tech:5432/app"
        )


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
            "postgresql://ada@h/app?options=-c%20app.jwt_secret%3Dtulip",
            "postgresql://ada@h/app?options=--app.jwt_secret%3Dtulip%20-csearch_path%3Dx",
        ],
    )
    def test_the_shown_address_has_no_secret(self, text: str) -> None:
        shown = redacted(make_url(text))
        assert "ulip" not in shown
        assert "/app" in shown

    def test_the_shown_address_keeps_useful_parameters(self) -> None:
        assert redacted(parse(NEON)) == (
            "postgresql://ada@ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech/app"
            "?channel_binding=require&sslmode=require"
        )

    def test_options_that_decide_the_target_are_shown(self) -> None:
        url = parse("postgresql://h/app?options=-c+a.b%3Dtulip+-csearch_path%3Dx+endpoint%3Dep-a")

        assert redacted(url) == ("postgresql://h/app?options=-csearch_path%3Dx%20endpoint%3Dep-a")

    @pytest.mark.parametrize(
        "text",
        [
            "postgresql://a%0Ab@h/d",
            "postgresql://app%3As3cret%40127.0.0.1:1/db",
            "postgresql://app%3As3cret@h/db",
            "postgresql://h/db&password=s3cret",
            "postgresql://h/db;password=s3cret",
            "postgresql://h/db password=s3cret",
            "postgresql://h/db#s3cret",
            "postgresql://app/s3cret@h/db",
            "postgresql:///db?host=app:s3cret@h",
            "postgresql:///db?user=app:s3cret",
            "postgresql://h?dbname=postgresql://u:s3cret@h/x",
            "postgresql://u;s3cret@h/db",
        ],
    )
    def test_a_password_inside_a_name_is_refused_and_not_shown(self, text: str) -> None:
        with pytest.raises(InvalidDatabaseUrl) as refusal:
            parse(text)
        assert "s3cret" not in str(refusal.value)

    def test_a_password_in_the_options_of_neon_is_not_shown(self) -> None:
        url = parse("postgresql://ada@h/d?options=endpoint%3Dep-x%3Bs3cret")
        assert "s3cret" not in redacted(url)
