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
        ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
        ("https://app.example.com.", "https://app.example.com."),
        ("https://my_app.example", "https://my_app.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://xn--i-7iq.example", "https://xn--i-7iq.example"),
        ("https://127.example", "https://127.example"),
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
        ("https://app.example.com:0", "port 0"),
        ("https://a..b", "no domain name"),
        ("https://.", "no domain name"),
        ("https://a.b..", "no domain name"),
        ("https://-.-%41.b", "no domain name"),
        ("https://a|b", "no domain name"),
        (f"https://{'a' * 64}.example", "no domain name"),
        ("https://xn--a.de", "no domain name"),
        ("https://xn--.de", "no domain name"),
        ("https://xn--abc-.de", "no domain name"),
        ("https://127.1", "such as 127.0.0.1"),
        ("https://0x7f.1", "such as 127.0.0.1"),
        ("https://2130706433", "such as 127.0.0.1"),
        ("https://127.0.0.1.", "such as 127.0.0.1"),
        ("https://127.0.0.01", "such as 127.0.0.1"),
        ("https://a.0x", "such as 127.0.0.1"),
        ("https://a.256", "such as 127.0.0.1"),
        ("https://\uff11\uff12\uff17.1", "such as 127.0.0.1"),
        ("http://[fe80::1%25eth0]", "without a zone"),
        ("http://[v1.tulip]", "such as https://app.example.com"),
    ],
)
def test_what_no_browser_sends_is_refused(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        normalized_origin(written)
    assert "tulip" not in str(refusal.value)
