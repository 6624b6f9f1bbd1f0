"""Signing keys, and when each of them signs. Pure: it takes keys and a time.

A key is published as soon as it is stored and signs from `signs_from` until the next one does, so
every verifier can know a key before it meets a token of it. It verifies until the last token that
it signed has expired.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)

ALGORITHM = "ES256"
LEEWAY = timedelta(seconds=60)
"""How far the clock of a verifier may be from ours."""


class KeyState(StrEnum):
    NEXT = "next"
    SIGNING = "signing"
    VERIFYING = "verifying"
    SPENT = "spent"


@dataclass(frozen=True)
class SigningKey:
    """A key, and the only algorithm that it may be used with (RFC 8725, section 3.1)."""

    kid: str
    """The key's id in a token's header: the thumbprint of RFC 7638."""
    private_key: EllipticCurvePrivateKey = field(repr=False, compare=False)
    created_at: datetime
    signs_from: datetime
    longest_ttl: timedelta
    """The longest life of a token that it has signed."""
    under_previous_secret: bool = False
    """It is sealed with SECRET_KEY_PREVIOUS, and is lost when that setting is removed."""
    instance: UUID | None = None
    """The instance that it belonged to when it was read. After a fork it signs nothing new."""
    algorithm: str = ALGORITHM

    @cached_property
    def public_key(self) -> EllipticCurvePublicKey:
        return self.private_key.public_key()

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as RFC 7517 and RFC 7518, section 6.2, write it."""
        return {**_coordinates(self.public_key), "kid": self.kid, "alg": ALGORITHM, "use": "sig"}


@dataclass(frozen=True)
class KeySet:
    """All keys that this process can use, the oldest first."""

    keys: tuple[SigningKey, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Ids of stored keys that this process's `SECRET_KEY` does not open."""

    def signing(self, at: datetime) -> SigningKey | None:
        """The newest key that may sign already."""
        begun = [key for key in self.keys if key.signs_from <= at]
        return begun[-1] if begun else None

    def find(self, kid: str) -> SigningKey | None:
        return next((key for key in self.keys if key.kid == kid), None)

    def verifying(self, kid: str, at: datetime) -> SigningKey | None:
        """The key with this id, if tokens of it may still be valid."""
        key = self.find(kid)
        return None if key is None or self.state(key, at) is KeyState.SPENT else key

    def verifies_until(self, key: SigningKey) -> datetime | None:
        """When its last token has expired. None as long as no newer key signs."""
        later = [other.signs_from for other in self.keys if other.signs_from > key.signs_from]
        return min(later) + key.longest_ttl + LEEWAY if later else None

    def state(self, key: SigningKey, at: datetime) -> KeyState:
        if key.signs_from > at:
            return KeyState.NEXT
        until = self.verifies_until(key)
        if key is self.signing(at) or until is None:
            return KeyState.SIGNING
        return KeyState.VERIFYING if at < until else KeyState.SPENT

    def published(self, at: datetime) -> tuple[SigningKey, ...]:
        """All keys that a verifier needs now or will need soon."""
        return tuple(key for key in self.keys if self.state(key, at) is not KeyState.SPENT)

    def jwks(self, at: datetime) -> dict[str, list[dict[str, str]]]:
        return {"keys": [key.jwk for key in self.published(at)]}


def generate(*, at: datetime, signs_from: datetime, ttl: timedelta) -> SigningKey:
    """A new key on the curve P-256. Its id does not begin with a dash, as options do."""
    kid = "-"
    while kid.startswith("-"):
        private_key = generate_private_key(SECP256R1())
        kid = thumbprint(private_key.public_key())
    return SigningKey(kid, private_key, at, signs_from, longest_ttl=ttl)


def thumbprint(public_key: EllipticCurvePublicKey) -> str:
    """The base64url of the SHA-256 of the key's canonical form (RFC 7638, section 3)."""
    canonical = json.dumps(_coordinates(public_key), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _coordinates(public_key: EllipticCurvePublicKey) -> dict[str, str]:
    point = public_key.public_numbers()
    x, y = (_base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
