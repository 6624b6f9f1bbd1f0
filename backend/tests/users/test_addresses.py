"""Which spellings of an address are one account, and which characters a new one may have."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from src.settings import Environment
from src.users.addresses import INVISIBLE, address_key, has_invisible
from src.users.fields import Email, NewEmail

KEY = "twin@example.com"
DEFAULT_IGNORABLE = [
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip
"""DerivedCoreProperties.txt of Unicode 17.0: https://www.unicode.org/Public/17.0.0/ucd/"""
BLANK = {0x2800, 0xFFFC, 0x1D159, 0x13441, 0x13442, 0x16FE4}
STACKERS = {
    *(0x1039, 0x17D2, 0x1A60, 0x1BAB, 0x2D7F, 0xAAF6, 0x10A3F, 0x1107F, 0x11133, 0x113D0),
    *(0x1193E, 0x11A47, 0x11A99, 0x11D45, 0x11D97, 0x11F42),
}


CATEGORIES = {point: unicodedata.category(chr(point)) for point in range(0x80, 0x110000)}
UNSEEN = (
    {point for first, last in DEFAULT_IGNORABLE for point in range(first, last + 1)}
    | {point for point, category in CATEGORIES.items() if category in {"Cc", "Cf", "Co", "Cs"}}
    | BLANK
    | STACKERS
)
"""As the published tables say, without the code under test."""
SEEN = [point for point, category in CATEGORIES.items() if category != "Cn" if point not in UNSEEN]


class TestEveryCodePoint:
    def test_that_is_not_seen_is_refused_in_a_new_address(self) -> None:
        text = "".join(f"n{chr(point)}" for point in CATEGORIES)
        refused = {ord(match) for match in INVISIBLE.findall(text)}
        assert UNSEEN - refused == set()
        # Beyond those only what no character is, or what Python does not know yet.
        assert {CATEGORIES[point] for point in refused - UNSEEN} == {"Cn"}

    def test_that_is_accepted_leaves_no_second_twin(self) -> None:
        assert len(SEEN) > 130_000
        written = "\n".join(f"tw{chr(point)}in" for point in SEEN) + "@example.com"
        keys = address_key(written).removesuffix("@example.com").split("\n")
        assert len(keys) == len(SEEN)
        assert "twin" not in keys

    def test_that_is_another_form_of_a_letter_makes_an_equal_address(self) -> None:
        """Full-width, mathematical, circled and raised letters: one account with the plain ones."""
        folded = {point: unicodedata.normalize("NFKC", chr(point)).casefold() for point in SEEN}
        for letter in "twin":
            forms = [chr(point) for point, form in folded.items() if form == letter]
            assert len(forms) > 20
            assert {address_key(KEY.replace(letter, form, 1)) for form in forms} == {KEY}


class TestTheKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("tw\ufe0fin@example.com", KEY),
            ("tw\U000e0100in@example.com", KEY),
            ("ｔｗｉｎ@example.com", KEY),
            ("𝐭𝓌𝖎𝚗@ＥＸＡＭＰＬＥ.com", KEY),
            ("twi\u0307n@example.com", KEY),
            ("twi\u0328\u0307n@example.com", "tw\u012fn@example.com"),
            ("TWİN@example.com", KEY),
            ("straße@example.com", "STRASSE@example.com"),
            ("ὈΔΥΣΣΕΎΣ@example.com", "ὀδυσσεύς@example.com"),
            ("a@STRASSE.de", "a@strasse.de"),
            ("a@Straße.de", "a@xn--strae-oqa.de"),
            ("a@bücher.example", "a@XN--BCHER-KVA.example"),
            ("a@例え。テスト", "a@例え.テスト"),
        ],
    )
    def test_is_equal_for_one_account(self, one: str, other: str) -> None:
        assert address_key(one) == address_key(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("a@straße.de", "a@strasse.de"),
            ("a@όνομας.gr", "a@όνομασ.gr"),
            ("a@bücher.example", "a@bucher.example"),
            ("twın@example.com", KEY),
            ("tẇin@example.com", KEY),
            ("twi\u0301\u0307n@example.com", "tw\u00edn@example.com"),
            ("a.b@example.com", "ab@example.com"),
            ("a+b@example.com", "a@example.com"),
        ],
    )
    def test_differs_for_two(self, one: str, other: str) -> None:
        assert address_key(one) != address_key(other)

    @pytest.mark.parametrize(
        "stored",
        ["", "@", "ada", "ada@", "a@b@c", "a@\ud800", "a@-ü", "\ufe0f@ü..de", "a@" + "ü" * 300],
    )
    def test_can_be_made_of_whatever_an_operator_stored(self, stored: str) -> None:
        assert "@" in address_key(stored)

    def test_of_a_key_is_the_key(self) -> None:
        for email in ("ｔｗｉｎ@straße.de", "ΐ\u0345@example.com", "ﬃ\u0307İ@example.com"):
            assert address_key(address_key(email)) == address_key(email)


NONE = "Enter one address, such as ada@example.com."
NO_AT = "An address has an @-sign, as in ada@example.com."
TWO_AT = "An address has only one @-sign, as in ada@example.com."
SPACES = "An address has no spaces. Remove them."
SEVERAL = "Enter only one address."
NO_MAIL = "The part after the @ is not a domain that can get mail. Check its spelling."


class TestARefusedAddress:
    @pytest.mark.parametrize(
        ("written", "message"),
        [
            ("", NONE),
            ("@", NONE),
            ("ada@", NONE),
            ("@example.com", NONE),
            ("a..b@example.com", NONE),
            ("a" * 70 + "@example.com", NONE),
            ("ada", NO_AT),
            ("ada.example.com", NO_AT),
            ("not an address", NO_AT),
            ("a@b@example.com", TWO_AT),
            ("ada@@example.com", TWO_AT),
            ("ada lovelace@example.com", SPACES),
            (" ada@example.com", SPACES),
            ("ada@example.com\n", SPACES),
            ("ada@exam\u00a0ple.com", SPACES),
            ("ada@example.com, eve@example.com", SEVERAL),
            ("ada@example.com;eve@example.com", SEVERAL),
            ("ada@example.com eve@example.com", SEVERAL),
            ("ada@localhost", NO_MAIL),
            ("ada@printer.local", NO_MAIL),
            ("ada@example.123", NO_MAIL),
            ("ada@example..com", NO_MAIL),
            ("ada@[127.0.0.1]", NO_MAIL),
            ("ada@xn--a.de", NO_MAIL),
            ("Ada <ada@example.com>", NONE),
        ],
        ids=ascii,
    )
    def test_gets_a_plain_sentence_about_what_is_wrong(self, written: str, message: str) -> None:
        for adapter in (TypeAdapter(Email), TypeAdapter(NewEmail)):
            with pytest.raises(ValidationError) as refusal:
                adapter.validate_python(written)
            [error] = refusal.value.errors()
            assert (error["type"], error["msg"]) == ("email_invalid", message)


class TestAReservedDomain:
    ADDRESSES = ("ada@postern.test", "ada@postern.example", "ada@POSTERN.Test")

    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("environment", [Environment.DEVELOPMENT, Environment.TEST])
    def test_is_good_for_trying_things_out(
        self, configure: Callable[..., Any], environment: Environment, address: str
    ) -> None:
        configure(environment=environment)
        assert TypeAdapter(NewEmail).validate_python(address) == address.lower()

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_is_refused_in_production(self, configure: Callable[..., Any], address: str) -> None:
        configure(environment=Environment.PRODUCTION)
        with pytest.raises(ValidationError) as refusal:
            TypeAdapter(NewEmail).validate_python(address)
        [error] = refusal.value.errors()
        assert (error["type"], error["msg"]) == ("email_invalid", NO_MAIL)

    def test_of_an_account_that_exists_may_still_sign_in(
        self, configure: Callable[..., Any]
    ) -> None:
        configure(environment=Environment.PRODUCTION)
        for domain in ("postern.example", "example.com"):
            assert TypeAdapter(Email).validate_python(f"ada@{domain}") == f"ada@{domain}"


class TestANewAddress:
    NEW = TypeAdapter(NewEmail)

    @pytest.mark.parametrize(
        "local",
        [
            *("tw\ufe0fin", "tw\u034fin", "tw\u180bin", "tw\u3164in", "tw\uffa0in", "tw\u115fin"),
            *("tw\u2800in", "tw\u200din", "tw\ue000in", "tw\U000e0100in", "tw\u0378in"),
            *("tw\u17d2in", "\u1780\u17d2", "иван\u1039"),
        ],
    )
    def test_that_has_something_unseen_is_refused_by_code(self, local: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            self.NEW.validate_python(f"{local}@example.com")
        [error] = refusal.value.errors()
        assert error["type"] == "email_has_invisible_characters"
        assert has_invisible(local)

    @pytest.mark.parametrize(
        "local", ["用户", "भारत", "ភ្នំពេញ", "မန္တလေး", "o'hara", "zoë", "한국", "مثال", "ⵉⴳ⵿ⴳ", "❤"]
    )
    def test_may_be_in_any_script(self, local: str) -> None:
        assert self.NEW.validate_python(f"{local}@example.com") == f"{local}@example.com"

    def test_of_an_earlier_release_may_still_sign_in(self) -> None:
        old = "tw\ufe0fin@example.com"
        assert TypeAdapter(Email).validate_python(old) == old
