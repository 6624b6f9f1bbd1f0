"""What mails say: in each language, with hostile values, with an adopter's templates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from src.kit.clock import now
from src.mail.letters import PAGES, Facts, Kind, Letter
from src.mail.locales import moment
from src.mail.messages import content, message, refuse_unusable_templates, sample
from src.mail.words import OURS, language_of, span, words
from src.settings import Settings, get_settings

Configure = Callable[..., Settings]


@pytest.mark.parametrize("language", OURS)
@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_words_in_each_language(kind: Kind, language: str) -> None:
    made = content(sample(kind, language))
    assert made.subject
    assert "{" not in made.text
    assert f'lang="{language}"' in made.html
    assert (f"{get_settings().web_url}/{PAGES[kind]}" in made.text) if kind in PAGES else True


def test_all_languages_have_the_same_keys() -> None:
    def keys(found: object) -> object:
        return {key: keys(one) for key, one in found.items()} if isinstance(found, dict) else 0

    assert len({str(keys(words(language))) for language in OURS}) == 1


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, en;q=0.5, de;q=0.7", "de"),
        ("", "en"),
        ("xx", "en"),
        ("de;q=0, en", "en"),
        ("de;q=nonsense", "en"),
        ("*", "en"),
    ],
)
def test_the_language_is_that_of_the_request(header: str, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (60, "one minute"),
        (1800, "30 minutes"),
        (3600, "one hour"),
        (5400, "90 minutes"),
        (86_400, "one day"),
        (604_800, "7 days"),
    ],
)
def test_a_time_is_said_in_the_largest_unit(seconds: int, said: str) -> None:
    assert span(seconds, "en") == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "On 31 January 2026, 09:30 UTC somebody"),
        ("de", "Am 31. Januar 2026, 09:30 UTC hat"),
    ],
)
def test_a_moment_is_written_as_the_language_does(language: str, said: str) -> None:
    made = content(sample(Kind.NEW_DEVICE, language))
    assert said in " ".join(made.text.split())


@pytest.mark.parametrize("language", ["pt-BR", "zh-Hant-TW", "ar", "nn", "en-US", "sr-Latn-RS"])
def test_a_moment_of_an_added_language_names_the_year_and_the_time_zone(language: str) -> None:
    said = moment(datetime(2026, 1, 31, 9, 30, tzinfo=UTC), language)
    assert "2026" in said
    assert said.endswith("UTC")
    assert "{" not in said


def test_a_moment_of_a_language_that_nobody_has_described_is_a_plain_date() -> None:
    assert moment(datetime(2026, 1, 31, 9, 30, tzinfo=UTC), "tlh") == "2026-01-31, 09:30 UTC"


HOSTILE = '<img src=x onerror=alert(1)>"{app}'


def test_hostile_values_stay_text(configure: Configure) -> None:
    configure(app_name='Lanterns </title>"{link}')
    facts = Facts(now(), new_address=f"{HOSTILE}@example.com", device=HOSTILE * 9)
    made = content(Letter(Kind.EMAIL_CHANGING, 1, "ada@example.com", facts))
    assert "<img" not in made.html
    assert "&lt;img" in made.html
    assert "onerror" not in content(Letter(Kind.NEW_DEVICE, 1, "a@example.com", facts)).text
    assert "\n" not in made.subject


def test_a_mail_has_one_recipient() -> None:
    """Whatever an address may look like to another program (CVE-2022-35924)."""
    letter = replace(sample(Kind.PASSWORD_CHANGED, "en"), recipient="a@example.com,b@example.com")
    made = message(letter, message_id="a", at=now())
    assert [one.addr_spec for one in made["To"].addresses] == ['"a@example.com,b"@example.com']


def test_an_address_with_a_newline_makes_no_mail() -> None:
    letter = replace(sample(Kind.PASSWORD_CHANGED, "en"), recipient="a@b.c\nBcc: eve@example.com")
    with pytest.raises(ValueError, match=r"header|invalid|newline|CR"):
        message(letter, message_id="a", at=now())


def test_a_template_of_the_adopter_takes_the_place_of_ours(
    tmp_path: Path, configure: Configure
) -> None:
    (tmp_path / "reset_password.html").write_text("<p>{{ app }}: {{ link }}</p>")
    settings = configure(mail_templates=tmp_path)
    refuse_unusable_templates(settings)
    assert "Lantern &amp; Sons: http" in content(sample(Kind.RESET_PASSWORD, "en")).html
    assert "article" in content(sample(Kind.VERIFY_EMAIL, "en")).html


def test_a_template_that_cannot_be_rendered_stops_the_start(
    tmp_path: Path, configure: Configure
) -> None:
    (tmp_path / "magic_link.txt").write_text("{{ no_such_value }}")
    with pytest.raises(SystemExit, match="magic_link: UndefinedError"):
        refuse_unusable_templates(configure(mail_templates=tmp_path))
