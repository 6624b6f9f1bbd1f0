"""Names may have the invisible characters that emoji and scripts need, and no others."""

import unicodedata

import httpx
import psycopg2
import pytest
from pydantic import TypeAdapter, ValidationError

from src.users.fields import Name
from src.users.names import has_refused
from tests.web.test_problems import assert_problem

NAME: TypeAdapter[str | None] = TypeAdapter(Name)
GOOD = [
    *("Ada Lovelace", "李", "O'Hara", "علی\u200cرضا", "سرو\u200cناز"),
    *("क्\u200dष", "শ্রী", "র\u200d্যাচেল", "ශ්\u200dරී"),
    *("葛\U000e0100城", "辻\ufe00", "ᠮᠣᠩᠭᠣᠯ\u180b", "ᠨᠠᠢᠮᠠ\u180eᠠ"),
    *("👩\u200d👩\u200d👧\u200d👦", "👨🏽\u200d🚀", "❤\ufe0f\u200d🔥", "☺\ufe0e", "🇩🇪"),
    *("1\ufe0f\u20e3", "🏳\ufe0f\u200d🌈"),
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
]
BAD = [
    *("A\u200bda", "A\u200dda", "A\u200cda", "Ada\ufe0f", "Ada1\ufe0f", "A\u00adda"),
    *("Ada\u3164", "A\u034fda", "\u200fAda", "A\u061cda", "\u202eadA", "A\u2066da\u2069"),
    *("Ada\ufeff", "\U000e0041Ada", "علی\u200c", "علی\u200c\u200cرضا"),
    *("葛\U000e0100\U000e0100", "👩\u200d", "👩\u200dx", "☺\ufe0f\ufe0f", "A\x00da", "A\x1bda"),
    "🏴" + "\U000e0061" * 7 + "\U000e007f",
    "🏳\U000e0067\U000e0062\U000e0073\U000e007f",
]


@pytest.mark.parametrize("name", GOOD, ids=ascii)
def test_what_scripts_and_emoji_need_is_accepted(name: str) -> None:
    assert not has_refused(name)


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_what_nothing_needs_is_refused(name: str) -> None:
    assert has_refused(name)


@pytest.mark.parametrize("name", GOOD, ids=ascii)
def test_invisible_characters_at_its_ends_are_removed(name: str) -> None:
    normal = unicodedata.normalize("NFC", name)
    for mark in ("", "\u200e", "\u202a", "\ufeff", "\u3164", " \u2060 ", "\n"):
        assert NAME.validate_python(f"{mark}{name}{mark}") == normal, ascii(mark)


def test_a_name_without_anything_to_see_is_none() -> None:
    assert NAME.validate_python("\u200e \u3164") is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("A\u200bda", "This name has a character that cannot be seen. Type it by hand."),
        ("A\u202eda", "This name has a character that cannot be seen. Type it by hand."),
        ("A\tda", "This name has a control character, such as a tab. Type it by hand."),
        ("A\x00\u200bda", "This name has a control character, such as a tab. Type it by hand."),
    ],
    ids=ascii,
)
def test_a_refusal_says_what_is_wrong(name: str, message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        NAME.validate_python(name)
    [error] = refusal.value.errors()
    assert (error["type"], error["msg"]) == ("name_invalid", message)


def test_a_profile_keeps_the_good_and_refuses_the_bad(
    client: httpx.Client, direct: psycopg2.extensions.connection
) -> None:
    body = {"email": "ada@example.com", "password": "testpass123"}
    answer = client.post("/auth/signup", json={**body, "name": BAD[0]})
    assert_problem(answer, 422, "validation_failed")
    assert answer.json()["errors"][0]["code"] == "name_invalid"
    assert client.post("/auth/signup", json={**body, "name": GOOD[3]}).status_code == 201
    with direct.cursor() as cursor:
        cursor.execute('SELECT name FROM "user"')
        assert cursor.fetchall() == [(GOOD[3],)]
