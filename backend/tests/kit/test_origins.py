"""Origins of CORS_ORIGINS: one spelling, the one that browsers send, or a refusal."""

import pytest

from src.kit.origins import normalized_origin


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("HTTPS://App.Example.COM", "https://app.example.com"),
        ("https://app.example.com/", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80/", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("https://app.example.com:", "https://app.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://[::0001]:3000", "http://[::1]:3000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_an_origin_has_the_spelling_that_a_browser_sends(written: str, sent: str) -> None:
    assert normalized_origin(written) == sent
    assert normalized_origin(sent) == sent


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("*", "wildcard"),
        ("https://*.example.com", "wildcard"),
        ("null", "sandboxed"),
        ("https://app.example.com/app", "no path"),
        ("https://app.example.com/?", "no path"),
        ("https://app.example.com#top", "no path"),
        ("https://tulip:tulip@app.example.com", "no path"),
        ("app.example.com", "such as https://app.example.com"),
        ("//app.example.com", "such as https://app.example.com"),
        ("ftp://app.example.com", "such as https://app.example.com"),
        ("https://", "such as https://app.example.com"),
        ("https://app.example.com:tulip", "such as https://app.example.com"),
        ("https://app.example.com:99999", "such as https://app.example.com"),
        ("https://[tulip]", "such as https://app.example.com"),
        ("https://\u2800.example", "no domain name"),
    ],
)
def test_what_no_browser_sends_is_refused(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        normalized_origin(written)
    assert "tulip" not in str(refusal.value)
