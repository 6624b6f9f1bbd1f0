"""Passkeys: whether browsers have them at the address of the web app."""

import pytest

from src.doctor.report import Fine
from tests.support.checkout import Copy

CHECK = "Browsers have passkeys at WEB_URL"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:3000", "http://192.0.2.7", "https://[2001:db8::1]"]
)
def test_an_address_without_a_domain_name(copy: Copy, url: str) -> None:
    copy.write_env(WEB_URL=url)
    finding = copy.found(CHECK)
    assert finding.condition.code == "passkeys_without_domain"
    assert url in finding.evidence[0]


def test_http_beyond_this_machine(copy: Copy) -> None:
    copy.write_env(WEB_URL="http://www.example.com")
    finding = copy.found(CHECK)
    assert finding.condition.code == "passkeys_over_http"
    assert "http://www.example.com" in finding.evidence[0]


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("http://localhost:3000", "they belong to localhost; origins: http://localhost:3000"),
        ("https://example.com", "they belong to example.com; origins: https://example.com, "),
    ],
)
def test_a_domain_name(copy: Copy, url: str, seen: str) -> None:
    copy.write_env(WEB_URL=url, PASSKEY_ORIGINS=f"{url.replace('://', '://app.')}")
    outcome = copy.look(CHECK).outcome
    assert isinstance(outcome, Fine)
    assert outcome.seen.startswith(seen)
    assert "://app." in outcome.seen
