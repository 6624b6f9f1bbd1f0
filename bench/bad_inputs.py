"""Makes bad inputs from a number, and judges whether the service may accept one. Pure."""

import json
import random  # noqa: TID251  the same inputs in every run, no secrets
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.message import Message
from typing import Any

from tests.support.places import BEARER, BUNDLE, BUNDLED_UP_TO, SURROGATES, Place

Json = Any
Right = Mapping[str, str]
"""The sender's valid values: by names of fields, `bearer`, and `id` of their session."""

SEED = 1
SHORTEST, LONGEST = 15, 1024
"""The lengths of a new password, in characters."""
LONGEST_NAME = 200
SOMEBODY = re.compile(r"person[0-9]{8}@example\.com")
"""The addresses of the accounts. All have the same password, so it is right for each of them."""
LENGTHS = (0, 1, 2, 14, 15, 72, 73, 200, 201, 255, 256, 320, 321, 1000, 1024, 1025, 8192, 65_537)
ALPHABETS = (
    "aB1@.,:;'\"\\/%<>{}[]()=&?#*-_+ \t",
    "\x00\x01\x1b\x7f\x85\xa0\u00ad\u200b\u202e\u2028\ufeff\uffff\ud800\udfff",
    "éßıİſﬁΩ中あ👩\u0301\u0345\U0001d400\U000e0001",
    "".join(map(chr, range(32, 127))),
)
NASTY = (
    *(
        "null",
        "NaN",
        "-0",
        "-1",
        "0",
        "1",
        "01",
        "1.0",
        "1_000",
        " 1",
        "[]",
        "{}",
        "\\",
        "%00",
        "$1",
    ),
    *("9223372036854775807", "9223372036854775808", "..", "//", "../../etc/passwd", "{{7*7}}"),
    *("' OR '1'='1", '\'; DROP TABLE "user"; --', "<script>alert(1)</script>"),
    *("@", "a@b", "a@@example.com", '"a b"@example.com', "a@[127.0.0.1]", "a@b.de,c@d.de"),
    *("Bearer", "Bearer a", "Basic YTpi", "a.b.c", "eyJhbGciOiJub25lIn0.e30."),
    *("text/plain", "application/json; charset=utf-16"),
)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 0.1, -0.0, 1e308)
CONSTANTS: tuple[Json, ...] = (
    None,
    True,
    False,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    {"": ""},
)


def made_up(number: int, place: Place) -> Callable[[Right], Json]:
    """Makes the value to write into a place. It may depend on the valid value there."""

    def draw(right: Right) -> Json:
        chance = random.Random(f"{SEED} {number}")  # noqa: S311  no secret
        kinds = [_mutated, _mutated, _boundary, _text]
        if place.kind in {"field", "body"}:
            kinds.append(_structure)
        value = chance.choice(kinds)(chance, right_value(place, right))
        if place.kind == "body" and not isinstance(value, str):
            return json.dumps(value)
        return value[:BUNDLED_UP_TO] if place.name == BUNDLE else value

    return draw


def right_value(place: Place, right: Right) -> str:
    if place.kind == "body":
        return json.dumps(_usual_body(place, right))
    others = {
        BEARER: right["bearer"],
        "Authorization": f"Bearer {right['bearer']}",
        "Content-Type": "application/json",
        "code": "not_found",
    }
    return others.get(place.name) or right.get(place.name) or "Ada Lovelace"


def may_be_accepted(place: Place, value: Json, right: Right) -> bool:
    """Whether a 2xx can be the right answer. This is judged without the service's own code."""
    if place.kind == "header":
        return _header_is_right(place.name, carried(str(value)), right)
    if place.kind == "path":
        return _path_is_right(place.name, str(value), right)
    usual = place.operation.example
    if usual is None:
        return True
    body = _read(value) if place.kind == "body" else _usual_body(place, right) | {place.name: value}
    if not isinstance(body, dict) or body.keys() - usual.keys():
        return False
    new = "signup" in place.operation.path
    missing = usual.keys() - body.keys() - {"name"}
    return not missing and all(
        _field_is_right(name, sent, right, new=new) for name, sent in body.items()
    )


def carried(text: str) -> str:
    """The part that a header can carry: no control characters, and no white space at the ends."""
    return "".join(c for c in text if c >= " " and c != "\x7f").strip()


def _header_is_right(name: str, text: str, right: Right) -> bool:
    if name == BEARER:
        return text == right["bearer"]
    if name == "Authorization":
        scheme, _, token = text.partition(" ")
        return scheme.lower() == "bearer" and token.strip() == right["bearer"]
    if name == "Content-Type":
        header = Message()
        header["content-type"] = re.sub(r"[^ -~]", "?", text)
        return header.get_content_type() == "application/json"
    return True


def _path_is_right(name: str, text: str, right: Right) -> bool:
    if name == "id":
        with suppress(ValueError):  # several spellings of a number name the same session
            return int(re.sub(r"\.0+$", "", text)) == int(right["id"])
        return False
    return re.fullmatch("[a-z_]*", text) is not None


def _field_is_right(name: str, value: Json, right: Right, *, new: bool) -> bool:
    if name == "name":
        return value is None or (_is_text(value) and len(value) <= LONGEST_NAME)
    if not _is_text(value):
        return False
    if name == "email":
        return _is_address(value) if new else SOMEBODY.fullmatch(_folded(value)) is not None
    if name == "new_password" or (name == "password" and new):
        return len(unicodedata.normalize("NFKC", value)) >= SHORTEST and len(value) <= LONGEST
    if name.endswith("password"):
        return unicodedata.normalize("NFKC", value) == right[name]
    return bool(value == right[name])


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and not re.search("[\x00\ud800-\udfff]", value)


def _is_address(value: str) -> bool:
    local, _, domain = _folded(value).partition("@")
    odd = any(unicodedata.category(character)[0] in "CZ" for character in value)
    return bool(local) and "." in domain and "@" not in domain and not odd


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold()


def _usual_body(place: Place, right: Right) -> dict[str, Json]:
    return {name: right.get(name, usual) for name, usual in place.operation.example.items()}


def _read(value: str | bytes) -> Json:
    try:
        raw = value if isinstance(value, bytes) else value.encode("utf-8", SURROGATES)
        return json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None


def _mutated(chance: random.Random, right: str) -> str:
    text = right
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        odd = chance.choice(chance.choice(ALPHABETS))
        text = chance.choice(
            (
                text[:at] + odd + text[at:],
                text[:at] + odd + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at : at + 1].swapcase() + text[at + 1 :],
                text[:at],
                text[at:],
                text + odd,
                odd + text,
                text * 2,
                text[:at] + text[at:][::-1],
            )
        )
    return text


def _boundary(chance: random.Random, right: str) -> str:
    if chance.random() < 0.5:  # noqa: PLR2004  half of them
        return chance.choice(NASTY)
    length = chance.choice(LENGTHS)
    filling = chance.choice((right, "a", "é", "👩", " ", "[", '{"a":'))
    return (filling * length)[:length]


def _text(chance: random.Random, _right: str) -> str:
    alphabet = chance.choice(ALPHABETS)
    return "".join(chance.choices(alphabet, k=chance.randrange(80)))


def _structure(chance: random.Random, right: str, depth: int = 0) -> Json:
    form = chance.randrange(3 if depth > 3 else 5)  # noqa: PLR2004  deep ones are among the fixed
    if form == 0:
        return chance.choice(NUMBERS)
    if form == 1:
        return chance.choice(CONSTANTS)
    if form == 2:  # noqa: PLR2004
        return chance.choice((_mutated, _boundary, _text))(chance, right)[:LONGEST]
    inner = [_structure(chance, right, depth + 1) for _ in range(chance.randrange(3))]
    if form == 3:  # noqa: PLR2004
        return inner
    return {_text(chance, right): value for value in inner}
