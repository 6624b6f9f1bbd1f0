"""Device tokens: which accounts were signed in to on a device, sealed so that only we can read it.

A token is no credential: it lets nobody in. It gives the device a budget of wrong passwords of its
own, so that strangers who guess at an account cannot keep its owner out. Pure: secrets and a time
go in.
"""

import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from src.crypto import random_bytes
from src.sealing import CannotUnseal, derive_key, seal, unseal

PURPOSE = "device tokens"
HEAD = struct.Struct(">B8sQ")
"""Version, the device's number, seconds since 1970."""
VERSION = 1
ACCOUNT_BYTES = 12
MAX_ACCOUNTS = 10
MAX_LENGTH = 300
"""Characters."""
KEEP = timedelta(days=400)
"""Since the last sign-in: as long as browsers keep a cookie."""


@dataclass(frozen=True)
class Device:
    number: bytes
    accounts: tuple[bytes, ...]
    """The last one first; digests under a key of ours."""


def read(secrets: Sequence[str], token: str | None, at: datetime) -> Device | None:
    """The device of this token; None for none, for one that is not ours, and for an old one."""
    if token is None or len(token) > MAX_LENGTH:
        return None
    keys = [derive_key(secret, PURPOSE) for secret in secrets]
    try:
        plain, _ = unseal(keys, token, place=PURPOSE)
    except CannotUnseal:
        return None
    version, number, seconds = HEAD.unpack_from(plain)
    if version != VERSION or at > datetime.fromtimestamp(seconds, UTC) + KEEP:
        return None
    rest = plain[HEAD.size :]
    starts = range(0, len(rest), ACCOUNT_BYTES)
    return Device(number, tuple(rest[start : start + ACCOUNT_BYTES] for start in starts))


def knows(secrets: Sequence[str], device: Device | None, account: str) -> bool:
    return device is not None and any(_digest(one, account) in device.accounts for one in secrets)


def token_for(secret: str, device: Device | None, account: str, at: datetime) -> str:
    """A token of this device, or of a new one, that knows the account too."""
    number = device.number if device else random_bytes(8)
    own = _digest(secret, account)
    others = tuple(one for one in (device.accounts if device else ()) if one != own)
    head = HEAD.pack(VERSION, number, int(at.timestamp()))
    plain = head + b"".join((own, *others)[:MAX_ACCOUNTS])
    return seal(derive_key(secret, PURPOSE), plain, place=PURPOSE)


def _digest(secret: str, account: str) -> bytes:
    key = derive_key(secret, f"{PURPOSE}, accounts")
    return hmac.digest(key, account.encode(), "sha256")[:ACCOUNT_BYTES]
