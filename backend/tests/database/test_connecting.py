"""Names are looked up in bounded time, whatever the name service does."""

import socket
import time
from typing import Any

import psycopg2
import pytest

from src.database import reach
from src.database.connecting import resolve_name
from src.database.database import get_endpoints
from src.database.deadline import deadline
from src.database.origin import Endpoint
from tests.support.own_postgres import OwnPostgres


def test_a_name_is_handed_on_with_all_its_addresses() -> None:
    parameters: dict[str, Any] = {"host": "localhost", "port": 5433}
    resolve_name(parameters)
    addresses = parameters["hostaddr"].split(",")
    assert "127.0.0.1" in addresses
    assert parameters["host"].split(",") == ["localhost"] * len(addresses)


@pytest.mark.parametrize(
    "parameters",
    [
        {"host": "127.0.0.1"},
        {"host": "::1"},
        {"host": "/var/run/postgresql"},
        {"host": "one,two"},
        {"host": "db.example.com", "hostaddr": "127.0.0.1"},
        {},
    ],
)
def test_nothing_is_looked_up_where_there_is_no_single_name(parameters: dict[str, Any]) -> None:
    before = dict(parameters)
    resolve_name(parameters)
    assert parameters == before


def test_a_connection_by_name_works(own_postgres: OwnPostgres) -> None:
    assert reach.diagnose(Endpoint(own_postgres.url(host="localhost"))) is None


HANGS = 3.0


class TestANameServerThatIsSilent:
    @pytest.fixture(autouse=True)
    def _silent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def hang(*_: object, **__: object) -> list[object]:
            time.sleep(HANGS)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", hang)

    def test_holds_a_request_no_longer_than_its_deadline(self) -> None:
        began = time.monotonic()
        with deadline(0.3), pytest.raises(psycopg2.OperationalError, match="could not translate"):
            resolve_name({"host": "db.example.com"})
        assert time.monotonic() - began < HANGS

    def test_is_named_as_the_step_that_fails(self) -> None:
        url = get_endpoints().direct.set(host="db.example.com", query={})
        found = reach.diagnose(Endpoint(url), within=0.3)
        assert found is not None
        assert found.step == "name"
