"""Mails have the colors, the logo and the links of the adopter."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from src.kit.clock import now
from src.mail.letters import Kind
from src.mail.messages import content, message, sample
from src.settings import Settings
from tests.support.logos import PNG, SVG

Configure = Callable[..., Settings]


def test_buttons_have_the_brands_color_in_both_schemes(configure: Configure) -> None:
    letter = sample(Kind.RESET_PASSWORD, "en")
    own = content(letter).html
    assert "background: #026355; color: #f9fdfb" in own
    assert "background: #7ad3bd !important" in own
    configure(brand_color="#0b5fff")
    html = content(letter).html
    assert "background: #065cfb; color: #fafcff" in html
    assert "background: #4e8aff !important; color: #0d1522 !important" in html
    assert "#026355" not in html


@pytest.mark.parametrize(("language", "terms"), [("en", "Terms"), ("de", "Nutzungsbedingungen")])
def test_the_foot_has_the_links(configure: Configure, language: str, terms: str) -> None:
    letter = sample(Kind.NEW_DEVICE, language)
    assert "href" not in content(letter).html.partition('class="foot"')[2]
    configure(terms_url="https://example.com/terms", support_url="mailto:help@example.com")
    made = content(letter)
    assert f">{terms}</a>" in made.html
    assert 'href="mailto:help@example.com"' in made.html
    assert f"{terms}: https://example.com/terms\n" in made.text


def written(configure: Configure, file: Path, picture: bytes) -> EmailMessage:
    file.write_bytes(picture)
    configure(logo=file)
    return message(sample(Kind.VERIFY_EMAIL, "en"), message_id="a", at=now())


def test_a_png_is_inside_the_mail_and_nothing_is_loaded(
    tmp_path: Path, configure: Configure
) -> None:
    mail = written(configure, tmp_path / "logo.png", PNG)
    text, related = mail.iter_parts()
    html, picture = related.iter_parts()
    assert mail.get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    assert picture.get_content_type() == "image/png"
    assert picture.get_content() == PNG
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html.get_content()
    assert 'alt="Lantern &amp; Sons"' in html.get_content()
    assert 'src="http' not in html.get_content()
    assert 'class="logo plate"' in html.get_content()
    assert mail["Subject"] == "Confirm your address for Lantern & Sons"
    # The mailbox of development and previews show the HTML alone.
    assert 'src="data:image/png;base64,' in content(sample(Kind.VERIFY_EMAIL, "en")).html


def test_a_logo_for_both_schemes_has_no_plate(tmp_path: Path, configure: Configure) -> None:
    written(configure, tmp_path / "logo.png", PNG)
    configure(logo_dark=tmp_path / "logo.png")
    assert 'class="logo"' in content(sample(Kind.VERIFY_EMAIL, "en")).html


def test_an_svg_is_not_sent_because_mail_programs_show_none(
    tmp_path: Path, configure: Configure
) -> None:
    mail = written(configure, tmp_path / "logo.svg", SVG)
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "<img" not in html.get_content()
    assert "Lantern &amp; Sons</p>" in html.get_content()


def test_a_template_without_the_logo_sends_none(tmp_path: Path, configure: Configure) -> None:
    (tmp_path / "verify_email.html").write_text("<p>{{ link }}</p>")
    configure(mail_templates=tmp_path)
    mail = written(configure, tmp_path / "logo.png", PNG)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
