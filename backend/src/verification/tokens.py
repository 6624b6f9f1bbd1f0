"""Tokens and codes that go out by mail.

A token has 256 random bits and is stored as a SHA-256. A code is short, so it is stored as a keyed
digest, and counts only together with the attempt that the asking browser keeps.
"""

import hashlib
import hmac
from enum import StrEnum

from src.kit.crypto import random_bytes, random_token
from src.kit.sealing import derive_key
from src.settings import get_settings

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and digits that look alike: 0 and O, 1, I and L, U and V."""
CODE_LENGTH = 8
MAX_TRIES = 5
MAX_LENGTH = 100
"""Characters of a token that is looked up at all."""


class Purpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a name
    CONFIRM_EMAIL = "confirm_email"
    UNDO_EMAIL = "undo_email"
    MAGIC_LINK = "magic_link"


UNDO_FOR = 7 * 86_400
"""Seconds in which the former address can take its account back."""


def lifetime_of(purpose: Purpose) -> int:
    """Seconds."""
    settings = get_settings()
    return {
        Purpose.VERIFY_EMAIL: settings.verification_token_ttl,
        Purpose.CONFIRM_EMAIL: settings.verification_token_ttl,
        Purpose.RESET_PASSWORD: settings.reset_token_ttl,
        Purpose.MAGIC_LINK: settings.magic_link_ttl,
        Purpose.UNDO_EMAIL: UNDO_FOR,
    }[purpose]


def new_token() -> str:
    return random_token()


def new_code() -> str:
    """About 39 bits, in two groups: K7QX-2MPR. Of 30 signs, 240 of 256 bytes are used evenly."""
    signs: list[str] = []
    while len(signs) < CODE_LENGTH:
        signs += [ALPHABET[byte % 30] for byte in random_bytes(CODE_LENGTH) if byte < 240]  # noqa: PLR2004
    half = CODE_LENGTH // 2
    return "".join(signs[:half]) + "-" + "".join(signs[half:CODE_LENGTH])


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def code_digest(secret: str, attempt: str, code: str) -> bytes:
    """Bound to its attempt, so equal codes have different digests."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    key = derive_key(secret, "codes in mails")
    return hmac.digest(key, f"{attempt} {plain}".encode(), "sha256")
