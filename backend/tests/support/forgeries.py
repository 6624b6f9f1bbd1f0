"""Tokens that no verifier may accept, some of them signed with Postern's own key."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from src.keys.signing_keys import SigningKey, generate
from src.kit.clock import now
from src.kit.crypto import random_id

Forgery = Callable[[SigningKey, str], str]


def claims(issuer: str, **changes: Any) -> dict[str, Any]:
    """The claims of a valid token with `changes`; the value `...` removes a claim."""
    at = int(now().timestamp())
    good = {
        "iss": issuer,
        "aud": issuer,
        "client_id": "postern",
        "sub": "1",
        "sid": "1",
        "gen": 1,
        "iat": at,
        "exp": at + 900,
        "jti": random_id(),
    }
    return {name: value for name, value in (good | changes).items() if value is not ...}


def signed(
    key: SigningKey, issuer: str, *, kid: str | None = None, typ: str = "at+jwt", **changes: Any
) -> str:
    """Signed as Postern signs."""
    header = {"typ": typ, "kid": kid or key.kid}
    return jwt.encode(claims(issuer, **changes), key.private_key, "ES256", headers=header)


def by_hand(header: dict[str, str], issuer: str, secret: bytes | None) -> str:
    """Signed with HS256, or not at all."""
    head, body = (_part(json.dumps(part).encode()) for part in (header, claims(issuer)))
    mac = hmac.digest(secret, f"{head}.{body}".encode(), hashlib.sha256) if secret else b""
    return f"{head}.{body}.{_part(mac)}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def of_another_key(key: SigningKey, issuer: str) -> str:
    other = generate(at=now(), signs_from=now(), ttl=timedelta(minutes=15))
    return signed(other, issuer, kid=key.kid)


def of_an_unknown_key(_key: SigningKey, issuer: str) -> str:
    return signed(generate(at=now(), signs_from=now(), ttl=timedelta(minutes=15)), issuer)


def with_the_public_key_as_secret(key: SigningKey, issuer: str) -> str:
    public = key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return by_hand({"alg": "HS256", "typ": "at+jwt", "kid": key.kid}, issuer, public)


def unsigned(key: SigningKey, issuer: str) -> str:
    return by_hand({"alg": "none", "typ": "at+jwt", "kid": key.kid}, issuer, None)


def of_another_type(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, typ="JWT")


def of_another_issuer(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, iss="https://evil.test")


def for_another_audience(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, aud="https://evil.test")


def without_expiry(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, exp=...)


def without_audience(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, aud=...)


def without_subject(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, sub=...)


def without_session(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, sid=...)


def that_was_changed(key: SigningKey, issuer: str) -> str:
    head, _, signature = signed(key, issuer).split(".")
    return f"{head}.{_part(json.dumps(claims(issuer, sub='2')).encode())}.{signature}"


def far_too_long(key: SigningKey, issuer: str) -> str:
    return signed(key, issuer, padding="x" * 8192)


def that_is_none(_key: SigningKey, _issuer: str) -> str:
    return "not.a.token"


ALL: tuple[Forgery, ...] = (
    of_another_key,
    of_an_unknown_key,
    with_the_public_key_as_secret,
    unsigned,
    of_another_type,
    of_another_issuer,
    for_another_audience,
    without_expiry,
    without_audience,
    without_subject,
    without_session,
    that_was_changed,
    that_is_none,
)
