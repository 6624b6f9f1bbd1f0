"""Device tokens: which accounts were signed in to on a device, sealed so that only we can read it.

A token is no credential: it lets nobody in. It gives the device a budget of wrong passwords of its
own, so that guesses from unknown devices cannot lock its owner out. Pure: secrets and a time
go in.
"""

import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from src.kit.crypto import random_bytes
from src.kit.sealing import CannotUnseal, derive_key, seal, unseal
from src.sessions.binding import binding

PURPOSE = "device tokens"
HEAD = struct.Struct(">B8sQ")
"""Version, the device's number, seconds since 1970."""
VERSION = 2
ACCOUNT_BYTES, PASSWORD_BYTES = 12, 8
ENTRY_BYTES = ACCOUNT_BYTES + PASSWORD_BYTES
MAX_ACCOUNTS = 10
MAX_LENGTH = 400
"""Characters."""
KEEP = timedelta(days=400)
"""Since the last sign-in: as long as browsers keep a cookie."""


@dataclass(frozen=True)
class Device:
    number: bytes
    accounts: tuple[bytes, ...]
    """The last one first: digests, under a key of ours, of the address and the stored password."""


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
    starts = range(0, len(rest), ENTRY_BYTES)
    return Device(number, tuple(rest[start : start + ENTRY_BYTES] for start in starts))


def knows(secrets: Sequence[str], device: Device, *names: str) -> bool:
    """Whether the account of one of these names was used on it, with whatever password."""
    seen = [entry[:ACCOUNT_BYTES] for entry in device.accounts]
    return any(_of_account(secret, name) in seen for secret in secrets for name in names)


def has_seen(
    secrets: Sequence[str], device: Device, *names: str, password_hash: str | None
) -> bool:
    """Whether the account was used on it with the password that it has now."""
    return any(
        _entry(secret, name, password_hash) in device.accounts
        for secret in secrets
        for name in names
    )


def token_for(
    secret: str, device: Device | None, account: str, password_hash: str | None, at: datetime
) -> str:
    """A token of this device, or of a new one, that has seen the account's password too."""
    number = device.number if device else random_bytes(8)
    own = _entry(secret, account, password_hash)
    others = tuple(
        entry
        for entry in (device.accounts if device else ())
        if not entry.startswith(own[:ACCOUNT_BYTES])
    )
    head = HEAD.pack(VERSION, number, int(at.timestamp()))
    plain = head + b"".join((own, *others)[:MAX_ACCOUNTS])
    return seal(derive_key(secret, PURPOSE), plain, place=PURPOSE)


def _entry(secret: str, account: str, password_hash: str | None) -> bytes:
    key = derive_key(secret, f"{PURPOSE}, passwords")
    password = hmac.digest(key, binding(password_hash), "sha256")[:PASSWORD_BYTES]
    return _of_account(secret, account) + password


def _of_account(secret: str, account: str) -> bytes:
    key = derive_key(secret, f"{PURPOSE}, accounts")
    return hmac.digest(key, account.encode(), "sha256")[:ACCOUNT_BYTES]
