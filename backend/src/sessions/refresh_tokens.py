"""Refresh tokens: derived, not stored. Pure: secrets and values go in.

A token is a session, the moment in which it began, a generation, the database's instance and a MAC
over these. The database holds no token and not the key of the MAC, so who steals it has nothing to
replay. The moment tells a session from another one that got its number after a restore from a
backup, and the instance a database from its copy.
"""

import base64
import binascii
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from src.kit.sealing import derive_key
from src.sessions.errors import TokenInvalid

UNBOUND = struct.Struct(">BQqQ")
"""Version 1: version, session, microseconds since 1970, generation. Read, and given no more."""
BOUND = struct.Struct(">BQqQ16s2x")
"""Version 2: the same, and the instance."""
LAYOUTS = {1: UNBOUND, 2: BOUND}
MAC_BYTES = 32
VERSIONS = {(layout.size + MAC_BYTES) // 3 * 4: version for version, layout in LAYOUTS.items()}
"""By the characters of a token: base64url of whole groups of three bytes, so that no bit is left
over and a token has one spelling only."""
PURPOSE = "refresh tokens"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Presented:
    """What a token says, when its MAC has been found right."""

    session_id: int
    began_at: datetime
    generation: int
    instance: UUID | None = None
    """None in version 1."""


def derive(secret: str, token: Presented) -> str:
    """The one token of this generation of this session."""
    moment = (token.began_at - EPOCH) // timedelta(microseconds=1)
    values = token.session_id, moment, token.generation
    if token.instance is None:
        message = UNBOUND.pack(1, *values)
    else:
        message = BOUND.pack(2, *values, token.instance.bytes)
    return base64.urlsafe_b64encode(message + _mac(secret, message)).decode()


def read(secrets: Sequence[str], token: str) -> Presented:
    """What the token says; raise `TokenInvalid` unless one of these secrets made it."""
    expected = VERSIONS.get(len(token))
    if expected is None or not token.isascii():
        raise TokenInvalid
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenInvalid from None
    message, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if not any(hmac.compare_digest(_mac(secret, message), mac) for secret in secrets):
        raise TokenInvalid
    version, session_id, moment, generation, *instance = LAYOUTS[expected].unpack(message)
    if version != expected:
        raise TokenInvalid
    began_at = EPOCH + timedelta(microseconds=moment)
    return Presented(session_id, began_at, generation, *(UUID(bytes=raw) for raw in instance))


def _mac(secret: str, message: bytes) -> bytes:
    return hmac.digest(derive_key(secret, PURPOSE), message, "sha256")
