"""The settings of the look: what is read, and what is refused with which sentence."""

from pathlib import Path

import pytest

from src.settings import load_settings
from tests.support.logos import SVG
from tests.support.settings_files import refusal

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_a_whole_look_is_read(env_file: Path, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    env_file.write_text(
        f"BRAND_COLOR=#0B5FFF\nLOGO={logo}\nLOGO_DARK={logo}\nTHEME=plain\n"
        "HOME_URL=https://example.com\nTERMS_URL=https://example.com/terms?lang=en#top\n"
        "PRIVACY_URL=http://localhost:4000/privacy\nSUPPORT_URL=mailto:help@example.com\n"
    )
    settings = load_settings(env_file, ()).settings
    assert settings.brand_color == "#0b5fff"
    assert settings.brand.light.door == "#065cfb"
    assert (settings.logo, settings.logo_dark, settings.theme) == (logo, logo, "plain")
    assert settings.home_url == "https://example.com"
    assert settings.terms_url == "https://example.com/terms?lang=en#top"
    assert settings.privacy_url == "http://localhost:4000/privacy"
    assert settings.support_url == "mailto:help@example.com"


def test_without_settings_the_look_is_posterns_own(env_file: Path) -> None:
    settings = load_settings(env_file, ()).settings
    assert (settings.brand_color, settings.logo, settings.theme) == (None, None, "arch")
    assert settings.brand.light.door == "#026355"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BRAND_COLOR", "blue"),
        ("BRAND_COLOR", "#fff"),
        ("THEME", "Arch"),
        ("LOGO", "logo.svg"),
        ("LOGO", "/there/is/none.svg"),
        ("LOGO_DARK", "logo.svg"),
        ("TERMS_URL", "mailto:help@example.com"),
        ("TERMS_URL", "/terms"),
        ("PRIVACY_URL", "javascript:alert(1)"),
        ("SUPPORT_URL", "tel:112"),
        ("SUPPORT_URL", "mailto:"),
        ("SUPPORT_URL", "https://ada:hunter2@example.com"),
        ("HOME_URL", "ftp://example.com"),
    ],
)
def test_what_cannot_be_used_is_refused_and_not_repeated(
    env_file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    said = refusal(env_file)
    assert f"{name} (from the process environment): " in said
    assert not any(part in said for part in ("hunter2", "none.svg", "alert"))


@pytest.mark.parametrize("name", ["TERMS_URL", "PRIVACY_URL", "SUPPORT_URL"])
def test_production_refuses_pages_over_http(
    env_file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": "mVq2Xw8ZtR4nYb7KcLp0DfHs6GjAeUo3",
        "DATABASE_URL": "postgresql://postern:tulip@db.example.com/postern",
        name: "http://example.com/page",
    }
    for each, value in given.items():
        monkeypatch.setenv(each, value)
    assert refusal(env_file) == f"- {name} must be https in production"


def test_a_logo_for_the_dark_scheme_needs_one_for_the_light_scheme(
    env_file: Path, tmp_path: Path
) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    env_file.write_text(f"LOGO_DARK={logo}\n")
    assert refusal(env_file) == "- LOGO_DARK needs LOGO, which is for the light scheme"


def test_the_web_app_does_not_lead_to_itself(env_file: Path) -> None:
    env_file.write_text(
        "WEB_URL=https://accounts.example.com\nHOME_URL=https://accounts.example.com/"
    )
    assert refusal(env_file) == "- HOME_URL is the web app's own first page. Leave it out"
