"""Which key signs and which keys verify: the one place that a change of algorithm touches."""

import hashlib
from dataclasses import dataclass, field

from src.settings import get_settings


@dataclass(frozen=True)
class SigningKey:
    """A key and the only algorithm that it may ever be used with (RFC 8725, section 3.1)."""

    kid: str
    """Tells keys apart in a token's header."""
    algorithm: str
    secret: str = field(repr=False)


def signing_key() -> SigningKey:
    return symmetric_key(get_settings().secret_key.get_secret_value())


def symmetric_key(secret: str) -> SigningKey:
    kid = hashlib.sha256(b"postern signing key id:" + secret.encode()).hexdigest()[:16]
    return SigningKey(kid, "HS256", secret)
