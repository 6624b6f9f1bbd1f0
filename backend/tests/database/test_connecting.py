"""Looking up a host name has a time limit, even if the name service never answers."""

import socket
import time
from typing import Any

import psycopg2
import pytest

from src.database.connecting import resolve_name
from src.database.database import get_endpoints
from src.database.deadline import deadline
from src.database.origin import Endpoint
from src.schema.reach import reach
from tests.support.own_postgres import OwnPostgres
from tests.support.ports import full_house


def test_libpq_gets_all_addresses_of_a_name() -> None:
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
        {"host": "/run/one,@two"},
        {"host": "db.example.com", "hostaddr": "127.0.0.1"},
        {},
    ],
)
def test_an_address_or_a_socket_is_not_looked_up(parameters: dict[str, Any]) -> None:
    before = dict(parameters)
    resolve_name(parameters)
    assert parameters == before


class TestSeveralHosts:
    def test_each_name_keeps_its_own_port_and_addresses(self) -> None:
        parameters: dict[str, Any] = {"host": "/run/pg,localhost,::1", "port": "1,2,3"}
        resolve_name(parameters)

        places = zip(*(parameters[name].split(",") for name in PLACE), strict=True)
        assert set(places) >= {
            ("/run/pg", "1", ""),
            ("localhost", "2", "127.0.0.1"),
            ("::1", "3", ""),
        }

    def test_an_unknown_host_is_left_out(self) -> None:
        parameters: dict[str, Any] = {"host": "nowhere.invalid,localhost", "port": "1,2"}
        resolve_name(parameters)

        assert set(parameters["host"].split(",")) == {"localhost"}
        assert set(parameters["port"].split(",")) == {"2"}

    def test_the_error_names_all_hosts_if_none_is_known(self) -> None:
        with pytest.raises(psycopg2.OperationalError, match=r'"one.invalid" or "two.invalid"'):
            resolve_name({"host": "one.invalid,two.invalid", "port": 5432})

    def test_a_silent_host_comes_last(self) -> None:
        with full_house() as silent:
            parameters: dict[str, Any] = {"host": "127.0.0.1,::1", "port": f"{silent},1"}
            resolve_name(parameters)

        assert (parameters["host"], parameters["port"]) == ("::1,127.0.0.1", f"1,{silent}")


PLACE = ("host", "port", "hostaddr")


def test_a_connection_by_name_works(own_postgres: OwnPostgres) -> None:
    assert reach.diagnose(Endpoint(own_postgres.url(host="localhost"))) is None


HANGS = 3.0


class TestASilentNameServer:
    @pytest.fixture(autouse=True)
    def _silent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def hang(*_: object, **__: object) -> list[object]:
            time.sleep(HANGS)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", hang)

    def test_a_silent_name_server_does_not_exceed_the_deadline(self) -> None:
        began = time.monotonic()
        with deadline(0.3), pytest.raises(psycopg2.OperationalError, match="could not translate"):
            resolve_name({"host": "db.example.com"})
        assert time.monotonic() - began < HANGS

    def test_a_name_without_an_answer_does_not_delay_other_hosts(self) -> None:
        parameters: dict[str, Any] = {"host": "db.example.com,127.0.0.1", "port": "1,2"}
        began = time.monotonic()
        with deadline(0.3):
            resolve_name(parameters)
        assert time.monotonic() - began < HANGS
        assert (parameters["host"], parameters["port"]) == ("127.0.0.1", "2")

    def test_the_diagnosis_names_the_step_name(self) -> None:
        url = get_endpoints().direct.set(host="db.example.com", query={})
        found = reach.diagnose(Endpoint(url), within=0.3)
        assert found is not None
        assert found.step == "name"
