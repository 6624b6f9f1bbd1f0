"""The client's address: as far as trusted proxies name it, whatever an untrusted client writes."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.main import create_app
from src.settings import LOOPBACK, ClientAddressHeader
from src.web.visitor import Visitor, address_of, single_address_of
from tests.support.environment import SETTINGS
from tests.support.http_client import make_client
from tests.support.server import running
from tests.support.service import service
from tests.support.waiting import said_until

TRUSTED = (*LOOPBACK, ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))
LOCAL = ip_address("127.0.0.1")
BODY = {"email": "ada@example.com", "password": "testpass123"}


def seen(forwarded: str, peer: str = "127.0.0.1") -> str:
    return str(address_of(ip_address(peer), forwarded, TRUSTED))


class TestForwardedAddresses:
    @pytest.mark.parametrize(
        ("forwarded", "address"),
        [
            ("", "127.0.0.1"),
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.9, 192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, 10.0.0.5", "192.0.2.1"),
            ("6.6.6.6, 192.0.2.1, 10.0.0.5, 10.0.0.6", "192.0.2.1"),
            ("192.0.2.1, 2001:db8:ffff::1", "192.0.2.1"),
            ("10.0.0.7, 10.0.0.5", "10.0.0.7"),
            ("192.0.2.1:8080", "192.0.2.1"),
            ("[2001:db8::1]:8080", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, nonsense", "127.0.0.1"),
            ("192.0.2.1,", "127.0.0.1"),
            ("unknown", "127.0.0.1"),
            ("192.0.2.1 10.0.0.5", "127.0.0.1"),
        ],
    )
    def test_forwarded_addresses_are_read_from_the_right_while_trusted(
        self, forwarded: str, address: str
    ) -> None:
        assert seen(forwarded) == address

    def test_an_untrusted_client_cannot_set_its_address(self) -> None:
        assert seen("192.0.2.1", peer="203.0.113.7") == "203.0.113.7"

    def test_only_the_last_entries_of_a_long_header_are_read(self) -> None:
        assert seen(", ".join(["192.0.2.1"] + ["10.0.0.1"] * 1000)) == "10.0.0.1"

    @given(st.lists(st.ip_addresses().map(str), max_size=6).map(", ".join))
    def test_reading_the_header_twice_changes_nothing(self, forwarded: str) -> None:
        once = address_of(LOCAL, forwarded, TRUSTED)
        assert address_of(once, forwarded, TRUSTED) == once

    @given(st.text(max_size=200))
    def test_any_header_value_gives_an_address(self, forwarded: str) -> None:
        assert address_of(LOCAL, forwarded, TRUSTED) is not None


class TestAHeaderWithOneAddress:
    @pytest.mark.parametrize(
        ("values", "peer", "address"),
        [
            (["192.0.2.1"], "10.0.0.5", "192.0.2.1"),
            ([" 2001:db8::1 "], "10.0.0.5", "2001:db8::1"),
            (["192.0.2.1:8080"], "10.0.0.5", "192.0.2.1"),
            (["192.0.2.1"], "203.0.113.7", "203.0.113.7"),
            (["192.0.2.1", "192.0.2.1"], "10.0.0.5", "10.0.0.5"),
            (["192.0.2.1, 192.0.2.2"], "10.0.0.5", "10.0.0.5"),
            (["tulip"], "10.0.0.5", "10.0.0.5"),
            ([""], "10.0.0.5", "10.0.0.5"),
            ([], "10.0.0.5", "10.0.0.5"),
        ],
    )
    def test_is_believed_if_it_stands_once_and_a_trusted_proxy_sent_it(
        self, values: list[str], peer: str, address: str
    ) -> None:
        assert str(single_address_of(ip_address(peer), values, TRUSTED)) == address

    @pytest.mark.parametrize("header", get_args(ClientAddressHeader)[1:])
    def test_is_the_one_that_the_setting_names(
        self,
        client: httpx.Client,
        sign_up: Callable[..., dict[str, Any]],
        configure: Callable[..., Any],
        header: str,
    ) -> None:
        me = sign_up()
        configure(client_address_header=header)
        sent = {"X-Forwarded-For": "192.0.2.9", header: "192.0.2.1"}
        signed_in = client.post("/auth/signin", json=BODY, headers=sent).json()
        bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
        sessions = client.get("/auth/sessions", headers=bearer).json()
        assert [one["ip"] for one in sessions] == ["192.0.2.1", "127.0.0.1"]
        assert me["id"] == 1

    def test_that_nobody_sends_is_named_in_the_log_with_the_one_that_arrives(
        self, tmp_path: Path
    ) -> None:
        with service(tmp_path, {"CLIENT_ADDRESS_HEADER": "x-real-ip"}) as one:
            for ip in ("192.0.2.1", "192.0.2.2"):
                one.client.post("/auth/signin", json=BODY, headers={"CF-Connecting-IP": ip})
            said = [line for line in one.log.splitlines() if "CLIENT_ADDRESS_HEADER" in line]
        assert len(said) == 1
        assert "127.0.0.1 sends CF-Connecting-IP, but not X-Real-IP" in said[0]
        assert said[0].endswith("CLIENT_ADDRESS_HEADER=CF-Connecting-IP")


class TestNetwork:
    def test_an_ipv6_network_is_the_first_64_bits(self) -> None:
        assert Visitor("2001:db8:1:2:3::4").network == "2001:db8:1:2::/64"
        assert Visitor("::1").network == "::/64"

    def test_an_ipv4_network_is_the_address_even_if_written_as_ipv6(self) -> None:
        assert Visitor("192.0.2.1").network == "192.0.2.1"
        assert Visitor("64:ff9b::192.0.2.1").network == "192.0.2.1"

    def test_a_missing_address_counts_as_unknown(self) -> None:
        assert Visitor().network == "unknown"


class TestAnUnnamedProxy:
    @pytest.mark.usefixtures("live")
    def test_no_warning_if_the_web_server_has_already_read_the_header(
        self, configure: Callable[..., Any], capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Plain uvicorn trusts a proxy on 127.0.0.1, and takes the entry before as the client."""
        configure(trusted_proxies=())
        with running(create_app(), plain=True) as server, make_client(server.port) as client:
            for forwarded in ("192.0.2.1, 10.0.0.77", "192.0.2.2, 10.0.0.77"):
                client.post("/auth/signin", json=BODY, headers={"X-Forwarded-For": forwarded})
            client.get("/auth/config")
            assert "TRUSTED_PROXIES=" not in said_until(capfd, "'/auth/config'")

    @pytest.mark.parametrize(
        ("settings", "flags"),
        [({"TRUSTED_PROXIES": "none"}, ()), ({}, ("--no-proxy-headers",))],
        ids=["by the setting", "by the option"],
    )
    def test_postern_serve_warns_once_and_says_how_to_fix_it(
        self, tmp_path: Path, settings: dict[str, str], flags: tuple[str, ...]
    ) -> None:
        with service(tmp_path, settings, flags=flags) as one:
            for ip in ("192.0.2.1", "192.0.2.2"):
                one.client.post("/auth/signin", json=BODY, headers={"X-Forwarded-For": ip})
            said = [line for line in one.log.splitlines() if "TRUSTED_PROXIES" in line]
        assert len(said) == 1
        assert "127.0.0.1 sends X-Forwarded-For" in said[0]
        assert said[0].endswith("TRUSTED_PROXIES=127.0.0.1")
        assert SETTINGS["SECRET_KEY"] not in said[0]
