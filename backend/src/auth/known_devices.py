"""Whether a device is one of the person's own, as its token and the account say."""

from src.auth import devices
from src.auth.devices import Device
from src.models import User
from src.settings import get_settings
from src.users.addresses import address_key, former_key


def names_of(email: str) -> tuple[str, str]:
    """The names of the account in device tokens: the name of this release, and the former one."""
    return address_key(email), former_key(email)


def was_used_by(user: User, device: Device) -> bool:
    """Whether this person was signed in on it, and not only somebody else who had the account.

    That may be so before the address was proved, or before a change of it was undone. A device on
    which the present password was used is one of this person's in any case.
    """
    secrets, names = get_settings().secret_keys, names_of(user.email)
    proved_at, password_hash = user.email_verified_at, user.password_hash
    if proved_at is None:
        return devices.knows(secrets, device, *names)
    if devices.used_since(secrets, device, proved_at, *names):
        return True
    return password_hash is not None and devices.has_seen(
        secrets, device, *names, password_hash=password_hash
    )
