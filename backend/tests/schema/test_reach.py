"""Every way in which a connection can fail, with real servers, and the step that is named."""

import os
import pwd
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError

from src.database.endpoints import parse
from src.database.origin import Endpoint
from src.database.urls import client_defaults
from src.schema.reach import reach
from src.schema.reach.reach import ReachStep, Unreachable
from tests.support.own_postgres import PASSWORD, OwnPostgres
from tests.support.pgbouncer import PgBouncer
from tests.support.ports import free_port, full_house
from tests.support.scratch import Scratch

Parts = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.once("servers of its own, which libpq reports on")
needs_pgbouncer = pytest.mark.needs("pgbouncer")


def failure(server: OwnPostgres, **changes: Any) -> Unreachable:
    """What is found if the address of `server` is changed like this."""
    found = reach.diagnose(Endpoint(server.url(**changes), source="backend/.env"))
    assert found is not None, "it can be reached"
    assert str(server.url().password) not in repr(found)
    return found


def test_a_working_address_has_no_finding(server: OwnPostgres) -> None:
    assert reach.diagnose(Endpoint(server.url())) is None


class TestTheName:
    def test_an_unknown_host_name_is_found(self, server: OwnPostgres) -> None:
        found = failure(server, host="nowhere.invalid")
        assert found.step is ReachStep.NAME
        assert found.summary == "the name nowhere.invalid cannot be resolved"
        assert found.command == "correct the host in DATABASE_URL in backend/.env"


class TestThePort:
    def test_a_port_where_nothing_listens_is_found(self, server: OwnPostgres) -> None:
        port = free_port()
        found = failure(server, port=port)
        assert found.step is ReachStep.PORT
        assert found.summary == f"nothing listens on 127.0.0.1:{port}"

    def test_a_missing_socket_file_is_found(self, server: OwnPostgres, tmp_path: Path) -> None:
        found = failure(server, host=None, port=None, query={"host": str(tmp_path)})
        assert found.step is ReachStep.PORT
        assert found.summary == f"no PostgreSQL has a socket in {tmp_path}"

    def test_a_firewall_that_drops_everything_is_found(self, server: OwnPostgres) -> None:
        with full_house() as port:
            found = failure(server, port=port)
        assert found.step is ReachStep.PORT
        assert "firewall" in found.summary

    def test_a_program_that_says_nothing_is_found(self, server: OwnPostgres) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            found = failure(server, port=listener.getsockname()[1])
        assert found.step is ReachStep.ANSWER

    def test_a_frozen_server_is_found(self, own_postgres: OwnPostgres) -> None:
        with own_postgres.frozen():
            assert failure(own_postgres).step is ReachStep.ANSWER
        assert reach.diagnose(Endpoint(own_postgres.url())) is None

    def test_another_program_on_the_port_is_found(
        self, server: OwnPostgres, client_port: int
    ) -> None:
        found = failure(server, port=client_port)
        assert found.step is ReachStep.ANSWER
        assert (
            found.summary
            == f"the program that listens on 127.0.0.1:{client_port} is not PostgreSQL"
        )


class TestTls:
    def test_a_server_without_tls_is_found(self, server: OwnPostgres) -> None:
        found = failure(server, query={"sslmode": "require"})
        assert found.step is ReachStep.TLS
        assert "offers no TLS" in found.summary

    @needs_pgbouncer
    def test_a_server_that_requires_tls_is_found(
        self, server: OwnPostgres, through_pgbouncer: Parts
    ) -> None:
        found = failure(server, **through_pgbouncer(sslmode="disable"))
        assert found.step is ReachStep.TLS
        assert "requires TLS" in found.summary
        assert found.command == "add sslmode=require to DATABASE_URL in backend/.env"

    @needs_pgbouncer
    def test_a_missing_certificate_authority_is_found(
        self, server: OwnPostgres, through_pgbouncer: Parts
    ) -> None:
        found = failure(
            server, **through_pgbouncer(sslmode="verify-full", sslrootcert="/nowhere/root.crt")
        )
        assert found.step is ReachStep.TLS
        assert "no certificate authority" in found.summary

    @needs_pgbouncer
    def test_an_unknown_certificate_authority_is_found(
        self, server: OwnPostgres, through_pgbouncer: Parts
    ) -> None:
        found = failure(server, **through_pgbouncer(sslmode="verify-full", sslrootcert="system"))
        assert found.step is ReachStep.TLS
        assert "not signed by an authority" in found.summary

    @needs_pgbouncer
    def test_a_certificate_for_another_name_is_found(
        self, server: OwnPostgres, through_pgbouncer: Parts, certificate: Path
    ) -> None:
        found = failure(
            server, **through_pgbouncer(sslmode="verify-full", sslrootcert=str(certificate))
        )
        assert found.step is ReachStep.TLS
        assert "is for another name than 127.0.0.1" in found.summary

    @needs_pgbouncer
    def test_the_name_in_the_certificate_works(
        self, server: OwnPostgres, through_pgbouncer: Parts, certificate: Path
    ) -> None:
        parts = through_pgbouncer(
            sslmode="verify-full", sslrootcert=str(certificate), hostaddr="127.0.0.1"
        )
        url = server.url(**{**parts, "host": "db.example.com"})
        assert reach.diagnose(Endpoint(url)) is None

    @needs_pgbouncer
    def test_a_pooler_without_channel_binding_is_found(
        self, server: OwnPostgres, through_pgbouncer: Parts
    ) -> None:
        found = failure(server, **through_pgbouncer(sslmode="require", channel_binding="require"))
        assert found.step is ReachStep.TLS
        assert "channel binding" in found.summary


class TestThePassword:
    def test_a_wrong_password_is_found(self, server: OwnPostgres) -> None:
        found = failure(server, password="wrong")
        assert found.step is ReachStep.PASSWORD
        assert '"app"' in found.summary

    def test_a_missing_password_is_found(self, server: OwnPostgres) -> None:
        found = failure(server, password=None)
        assert found.step is ReachStep.PASSWORD
        assert "the address has none" in found.summary
        assert found.command == "add the password to DATABASE_URL in backend/.env"

    def test_an_unknown_user_is_found(self, server: OwnPostgres) -> None:
        assert failure(server, username="nobody").step is ReachStep.PASSWORD

    def test_a_role_that_may_not_log_in_is_found(self, server: OwnPostgres) -> None:
        server.sql("CREATE ROLE group_only PASSWORD 'x'")
        found = failure(server, username="group_only", password="x")
        assert found.step is ReachStep.PASSWORD

    def test_a_user_who_may_not_use_the_socket_is_not_sent_to_tls(
        self, server: OwnPostgres
    ) -> None:
        socket_folder = str(server.cluster.data_dir)
        found = failure(server, host=None, query={"host": socket_folder})
        assert found.step is ReachStep.PASSWORD

    def test_a_machine_that_is_not_allowed_is_found(self, own_postgres: OwnPostgres) -> None:
        hba = own_postgres.cluster.data_dir / "pg_hba.conf"
        hba.write_text("local all postgres trust\n")
        own_postgres.sql("SELECT pg_reload_conf(), pg_sleep(0.2)")
        found = failure(own_postgres)
        assert found.step in {ReachStep.PASSWORD, ReachStep.TLS}
        assert "no pg_hba.conf entry" in found.cause


class TestTheDatabase:
    def test_a_missing_database_is_found(self, server: OwnPostgres) -> None:
        found = failure(server, database="nowhere")
        assert found.step is ReachStep.DATABASE
        assert found.summary == f'there is no database "nowhere" on 127.0.0.1:{server.port}'
        assert "CREATE DATABASE" in found.command

    def test_a_missing_connect_privilege_is_found(self, own_postgres: OwnPostgres) -> None:
        own_postgres.sql("CREATE DATABASE closed; ")
        own_postgres.sql("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
        found = failure(own_postgres, database="closed")
        assert found.step is ReachStep.DATABASE
        assert "GRANT CONNECT" in found.command


class TestABusyServer:
    def test_a_server_without_free_connections_is_found(self, own_postgres: OwnPostgres) -> None:
        own_postgres.sql("ALTER ROLE app CONNECTION LIMIT 0")
        found = failure(own_postgres)
        assert found.step is ReachStep.CAPACITY
        assert "no connection left" in found.summary

    def test_connections_reserved_for_superusers_are_found(self, own_postgres: OwnPostgres) -> None:
        own_postgres.stop()
        own_postgres.start("-c max_connections=4", "-c superuser_reserved_connections=3")
        with closing(connected(own_postgres)):
            assert failure(own_postgres).step is ReachStep.CAPACITY

    def test_a_stopping_server_is_found(self, own_postgres: OwnPostgres) -> None:
        with closing(connected(own_postgres)):
            own_postgres.begin_to_stop()
            found = failure(own_postgres)
        assert found.step is ReachStep.STARTING
        assert found.command == "wait; the service recovers by itself"


class TestParameters:
    """Refusals by the client library and by the server: neither looks like a frozen server."""

    @pytest.mark.parametrize(
        "query", [{"sslmode": "no-verify"}, {"channel_binding": "x"}, {"require_auth": "tulip"}]
    )
    def test_a_parameter_that_the_client_refuses_is_found(
        self, server: OwnPostgres, query: dict[str, str]
    ) -> None:
        found = failure(server, query=query)
        assert found.step is ReachStep.ADDRESS
        assert found.cause in found.summary
        assert found.command == "correct that parameter in DATABASE_URL in backend/.env"

    def test_a_parameter_that_the_server_refuses_is_found(self, server: OwnPostgres) -> None:
        found = failure(server, query={"options": "-c no_such_setting=1"})
        assert found.step is ReachStep.SESSION
        assert "no_such_setting" in found.summary

    def test_a_missing_client_certificate_is_found(
        self, server: OwnPostgres, through_pgbouncer: Parts, tmp_path: Path
    ) -> None:
        missing = str(tmp_path / "client.crt")
        key = {"sslcert": missing, "sslkey": missing}
        Path(missing).write_text("no certificate")
        found = failure(server, **through_pgbouncer(sslmode="require", **key))
        assert found.step is ReachStep.TLS
        assert found.command == "correct sslcert and sslkey in DATABASE_URL in backend/.env"


class TestDefaultsOfTheClientLibrary:
    def test_the_defaults_of_the_client_library_are_shown(self) -> None:
        me, folder = pwd.getpwuid(os.geteuid()).pw_name, client_defaults.socket_folder()
        silent = Endpoint(parse("postgresql:///service"))

        with pytest.raises(psycopg2.OperationalError, match=re.escape(folder)):
            psycopg2.connect(port=1, dbname="service")
        assert parse(silent.address).query["host"] == folder
        assert (parse(silent.address).username, silent.host) == (me, folder)

    def test_a_password_may_come_from_the_users_pgpass_file(
        self, server: OwnPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        endpoint = Endpoint(server.url(password=None))
        monkeypatch.setenv("HOME", str(tmp_path))
        without = reach.diagnose(endpoint)
        (tmp_path / ".pgpass").write_text(f"127.0.0.1:{server.port}:*:app:{PASSWORD}\n")
        (tmp_path / ".pgpass").chmod(0o600)

        assert without is not None
        assert without.step is ReachStep.PASSWORD
        assert reach.diagnose(endpoint) is None


class TestAServerInAnotherLanguage:
    """Only names can be read: they are in quotation marks in every language."""

    @pytest.mark.parametrize(
        ("said", "step"),
        [
            ('FATAL: Passwort-Authentifizierung für Benutzer »"app"« fehlgeschlagen', "password"),
            ('FATAL: Datenbank "service" existiert nicht', "database"),
        ],
    )
    def test_a_message_in_another_language_is_understood_by_its_names(
        self, server: OwnPostgres, said: str, step: str
    ) -> None:
        error = OperationalError("", None, psycopg2.OperationalError(said))
        assert reach.explain(Endpoint(server.url()), error).step == step


def connected(server: OwnPostgres) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host="127.0.0.1", port=server.port, user="app", password=server.url().password,
        dbname="service",
    )  # fmt: skip


@pytest.fixture
def client_port(live: object) -> int:
    """The port where this service itself speaks HTTP."""
    return int(live.base_url.port)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Self-signed, for db.example.com; its key is beside it."""
    path = tmp_path_factory.mktemp("tls") / "server.crt"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN=db.example.com -addext subjectAltName=DNS:db.example.com"
    )
    where = ("-out", path, "-keyout", path.with_suffix(".key"))
    subprocess.run((*command.split(), *where), check=True, capture_output=True)
    path.with_suffix(".key").chmod(0o644)
    for folder in path.parents[:3]:
        folder.chmod(folder.stat().st_mode | 0o011)
    return path


@pytest.fixture
def through_pgbouncer(tls: PgBouncer, scratch: Scratch) -> Parts:
    """The parts of an address of that pooler."""

    def parts(**query: str) -> dict[str, Any]:
        return {**tls.address, "database": scratch.name, "query": query}

    return parts


@pytest.fixture
def tls(tmp_path: Path, certificate: Path, scratch: Scratch) -> Iterator[PgBouncer]:
    """A pooler that requires TLS."""
    pgbouncer = PgBouncer(
        tmp_path / "tls",
        scratch.direct.url.render_as_string(hide_password=False),
        "client_tls_sslmode = require",
        f"client_tls_cert_file = {certificate}",
        f"client_tls_key_file = {certificate.with_suffix('.key')}",
    )
    yield pgbouncer
    pgbouncer.stop()
