"""Tokens and codes that go out by mail.

A token has 256 random bits and is stored as a SHA-256. A code is short, so it is stored as a keyed
digest, and counts only together with the attempt that the asking browser keeps.
"""

import hashlib
import hmac
from enum import StrEnum

from src.kit import readable_codes
from src.kit.crypto import random_token
from src.kit.sealing import derive_key
from src.settings import get_settings

MAX_TRIES = 5
MAX_LENGTH = 100
"""Characters of a token that is looked up at all."""


class Purpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a name
    CONFIRM_EMAIL = "confirm_email"
    UNDO_EMAIL = "undo_email"
    MAGIC_LINK = "magic_link"
    STOP_FACTOR_RESET = "stop_factor_reset"


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
        Purpose.STOP_FACTOR_RESET: settings.factor_reset_delay,
        Purpose.UNDO_EMAIL: UNDO_FOR,
    }[purpose]


def new_token() -> str:
    return random_token()


def new_code() -> str:
    """About 39 bits, in two groups: K7QX-2MPR."""
    return readable_codes.new(2)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def code_digest(secret: str, attempt: str, code: str) -> bytes:
    """Bound to its attempt, so equal codes have different digests."""
    key = derive_key(secret, "codes in mails")
    return hmac.digest(key, f"{attempt} {readable_codes.plain(code)}".encode(), "sha256")
