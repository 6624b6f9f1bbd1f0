"""Access tokens: JWTs in the profile of RFC 9068. Pure: a key, an issuer and a time go in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from src.crypto import random_id
from src.keys.signing_keys import LEEWAY, SigningKey
from src.sessions.errors import TokenExpired, TokenInvalid

TYPE = "at+jwt"
MAX_LENGTH = 8192
"""Characters; a token of ours has about 500."""
MAX_ID = 2**63 - 1
REQUIRED = ["iss", "aud", "sub", "sid", "gen", "iat", "exp", "jti"]


@dataclass(frozen=True)
class Claims:
    user_id: int
    session_id: int
    generation: int
    """Of the refresh token given out together with this one."""
    receipt_pending: bool = False
    """Used by a web app's server before its browser has it."""


def issue(key: SigningKey, claims: Claims, *, issuer: str, at: datetime, ttl: timedelta) -> str:
    """A token that lives from `at` for `ttl`."""
    payload = {
        "iss": issuer,
        "aud": issuer,
        "sub": str(claims.user_id),
        "sid": str(claims.session_id),
        "gen": claims.generation,
        "iat": int(at.timestamp()),
        "exp": int((at + ttl).timestamp()),
        "jti": random_id(),
    }
    headers = {"typ": TYPE, "kid": key.kid}
    return jwt.encode(payload, key.private_key, key.algorithm, headers=headers)


def key_id(token: str) -> str:
    """Which key the token says that it was signed with; raise `TokenInvalid`. Nothing is verified.

    Of a header only the id is believed, and only to choose among keys of our own (RFC 8725, 3.10).
    """
    if len(token) > MAX_LENGTH:
        raise TokenInvalid
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        raise TokenInvalid from None
    if not isinstance(kid, str):
        raise TokenInvalid
    return kid


def verify(key: SigningKey, token: str, *, issuer: str, at: datetime) -> Claims:
    """The token's claims; raise `TokenExpired` or `TokenInvalid` (RFC 8725, RFC 9068 section 4)."""
    if len(token) > MAX_LENGTH:
        raise TokenInvalid
    try:
        decoded = jwt.decode_complete(
            token,
            key.public_key,
            algorithms=[key.algorithm],
            issuer=issuer,
            audience=issuer,
            # Times are judged below, by the service's one clock.
            options={
                "require": REQUIRED,
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        raise TokenInvalid from None
    if str(decoded["header"].get("typ", "")).lower() not in {TYPE, f"application/{TYPE}"}:
        raise TokenInvalid
    return _claims(decoded["payload"], at=at)


def _claims(payload: dict[str, object], *, at: datetime) -> Claims:
    issued, expires, generation = payload["iat"], payload["exp"], payload["gen"]
    starts = payload.get("nbf", issued)
    if not (isinstance(payload["jti"], str) and payload["jti"]):
        raise TokenInvalid
    if not (type(issued) is int and type(expires) is int and type(starts) is int):
        raise TokenInvalid
    if type(generation) is not int or not 0 < generation <= MAX_ID:
        raise TokenInvalid
    leeway, now = LEEWAY.total_seconds(), at.timestamp()
    if max(issued, starts) > now + leeway:
        raise TokenInvalid
    if expires <= now - leeway:
        raise TokenExpired
    return Claims(_number(payload["sub"]), _number(payload["sid"]), generation)


def _number(value: object) -> int:
    """An id that was written as text, as `sub` must be (RFC 7519, section 4.1.2)."""
    if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
        raise TokenInvalid
    if int(value[:20]) > MAX_ID:
        raise TokenInvalid
    return int(value)
