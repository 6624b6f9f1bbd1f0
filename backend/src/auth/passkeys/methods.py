"""What a passkey proves, by the names of RFC 8176. Pure."""

from collections.abc import Iterable

from src.sessions.assurance import SEVERAL

DEVICE_BOUND, SYNCED = "hwk", "swk"
"""A key in hardware, and one that its person's devices share. Both as the authenticator says."""
OF_PASSKEYS = frozenset({DEVICE_BOUND, SYNCED, SEVERAL})


def methods_of(*, is_verified: bool, backup_eligible: bool) -> tuple[str, ...]:
    """A passkey that has checked its person is two factors at once."""
    owned = SYNCED if backup_eligible else DEVICE_BOUND
    return (owned, SEVERAL) if is_verified else (owned,)


def needs_verification(beside: Iterable[str]) -> bool:
    """Whether no other proof stands beside the passkey, so that it has to be two factors."""
    return set(beside) <= OF_PASSKEYS
