"""Which host passkeys belong to, and which origins may use them: from settings, never a request."""

import pytest

from src.kit.relying_party import RelyingParty, is_safe, refuse_foreign, relying_party


@pytest.mark.parametrize(
    ("web_url", "rp_id", "origin"),
    [
        ("http://localhost:3000", "localhost", "http://localhost:3000"),
        ("https://Example.COM", "example.com", "https://example.com"),
        ("https://example.com:443/app", "example.com", "https://example.com"),
        ("https://app.example.com:8443", "app.example.com", "https://app.example.com:8443"),
        ("https://bücher.example", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://intranet", "intranet", "https://intranet"),
    ],
)
def test_it_is_the_host_of_the_web_app(web_url: str, rp_id: str, origin: str) -> None:
    assert relying_party(web_url) == RelyingParty(rp_id, (origin,))


@pytest.mark.parametrize(
    "web_url", ["http://127.0.0.1:3000", "https://[::1]:3000", "https://192.0.2.1", "https://a..b"]
)
def test_an_address_is_none(web_url: str) -> None:
    assert relying_party(web_url) is None


def test_more_origins_come_after_that_of_the_web_app() -> None:
    more = ("https://app.example.com", "https://example.com")
    party = relying_party("https://example.com", more)
    assert party == RelyingParty("example.com", ("https://example.com", "https://app.example.com"))


@pytest.mark.parametrize(
    "origin",
    ["https://example.com:8443", "https://app.example.com", "https://a.b.example.com"],
)
def test_subdomains_and_ports_belong_to_it(origin: str) -> None:
    refuse_foreign("example.com", origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://notexample.com",
        "https://example.com.evil.example",
        "https://com",
        "http://app.example.com",
    ],
)
def test_others_do_not(origin: str) -> None:
    with pytest.raises(ValueError, match="PASSKEY_ORIGINS"):
        refuse_foreign("example.com", origin)


def test_http_is_for_this_machine() -> None:
    refuse_foreign("localhost", "http://app.localhost:3001")
    assert is_safe("https://example.com")
    assert not is_safe("http://localhost.example.com")
