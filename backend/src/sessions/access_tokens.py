"""Access tokens: JWTs in the profile of RFC 9068. Pure: a key, an issuer and a time go in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from src.crypto import random_id
from src.keys.service import SigningKey
from src.sessions.errors import TokenExpired, TokenInvalid

TYPE = "at+jwt"
LEEWAY = timedelta(seconds=60)
MAX_LENGTH = 8192
"""Characters; a token of ours has about 400."""
MAX_ID = 2**63 - 1
REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti"]


@dataclass(frozen=True)
class Claims:
    user_id: int


def issue(key: SigningKey, *, issuer: str, user_id: int, at: datetime, ttl: timedelta) -> str:
    """A token for `user_id` that lives from `at` for `ttl`."""
    claims = {
        "iss": issuer,
        "aud": issuer,
        "sub": str(user_id),
        "iat": int(at.timestamp()),
        "exp": int((at + ttl).timestamp()),
        "jti": random_id(),
    }
    return jwt.encode(claims, key.secret, key.algorithm, headers={"typ": TYPE, "kid": key.kid})


def verify(key: SigningKey, token: str, *, issuer: str, at: datetime) -> Claims:
    """The token's claims; raise `TokenExpired` or `TokenInvalid` (RFC 8725, RFC 9068 section 4)."""
    if len(token) > MAX_LENGTH:
        raise TokenInvalid
    try:
        decoded = jwt.decode_complete(
            token,
            key.secret,
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
    subject, jti = payload["sub"], payload["jti"]
    issued, expires = payload["iat"], payload["exp"]
    starts = payload.get("nbf", issued)
    if not (isinstance(subject, str) and isinstance(jti, str) and jti):
        raise TokenInvalid
    if not (type(issued) is int and type(expires) is int and type(starts) is int):
        raise TokenInvalid
    if not (subject.isascii() and subject.isdecimal() and int(subject[:20]) <= MAX_ID):
        raise TokenInvalid
    leeway, now = LEEWAY.total_seconds(), at.timestamp()
    if max(issued, starts) > now + leeway:
        raise TokenInvalid
    if expires <= now - leeway:
        raise TokenExpired
    return Claims(int(subject))
