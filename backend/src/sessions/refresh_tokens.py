"""Refresh tokens: derived, not stored. Pure: secrets and values go in.

A token is a session, the moment in which it began, a generation and a MAC over these. The database
holds no token and not the key of the MAC, so who steals it has nothing to replay. The moment tells
a session from another one that got its number after a restore from a backup.
"""

import base64
import binascii
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from src.sealing import derive_key
from src.sessions.errors import TokenInvalid

VERSION = 1
LAYOUT = struct.Struct(">BQqQ")
"""Version, session, microseconds since 1970, generation."""
MAC_BYTES = 32
LENGTH = 76
"""Characters: base64url of 57 bytes, so no bit is left over and a token has one spelling only."""
PURPOSE = "refresh tokens"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Presented:
    """What a token says, when its MAC has been found right."""

    session_id: int
    began_at: datetime
    generation: int


def derive(secret: str, token: Presented) -> str:
    """The one token of this generation of this session."""
    moment = (token.began_at - EPOCH) // timedelta(microseconds=1)
    message = LAYOUT.pack(VERSION, token.session_id, moment, token.generation)
    return base64.urlsafe_b64encode(message + _mac(secret, message)).decode()


def read(secrets: Sequence[str], token: str) -> Presented:
    """What the token says; raise `TokenInvalid` unless one of these secrets made it."""
    if len(token) != LENGTH or not token.isascii():
        raise TokenInvalid
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenInvalid from None
    message, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if not any(hmac.compare_digest(_mac(secret, message), mac) for secret in secrets):
        raise TokenInvalid
    version, session_id, moment, generation = LAYOUT.unpack(message)
    if version != VERSION:
        raise TokenInvalid
    return Presented(session_id, EPOCH + timedelta(microseconds=moment), generation)


def _mac(secret: str, message: bytes) -> bytes:
    return hmac.digest(derive_key(secret, PURPOSE), message, "sha256")
