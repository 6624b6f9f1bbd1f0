"""An address with several servers: which one is used, and what is said if none can be used."""

import subprocess
import sys
from urllib.parse import quote

import pytest

from src.database.endpoints import parse
from src.database.origin import Endpoint
from src.embedded import cluster
from src.schema import identity
from src.schema.reach import reach
from src.schema.reach.reach import ReachStep
from src.settings import BACKEND
from tests.support.own_postgres import PASSWORD, OwnPostgres
from tests.support.ports import free_port, full_house
from tests.support.service import alembic, environment

pytestmark = pytest.mark.once("servers of its own, which libpq reports on")


class TestSeveralServers:
    def address(self, *places: str, **query: str) -> Endpoint:
        login = f"app:{quote(PASSWORD, safe='')}"
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        url = parse(f"postgresql://{login}@{','.join(places)}/service?{asked}")
        return Endpoint(url, source="backend/.env")

    def test_the_second_host_is_used_if_nothing_listens_at_the_first(
        self, server: OwnPostgres
    ) -> None:
        down, up = f"127.0.0.1:{free_port()}", f"localhost:{server.port}"
        assert reach.diagnose(self.address(down, up)) is None
        assert reach.diagnose(self.address("nowhere.invalid", up)) is None

    def test_the_second_host_is_used_if_the_first_is_silent(self, server: OwnPostgres) -> None:
        with full_house() as silent:
            endpoint = self.address(f"127.0.0.1:{silent}", f"127.0.0.1:{server.port}")
            assert reach.diagnose(endpoint) is None

    def test_all_hosts_are_named_if_none_can_be_used(self) -> None:
        one, two = free_port(), free_port()
        found = reach.diagnose(self.address(f"127.0.0.1:{one}", f"localhost:{two}"))
        assert found is not None
        assert found.step is ReachStep.PORT
        assert found.summary == f"nothing listens on 127.0.0.1:{one}, localhost:{two}"

    def test_psql_can_connect_to_the_shown_address(self, server: OwnPostgres) -> None:
        endpoint = self.address(
            f"127.0.0.1:{free_port()}", f"127.0.0.1:{server.port}", sslmode="allow"
        )
        done = subprocess.run(
            (str(cluster.bundled("psql")), endpoint.address, "-Atc", "SHOW port"),
            env={"PGPASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == str(server.port)

    def test_the_host_that_takes_writes_is_used(self, own_postgres: OwnPostgres) -> None:
        standby = own_postgres.copied(standby=True)
        try:
            places = f"127.0.0.1:{standby.port}", f"127.0.0.1:{own_postgres.port}"
            primary = identity.identify(self.address(*places, target_session_attrs="read-write"))
            replica = identity.identify(self.address(*places[::-1], target_session_attrs="standby"))
            found = reach.diagnose(self.address(places[0], target_session_attrs="read-write"))
        finally:
            standby.close()
        assert (primary.server_port, primary.in_recovery) == (own_postgres.port, False)
        assert (replica.server_port, replica.in_recovery) == (standby.port, True)
        assert found is not None
        assert found.step is ReachStep.SESSION
        assert "target_session_attrs" in found.summary

    def test_migrations_and_the_service_use_the_running_host(
        self, own_postgres: OwnPostgres
    ) -> None:
        endpoint = self.address(f"127.0.0.1:{free_port()}", f"127.0.0.1:{own_postgres.port}")
        text = endpoint.url.render_as_string(hide_password=False)
        alembic("upgrade", "head", settings={"DATABASE_URL": text})
        show = "from src.database.database import engine as e; print(e.connect().info)"
        done = subprocess.run(
            (sys.executable, "-c", show),
            cwd=BACKEND,
            env=environment({"DATABASE_URL": text}),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
