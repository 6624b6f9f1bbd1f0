"""Judges a token by Postern's rules, and says which claim failed (docs/verify-tokens.md)."""

import base64
import logging
import time
from datetime import UTC, datetime
from typing import Any

import jwt

from postern_auth import claims
from postern_auth.claims import ClaimRefused, Claims
from postern_auth.keys import ALGORITHM, UnknownKey
from postern_auth.refusals import TokenExpired, TokenInvalid
from postern_auth.settings import Settings

log = logging.getLogger("postern_auth")

LEEWAY = 60
"""Seconds by which Postern's clock and this one may differ."""
LONGEST_TOKEN = 8192
"""Characters; a token has about 600."""
LONGEST_SHOWN = 200
"""Characters of a value in a line of the log."""
TYPES = ("at+jwt", "application/at+jwt")
REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]


class Judge:
    """Knows which issuer and audience are right. `explains` says in the log why it refuses."""

    def __init__(self, settings: Settings, *, explains: bool) -> None:
        self._settings = settings
        self._level = logging.WARNING if explains else logging.DEBUG

    def key_id(self, token: str) -> str:
        """Which key the token names. Its header is only used to choose among Postern's own keys."""
        if len(token) > LONGEST_TOKEN:
            raise self._refusal("its length", len(token), f"at most {LONGEST_TOKEN}")
        if not _is_canonical(token):
            raise self._refusal("its form", "no JWT", "a JWT in base64url without padding")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise self._refusal("its form", "no JWT", "a JWT") from None
        if header.get("alg") != ALGORITHM:
            raise self._refusal("alg", header.get("alg"), ALGORITHM)
        if str(header.get("typ")).lower() not in TYPES:
            raise self._refusal("typ", header.get("typ"), TYPES[0])
        if "crit" in header:
            raise self._refusal("crit", header["crit"], "nothing")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise self._refusal("kid", kid, "the id of a key")
        return kid

    def unknown_key(self, kid: str, unknown: UnknownKey) -> TokenInvalid:
        return self._refusal("kid", kid, f"one of Postern's keys: {', '.join(unknown.known)}")

    def claims(self, token: str, key: jwt.PyJWK) -> Claims:
        """The token's claims; raise `TokenExpired` or `TokenInvalid`."""
        try:
            payload = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                leeway=LEEWAY,
                options={"require": REQUIRED, "strict_aud": True},
            )
            return claims.read(payload, token)
        except jwt.InvalidSignatureError:
            raise self._refusal("its signature", "another key's", "Postern's") from None
        except jwt.ExpiredSignatureError:
            self._say("exp", _moment(_said(token).get("exp")), f"later than {_moment(time.time())}")
            raise TokenExpired from None
        except ClaimRefused as wrong:
            raise self._refusal(wrong.claim, wrong.value, wrong.wanted) from None
        except (jwt.PyJWTError, LookupError, ValueError, TypeError, RecursionError) as error:
            raise self._refusal(*self._why(error, token)) from None

    def _why(self, error: Exception, token: str) -> tuple[str, object, str]:
        """The claim that failed, its value, and what it should be."""
        said = _said(token)
        match error:
            case jwt.MissingRequiredClaimError(claim=claim):
                return str(claim), "missing", "a value"
            case jwt.InvalidIssuerError():
                return "iss", said.get("iss"), self._settings.issuer
            case jwt.InvalidAudienceError():
                return "aud", said.get("aud"), self._settings.audience
            case jwt.ImmatureSignatureError():
                claim = "nbf" if "nbf" in said else "iat"
                return claim, _moment(said.get(claim)), f"no later than {_moment(time.time())}"
            case _:
                return "its content", type(error).__name__, "that of an access token"

    def _refusal(self, claim: str, value: object, wanted: str) -> TokenInvalid:
        self._say(claim, value, wanted)
        return TokenInvalid()

    def _say(self, claim: str, value: object, wanted: str) -> None:
        """`!r` keeps a line break in a value from forging a line of the log."""
        shown = repr(value)[:LONGEST_SHOWN]
        log.log(self._level, "A token is refused: %s is %s, expected %s", claim, shown, wanted)


def _is_canonical(token: str) -> bool:
    """Whether it is written as Postern writes it.

    With padding or other unused bits, one token could be written in many ways (RFC 7515,
    section 2).
    """
    try:
        parts = [(part, base64.urlsafe_b64decode(part + "==")) for part in token.split(".")]
    except ValueError:
        return False
    return all(base64.urlsafe_b64encode(data).rstrip(b"=") == part.encode() for part, data in parts)


def _said(token: str) -> dict[str, Any]:
    """What a token claims whose signature is good."""
    try:
        said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return {}
    return said


def _moment(value: object) -> object:
    """A time as people read it, or the value as it is."""
    try:
        at = datetime.fromtimestamp(float(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return value
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
