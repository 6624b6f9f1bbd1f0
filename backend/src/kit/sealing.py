"""How secrets are stored in the database, and how one secret serves several purposes.

A secret that must be read again is sealed with AES-256-GCM (NIST SP 800-38D). The keys are derived
from `SECRET_KEY` by HKDF-SHA-256 (RFC 5869), one for each purpose.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from src.kit.crypto import random_bytes

SEALED = "v1."
"""Every sealed text begins with this; another way of sealing gets another number."""
NONCE_BYTES = 12


class CannotUnseal(Exception):  # noqa: N818  it names the fact
    """The text was sealed under another key or for another place, or it is damaged."""


@lru_cache(maxsize=32)
def derive_key(secret: str, purpose: str) -> bytes:
    """256 bits for one purpose; keys for other purposes reveal nothing about it."""
    return HKDF(SHA256(), 32, salt=None, info=f"postern: {purpose}".encode()).derive(
        secret.encode()
    )


def fingerprint(text: str) -> bytes:
    """SHA-256 of the text in UTF-8: PostgreSQL's `sha256(convert_to(text, 'UTF8'))`."""
    return hashlib.sha256(text.encode()).digest()


def seal(key: bytes, plain: bytes, *, place: str) -> str:
    """`plain` for storage; it can be unsealed only with `key`, and only for the same place."""
    nonce = random_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain, place.encode())
    return SEALED + base64.b64encode(nonce + sealed).decode()


def unseal(keys: Sequence[bytes], sealed: str, *, place: str) -> tuple[bytes, bytes]:
    """The unsealed bytes, and the key that opened them. Raises `CannotUnseal`."""
    text = sealed.removeprefix(SEALED)
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CannotUnseal from None
    # The last letter has unused bits, so it has several spellings: accept only one (RFC 4648, 3.5).
    if sealed != SEALED + base64.b64encode(raw).decode():
        raise CannotUnseal
    for key in keys:
        try:
            plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            continue
        return plain, key
    raise CannotUnseal
