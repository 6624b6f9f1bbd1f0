"""How secrets rest in the database, and how one secret serves several purposes.

What must be read again is sealed with AES-256-GCM (NIST SP 800-38D); its keys are derived from
`SECRET_KEY` by HKDF-SHA-256 (RFC 5869), one for each purpose.
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
"""Begins what `seal` gives; another way of sealing gets another number."""
NONCE_BYTES = 12


class CannotUnseal(Exception):  # noqa: N818  it names the fact
    """Sealed under another key, for another place, or damaged."""


@lru_cache(maxsize=16)
def derive_key(secret: str, purpose: str) -> bytes:
    """256 bits for one purpose; keys of other purposes tell nothing about it."""
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
    """What was sealed under one of these keys, and that key; raise `CannotUnseal`."""
    text = sealed.removeprefix(SEALED)
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CannotUnseal from None
    # The last letter has bits that mean nothing: of all its spellings one counts (RFC 4648, 3.5).
    if sealed != SEALED + base64.b64encode(raw).decode():
        raise CannotUnseal
    for key in keys:
        try:
            plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            continue
        return plain, key
    raise CannotUnseal
