"""Refresh tokens: derived, not stored. Pure: it takes secrets and values.

A token contains a session, the time of its start, a generation, the database's instance and a MAC
over these. The database holds neither the tokens nor the key of the MAC, so a stolen database gives
no valid token. After a restore from a backup, a new session may get the number of an earlier one:
the time distinguishes them. The instance distinguishes a database from its copy.
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
"""Version 1: version, session, microseconds since 1970, generation. Accepted, not issued."""
BOUND = struct.Struct(">BQqQ16s2x")
"""Version 2: the same and the instance."""
LAYOUTS = {1: UNBOUND, 2: BOUND}
MAC_BYTES = 32
VERSIONS = {(layout.size + MAC_BYTES) // 3 * 4: version for version, layout in LAYOUTS.items()}
"""By the length of a token: base64url of whole groups of three bytes. So no bit is unused, and each
token can be written in only one way."""
PURPOSE = "refresh tokens"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Presented:
    """The content of a token with a valid MAC."""

    session_id: int
    began_at: datetime
    generation: int
    instance: UUID | None = None
    """None in version 1."""


def derive(secret: str, token: Presented) -> str:
    """The token of this generation of this session."""
    moment = (token.began_at - EPOCH) // timedelta(microseconds=1)
    values = token.session_id, moment, token.generation
    if token.instance is None:
        message = UNBOUND.pack(1, *values)
    else:
        message = BOUND.pack(2, *values, token.instance.bytes)
    return base64.urlsafe_b64encode(message + _mac(secret, message)).decode()


def read(secrets: Sequence[str], token: str) -> Presented:
    """The content of the token. Raises `TokenInvalid` unless one of these secrets made it."""
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
