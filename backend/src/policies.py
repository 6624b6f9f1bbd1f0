"""All rate limits by name, in one table, and the limits for wrong passwords in a row. Pure.

A policy is a token bucket: `burst` requests at once, and after that `count` in `seconds`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
OVERRIDE = re.compile(
    r"(?P<name>[a-z_]+)=(?P<burst>[1-9]\d{0,5})\+(?P<count>[1-9]\d{0,5})/(?P<period>[a-z]+)"
)


@dataclass(frozen=True)
class Policy:
    name: str
    burst: int
    count: int
    seconds: int
    guards_password: bool = False
    """True for a limit against guessing, which the right password resets."""

    @property
    def interval(self) -> timedelta:
        """The time after which one more request is allowed."""
        return timedelta(seconds=self.seconds) / self.count

    @property
    def window(self) -> timedelta:
        """The time after which the whole burst is allowed again."""
        return self.interval * self.burst


TABLE: Mapping[str, Policy] = MappingProxyType(
    {
        policy.name: policy
        for policy in (
            # A household, an office or a school may share one address.
            Policy("signin_address", burst=60, count=10, seconds=60),
            # Against a program that signs in again and again. Each known device has its own.
            Policy("signin_account", burst=30, count=5, seconds=60),
            # All known devices of an account together: each sign-in may add another device.
            Policy("signin_devices", burst=60, count=10, seconds=60),
            # Against guessing from one address.
            Policy("signin_account_address", burst=10, count=1, seconds=60, guards_password=True),
            Policy("signup_address", burst=30, count=2, seconds=60),
            # For one session: many tabs refresh every quarter of an hour.
            Policy("refresh_session", burst=60, count=30, seconds=60),
            # For one session: changes of the profile and of the password, and ending sessions.
            Policy("session_writes", burst=60, count=30, seconds=60),
            # For one session: changing the password, and everything else that asks for it again.
            Policy("password_proof", burst=10, count=1, seconds=60, guards_password=True),
            # For all sessions of an account: a right password costs a hash, too.
            Policy("password_account", burst=30, count=10, seconds=60),
            # Mails that anybody can ask for: to one address, so that nobody's mailbox is flooded.
            # A bucket allows its burst and what is added meanwhile: at most 3 in any hour, and at
            # most 10 in any day.
            Policy("mail_recipient_hour", burst=3, count=1, seconds=3600),
            Policy("mail_recipient_day", burst=5, count=6, seconds=86_400),
            # From one address of the internet, and to one domain.
            Policy("mail_address", burst=20, count=2, seconds=60),
            Policy("mail_domain", burst=500, count=100, seconds=60),
            # Links and codes that are tried, from one address.
            Policy("link_address", burst=30, count=5, seconds=60),
            # Options and answers of passkeys from one address. A page that offers them asks for
            # options each time, which must not use up the answers. Nobody guesses a passkey, so no
            # account has a limit that others could use up.
            Policy("passkey_options_address", burst=120, count=60, seconds=60),
            Policy("passkey_address", burst=120, count=60, seconds=60),
            # Attempts that send a second factor or add one, from one address. It is wide, since
            # each attempt and each account has narrow limits too. It bounds the invented ones.
            Policy("attempt_address", burst=300, count=120, seconds=60),
            # Codes of second factors of one account on unknown devices: at most 10 in any hour.
            Policy("code_account", burst=9, count=1, seconds=3600, guards_password=True),
            # Codes from mails of one account, in all its attempts: at most 10 in any hour, too.
            Policy("mailed_code_account", burst=9, count=1, seconds=3600, guards_password=True),
        )
    }
)


@dataclass(frozen=True)
class Patience:
    """How many wrong passwords in a row are accepted, and the backoff between them.

    After `free` wrong passwords, each further one doubles the wait, from a second to `longest`.
    """

    name: str
    limit: int
    free: int = 5
    longest: timedelta = timedelta(hours=1)

    def wait_after(self, failures: int) -> timedelta:
        """The wait between the last failure and the next attempt."""
        if failures < self.free:
            return timedelta()
        seconds = 1 << min(failures - self.free, 32)
        return min(self.longest, timedelta(seconds=seconds))


UNKNOWN_DEVICES = Patience("signin_failures", limit=50)
"""For an account on all unknown devices together."""
KNOWN_DEVICE = Patience("device_failures", limit=10)
"""For an account on one known device. Above the limit it counts as an unknown device."""
KNOWN_DEVICES = Patience("account_device_failures", limit=30, free=30)
"""For an account on all known devices together."""
SESSION = Patience("proof_failures", limit=10)
"""For a session in which the password is asked for again."""
SESSIONS = Patience("account_proof_failures", limit=20, free=20)
"""For all sessions of an account together.

With the limits of all devices it is a hundred in a row: NIST SP 800-63B-4, section 3.2.2.
"""
CODES = Patience("code_failures", limit=50)
"""For an account on all unknown devices: codes of second factors after a right first proof."""
CODES_ON_DEVICE = Patience("device_code_failures", limit=10)
"""For codes of an account on one known device. Above the limit it counts as an unknown device."""
CODES_ON_DEVICES = Patience("account_device_code_failures", limit=30, free=30)
"""For codes of an account on all known devices together."""
CODES_IN_SESSION = Patience("session_code_failures", limit=10)
"""For codes in a session, which make it fresh."""
CODES_IN_SESSIONS = Patience("account_session_code_failures", limit=20, free=20)
"""For codes in all sessions of an account together.

With the limits of all devices it is a hundred in a row, as for passwords.
"""
PATIENCE = (
    *(KNOWN_DEVICE, KNOWN_DEVICES, SESSION, SESSIONS, UNKNOWN_DEVICES),
    *(CODES_ON_DEVICE, CODES_ON_DEVICES, CODES_IN_SESSION, CODES_IN_SESSIONS, CODES),
)
"""In the order in which they are counted and forgotten."""


def with_overrides(text: str) -> dict[str, Policy]:
    """The table with changes such as `signin_address=120+20/minute signup_address=5+1/hour`.

    Raises `ValueError` if the text cannot be read.
    """
    changed: dict[str, Policy] = {}
    for number, word in enumerate(text.replace(",", " ").split(), start=1):
        match = OVERRIDE.fullmatch(word)
        if match is None or match["period"] not in PERIODS or match["name"] not in TABLE:
            raise ValueError(
                f"its word {number} must be like signin_address=60+10/minute; the names are "
                f"{', '.join(TABLE)}; the periods are {', '.join(PERIODS)}"
            )
        if match["name"] in changed:
            raise ValueError(f"must name {match['name']} once")
        changed[match["name"]] = replace(
            TABLE[match["name"]],
            burst=int(match["burst"]),
            count=int(match["count"]),
            seconds=PERIODS[match["period"]],
        )
    return {**TABLE, **changed}
