"""Whether a server is on this machine must be proven: an address on loopback is no proof."""

import pytest
from sqlalchemy import URL

from src.database.origin import Endpoint
from src.schema.this_machine import writing_here
from tests.support.forwarding import forwarded, forwarded_socket
from tests.support.own_postgres import OwnPostgres
from tests.support.pgbouncer import PgBouncer
from tests.support.scratch import Scratch

needs_pgbouncer = pytest.mark.needs("pgbouncer")


def is_here(url: URL) -> bool:
    with writing_here(Endpoint(url, source="backend/.env")) as connection:
        return connection is not None


class TestAServerOnThisMachine:
    def test_a_server_on_loopback_is_proven(self, own_postgres: OwnPostgres) -> None:
        assert is_here(own_postgres.url())
        assert is_here(own_postgres.url(host="localhost"))

    def test_a_server_on_its_unix_socket_is_proven(self, scratch: Scratch) -> None:
        assert str(scratch.direct.url.query["host"]).startswith("/")
        assert is_here(scratch.direct.url)


class TestNoProof:
    def test_a_tunnel_on_loopback_is_no_proof(self, own_postgres: OwnPostgres) -> None:
        with forwarded(own_postgres.port) as port:
            assert not is_here(own_postgres.url(port=port))

    def test_a_unix_socket_of_another_program_is_no_proof(self, own_postgres: OwnPostgres) -> None:
        with forwarded_socket(own_postgres.port) as folder:
            url = own_postgres.url(host=None, query={"host": str(folder)})
            assert not is_here(url)

    @needs_pgbouncer
    def test_pgbouncer_is_no_proof(self, scratch: Scratch, bouncer: PgBouncer) -> None:
        assert not is_here(scratch.direct.url.set(**bouncer.address))
