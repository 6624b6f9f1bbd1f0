"""Password hashes: they match published vectors, and every character counts."""

import json
import re
import string
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from src.passwords.hashes import cost_of, get_password_hash, needs_rehash, verify_password

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "bcrypt.json").read_text())
ROUNDS = 4
BASE64 = "./" + string.ascii_uppercase + string.ascii_lowercase + string.digits
"""The alphabet of bcrypt's own base64."""


def _pairs(group: str, prefix: tuple[str, ...]) -> list[Any]:
    """The vectors whose password is text and within what the format can hold."""
    return [
        pytest.param(vector["password"]["utf8"], vector["hash"], id=vector["hash"][:40])
        for vector in VECTORS[group]["correct"]
        if "utf8" in vector["password"] and vector["hash"].startswith(prefix)
    ]


PLAIN = [
    pair
    for pair in _pairs("bcrypt_test", ("$2a$", "$2b$", "$2y$"))
    if len(pair.values[0].encode()) <= 72
]
SHA256_V2 = _pairs("bcrypt_sha256_test", ("$bcrypt-sha256$v=2,t=2b,",))


class TestPublishedVectors:
    @pytest.mark.parametrize(("password", "stored"), PLAIN)
    def test_plain_bcrypt_hashes_verify(self, password: str, stored: str) -> None:
        assert verify_password(password, stored)
        assert not verify_password(password + "x", stored)

    @pytest.mark.parametrize(("password", "stored"), SHA256_V2)
    def test_bcrypt_sha256_hashes_of_version_2_verify(self, password: str, stored: str) -> None:
        assert verify_password(password, stored)
        assert not verify_password(password + "x", stored)

    @pytest.mark.parametrize(
        "stored",
        [
            hash_
            for group in ("bcrypt_test", "bcrypt_sha256_test")
            for kind in ("malformed", "unidentified")
            for hash_ in VECTORS[group][kind]
        ],
    )
    def test_a_malformed_hash_verifies_no_password(self, stored: str) -> None:
        assert not verify_password("", stored)
        assert not verify_password("password", stored)

    @pytest.mark.parametrize(("_", "stored"), [PLAIN[0], SHA256_V2[0]])
    def test_a_hash_with_an_invalid_salt_has_an_unknown_form(self, _: str, stored: str) -> None:
        head, salt, rest = re.fullmatch(r"(.*\$)([./\w]{22})(\$?[./\w]{31})", stored).groups()  # type: ignore[union-attr]
        assert cost_of(head + salt + rest) is not None
        assert [last for last in BASE64 if cost_of(f"{head}{salt[:-1]}{last}{rest}")] == [*".Oeu"]
        with pytest.raises(ValueError, match="salt"):
            bcrypt.hashpw(b"", f"$2b$04${salt[:-1]}a".encode())

    def test_there_are_vectors_of_both_kinds(self) -> None:
        assert len(PLAIN) > 10
        assert len(SHA256_V2) > 3


class TestNothingIsTruncated:
    @pytest.mark.parametrize("length", [71, 72, 73, 100, 1024])
    def test_a_change_of_the_last_character_counts(self, length: int) -> None:
        stored = get_password_hash("a" * length, ROUNDS)
        assert verify_password("a" * length, stored)
        assert not verify_password("a" * (length - 1) + "b", stored)
        assert not verify_password("a" * (length - 1), stored)
        assert not verify_password("a" * (length + 1), stored)

    def test_64_characters_of_four_bytes_count_in_full(self) -> None:
        stored = get_password_hash("🔑" * 64, ROUNDS)
        assert verify_password("🔑" * 64, stored)
        assert not verify_password("🔑" * 63 + "🔒", stored)

    def test_characters_after_a_nul_count(self) -> None:
        stored = get_password_hash("tulip\x00one", ROUNDS)
        assert verify_password("tulip\x00one", stored)
        assert not verify_password("tulip\x00two", stored)

    @pytest.mark.parametrize("other", ["Tulips are red", "tulips are red ", " tulips are red", ""])
    def test_case_and_spaces_count(self, other: str) -> None:
        assert not verify_password(other, get_password_hash("tulips are red", ROUNDS))

    def test_plain_bcrypt_refuses_more_than_72_bytes_without_an_exception(self) -> None:
        stored = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(ROUNDS)).decode()
        assert verify_password("a" * 72, stored)
        assert not verify_password("a" * 73, stored)


class TestNormalForms:
    def test_composed_and_decomposed_are_one_password(self) -> None:
        stored = get_password_hash("Zo\u00eb's h\u00f4tel", ROUNDS)
        assert verify_password("Zoe\u0308's ho\u0302tel", stored)

    def test_full_width_and_ascii_are_one_password(self) -> None:
        assert verify_password("abc 1", get_password_hash("\uff41\uff42\uff43 1", ROUNDS))

    def test_a_plain_hash_is_checked_against_the_bytes_as_sent(self) -> None:
        stored = bcrypt.hashpw("ﬁrst".encode(), bcrypt.gensalt(ROUNDS)).decode()
        assert verify_password("ﬁrst", stored)


class TestForm:
    def test_new_hashes_are_bcrypt_sha256_version_2(self) -> None:
        assert get_password_hash("tulip", 5).startswith("$bcrypt-sha256$v=2,t=2b,r=5$")

    def test_two_hashes_of_one_password_differ(self) -> None:
        assert get_password_hash("tulip", ROUNDS) != get_password_hash("tulip", ROUNDS)

    @pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
    def test_plain_hashes_need_a_rehash(self, prefix: str) -> None:
        stored = bcrypt.hashpw(b"tulip", bcrypt.gensalt(ROUNDS)).decode().replace("2b", prefix, 1)
        assert verify_password("tulip", stored)
        assert needs_rehash(stored, ROUNDS)

    def test_a_lower_or_higher_cost_needs_a_rehash(self) -> None:
        stored = get_password_hash("tulip", 5)
        assert [needs_rehash(stored, rounds) for rounds in (4, 5, 6)] == [True, False, True]
