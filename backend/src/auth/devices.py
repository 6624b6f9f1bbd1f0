"""Device tokens: a sealed list of the accounts that were used on a device. Only we can read it.

A token is not a credential and does not replace the password. It gives the device its own limit for
wrong passwords, so guesses from unknown devices cannot lock out the person. Pure: it takes secrets
and a time.
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
"""The version, the device's number, and seconds since 1970."""
VERSION, FORMER_VERSION = 3, 2
"""In the former version, all accounts share the time of the token."""
ACCOUNT_BYTES, PASSWORD_BYTES = 12, 8
PROVED_BYTES = ACCOUNT_BYTES + PASSWORD_BYTES
USED = struct.Struct(">I")
"""When the account was last used on the device, in seconds since 1970."""
ENTRY_BYTES = PROVED_BYTES + USED.size
MAX_ACCOUNTS = 10
MAX_LENGTH = 450
"""Characters."""
KEEP = timedelta(days=400)
"""How long a token is valid after a sign-in: as long as browsers keep a cookie."""


@dataclass(frozen=True)
class Device:
    number: bytes
    accounts: tuple[bytes, ...]
    """Keyed digests of the address and the stored password of each account, and when it was used.

    The last used one is the first.
    """


def new() -> Device:
    """One on which no account was used yet."""
    return Device(random_bytes(8), ())


def read(secrets: Sequence[str], token: str | None, at: datetime) -> Device | None:
    """The device of this token. None if it is missing, not ours or expired."""
    if token is None or len(token) > MAX_LENGTH:
        return None
    keys = [derive_key(secret, PURPOSE) for secret in secrets]
    try:
        plain, _ = unseal(keys, token, place=PURPOSE)
    except CannotUnseal:
        return None
    version, number, seconds = HEAD.unpack_from(plain)
    if version not in {VERSION, FORMER_VERSION}:
        return None
    if at > datetime.fromtimestamp(seconds, UTC) + KEEP:
        return None
    rest = plain[HEAD.size :]
    if version == FORMER_VERSION:
        return Device(number, tuple(one + USED.pack(seconds) for one in _parts(rest, PROVED_BYTES)))
    return Device(number, _parts(rest, ENTRY_BYTES))


def _parts(rest: bytes, size: int) -> tuple[bytes, ...]:
    return tuple(rest[start : start + size] for start in range(0, len(rest), size))


def knows(secrets: Sequence[str], device: Device, *names: str) -> bool:
    """Whether the account with one of these names was used on it, with any password."""
    seen = [entry[:ACCOUNT_BYTES] for entry in device.accounts]
    return any(_of_account(secret, name) in seen for secret in secrets for name in names)


def has_seen(
    secrets: Sequence[str], device: Device, *names: str, password_hash: str | None
) -> bool:
    """Whether the account was used on it with its current password."""
    seen = [entry[:PROVED_BYTES] for entry in device.accounts]
    return any(_proved(secret, name, password_hash) in seen for secret in secrets for name in names)


def used_since(secrets: Sequence[str], device: Device, since: datetime, *names: str) -> bool:
    """Whether the account was used on it at this moment or later, with any password."""
    seen = [
        entry[:ACCOUNT_BYTES]
        for entry in device.accounts
        if USED.unpack(entry[PROVED_BYTES:])[0] >= int(since.timestamp())
    ]
    return any(_of_account(secret, name) in seen for secret in secrets for name in names)


def token_for(
    secret: str, device: Device | None, account: str, password_hash: str | None, at: datetime
) -> str:
    """A token for this device, or for a new one, that also lists the account and its password."""
    known = device or new()
    own = _proved(secret, account, password_hash) + USED.pack(int(at.timestamp()))
    others = tuple(entry for entry in known.accounts if not entry.startswith(own[:ACCOUNT_BYTES]))
    head = HEAD.pack(VERSION, known.number, int(at.timestamp()))
    plain = head + b"".join((own, *others)[:MAX_ACCOUNTS])
    return seal(derive_key(secret, PURPOSE), plain, place=PURPOSE)


def _proved(secret: str, account: str, password_hash: str | None) -> bytes:
    key = derive_key(secret, f"{PURPOSE}, passwords")
    password = hmac.digest(key, binding(password_hash), "sha256")[:PASSWORD_BYTES]
    return _of_account(secret, account) + password


def _of_account(secret: str, account: str) -> bytes:
    key = derive_key(secret, f"{PURPOSE}, accounts")
    return hmac.digest(key, account.encode(), "sha256")[:ACCOUNT_BYTES]
