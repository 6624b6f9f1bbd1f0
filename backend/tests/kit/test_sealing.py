"""What is sealed can be read again in one way only."""

import hmac

import pytest

from src.kit.sealing import CannotUnseal, derive_key, seal, unseal

KEY = bytes(32)


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal(KEY, b"text", place="here") != seal(KEY, b"text", place="here")


def test_another_spelling_of_the_last_letter_is_refused() -> None:
    sealed = seal(KEY, b"", place="here")  # 28 bytes: the last letter has four bits too many
    assert sealed.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(sealed[-3]) + 1]
    assert unseal([KEY], sealed, place="here") == (b"", KEY)
    with pytest.raises(CannotUnseal):
        unseal([KEY], f"{sealed[:-3]}{other}==", place="here")


def test_a_key_is_derived_as_rfc_5869_says_with_the_purpose_as_its_info() -> None:
    def hkdf(secret: bytes, info: bytes) -> bytes:
        extracted = hmac.digest(bytes(32), secret, "sha256")
        return hmac.digest(extracted, info + b"\x01", "sha256")

    for purpose in ("mail", "device tokens"):
        wanted = hkdf(b"a secret", f"postern: {purpose}".encode())
        assert derive_key("a secret", purpose) == wanted
