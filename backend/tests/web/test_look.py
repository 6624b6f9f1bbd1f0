"""The pages about problems and the API's description have the look of the adopter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from src.main import create_app
from src.settings import Settings
from tests.support.logos import PNG, SVG
from tests.support.server import serving

Configure = Callable[..., Settings]


def test_problem_pages_have_color_logo_and_links(tmp_path: Path, configure: Configure) -> None:
    logo, dark = tmp_path / "logo.svg", tmp_path / "dark.png"
    logo.write_bytes(SVG)
    dark.write_bytes(PNG)
    configure(
        brand_color="#0b5fff",
        logo=logo,
        logo_dark=dark,
        terms_url="https://example.com/terms?a=1&b=2",
        support_url="mailto:help@example.com",
    )
    with serving(create_app()) as client:
        pages = [client.get(path) for path in ("/problems", "/problems/not_found")]
    for page in pages:
        assert "--door: light-dark(#065cfb, #4e8aff)" in page.text
        assert '<img src="data:image/svg+xml;base64,' in page.text
        assert 'srcset="data:image/png;base64,' in page.text
        assert 'alt="Lantern &amp; Sons"></picture>' in page.text
        assert '<a href="https://example.com/terms?a=1&amp;b=2">Terms</a>' in page.text
        assert '<a href="mailto:help@example.com">Support</a>' in page.text
        assert "Privacy" not in page.text
        assert "<svg" not in page.text
        assert "img-src data:;" in page.headers["content-security-policy"]


def test_a_logo_for_the_light_scheme_alone_has_a_plate(
    tmp_path: Path, configure: Configure
) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    configure(logo=logo)
    with serving(create_app()) as client:
        assert 'alt="Lantern &amp; Sons" class="plate"></picture>' in client.get("/problems").text


def test_problem_pages_of_the_plain_theme_have_no_gate(configure: Configure) -> None:
    configure(theme="plain")
    with serving(create_app()) as client:
        page = client.get("/problems").text
    assert "<svg" not in page
    assert '<a href="/problems">Lantern &amp; Sons</a>' in page
    assert 'class="links"' not in page


@pytest.mark.parametrize(
    ("support", "contact"),
    [
        ("mailto:help@example.com", {"email": "help@example.com"}),
        ("https://example.com/help", {"url": "https://example.com/help"}),
    ],
)
def test_the_description_of_the_api_names_terms_and_support(
    configure: Configure, support: str, contact: dict[str, str]
) -> None:
    settings = configure(terms_url="https://example.com/terms", support_url=support)
    info = create_app().openapi()["info"]
    assert info["termsOfService"] == "https://example.com/terms"
    assert info["contact"] == {"name": settings.app_name, **contact}
    configure(terms_url=None, support_url=None)
    info = create_app().openapi()["info"]
    assert "termsOfService" not in info
    assert info["contact"] == {"name": settings.app_name, "url": f"{settings.web_url}/"}
