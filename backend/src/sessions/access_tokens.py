"""Access tokens: JWTs in the profile of RFC 9068. Pure: it takes a key, an issuer and a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt

from src.keys.signing_keys import LEEWAY, SigningKey
from src.kit.crypto import random_id
from src.sessions.assurance import level_of
from src.sessions.errors import TokenExpired, TokenInvalid

TYPE = "at+jwt"
CLIENT_ID = "postern"
"""RFC 9068 requires the claim: who asked for the token. Postern gives tokens to nobody else yet."""
MAX_LENGTH = 8192
"""Characters; a token of ours has about 500."""
MAX_ID = 2**63 - 1
LAST_SECOND = 253_402_300_799
"""The last second of Python's dates, in the year 9999."""
REMEMBERED = 4096
"""How many verified tokens are remembered: a person sends the same one many times."""
REQUIRED = ["iss", "aud", "sub", "sid", "gen", "iat", "exp", "jti"]


@dataclass(frozen=True)
class Claims:
    user_id: int
    session_id: int
    generation: int
    """Of the refresh token that was issued together with this one."""
    receipt_pending: bool = False
    """A web app's server uses it before its browser has it."""
    instance: UUID | None = None
    """Of the key that signed the token."""
    authenticated_at: datetime | None = None
    """When the person last gave a proof that is enough for the account. None: never, or the token
    is one of an earlier release.
    """
    amr: tuple[str, ...] = ()
    """The methods of the session's proofs (RFC 8176). Empty in tokens of earlier releases."""

    @property
    def acr(self) -> str:
        """The assurance level of these proofs (NIST SP 800-63B)."""
        return level_of(self.amr)


def issue(key: SigningKey, claims: Claims, *, issuer: str, at: datetime, ttl: timedelta) -> str:
    """A token that is valid for `ttl` from `at` on."""
    payload: dict[str, object] = {
        "iss": issuer,
        "aud": issuer,
        "client_id": CLIENT_ID,
        "sub": str(claims.user_id),
        "sid": str(claims.session_id),
        "gen": claims.generation,
        "iat": int(at.timestamp()),
        "exp": int((at + ttl).timestamp()),
        "jti": random_id(),
    }
    if claims.authenticated_at is not None:
        payload["auth_time"] = int(claims.authenticated_at.timestamp())
    if claims.amr:
        payload["amr"], payload["acr"] = list(claims.amr), claims.acr
    headers = {"typ": TYPE, "kid": key.kid}
    return jwt.encode(payload, key.private_key, key.algorithm, headers=headers)


@dataclass(frozen=True)
class Signed:
    """The claims of a token of ours, and the seconds since 1970 between which it is valid."""

    claims: Claims
    starts: int
    expires: int


def key_id(token: str) -> str:
    """The id of the key that the token names. Raises `TokenInvalid`. Nothing is verified.

    Of a header only the id is believed, and only to choose among keys of our own (RFC 8725, 3.10).
    """
    if len(token) > MAX_LENGTH:
        raise TokenInvalid
    return _key_id(token.partition(".")[0])


@lru_cache(maxsize=64)  # tokens of one key have one header
def _key_id(header: str) -> str:
    try:
        kid = jwt.get_unverified_header(f"{header}..").get("kid")
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        raise TokenInvalid from None
    if not isinstance(kid, str):
        raise TokenInvalid
    return kid


def verify(key: SigningKey, token: str, *, issuer: str, at: datetime) -> Claims:
    """The token's claims. Raises `TokenExpired`, `TokenInvalid` (RFC 8725; RFC 9068, section 4)."""
    # One spelling (RFC 7515, section 2): with padding, a bearer of one token could have it
    # remembered thousands of times, and all others forgotten.
    if len(token) > MAX_LENGTH or "=" in token:
        raise TokenInvalid
    signed = _signed(key, token, issuer)
    leeway, now = LEEWAY.total_seconds(), at.timestamp()
    if signed.starts > now + leeway:
        raise TokenInvalid
    if signed.expires <= now - leeway:
        raise TokenExpired
    return signed.claims


@lru_cache(maxsize=REMEMBERED)  # a refusal is not remembered
def _signed(key: SigningKey, token: str, issuer: str) -> Signed:
    try:
        decoded = jwt.decode_complete(
            token,
            key.public_key,
            algorithms=[key.algorithm],
            issuer=issuer,
            audience=issuer,
            # Times are checked at each use, with the service's one clock.
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
    return _said(decoded["payload"], key.instance)


def _said(payload: dict[str, object], instance: UUID | None) -> Signed:
    issued, expires, generation = payload["iat"], payload["exp"], payload["gen"]
    starts = payload.get("nbf", issued)
    if not (isinstance(payload["jti"], str) and payload["jti"]):
        raise TokenInvalid
    if not (type(issued) is int and type(expires) is int and type(starts) is int):
        raise TokenInvalid
    if type(generation) is not int or not 0 < generation <= MAX_ID:
        raise TokenInvalid
    ids = _number(payload["sub"]), _number(payload["sid"])
    proven = _moment(payload.get("auth_time")), _methods(payload.get("amr", []))
    claims = Claims(*ids, generation, instance=instance, authenticated_at=proven[0], amr=proven[1])
    return Signed(claims, max(issued, starts), expires)


def _moment(value: object) -> datetime | None:
    """`auth_time`, which some tokens lack."""
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise TokenInvalid
    return datetime.fromtimestamp(value, UTC)


def _methods(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(method, str) for method in value)):
        raise TokenInvalid
    return tuple(value)


def _number(value: object) -> int:
    """An id that is written as text, as `sub` must be (RFC 7519, section 4.1.2)."""
    if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
        raise TokenInvalid
    if int(value[:20]) > MAX_ID:
        raise TokenInvalid
    return int(value)
