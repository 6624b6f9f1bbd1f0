"""What is to be written to whom: a letter, before it becomes a mail."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of mails. Each has its words in every language."""

    VERIFY_EMAIL = "verify_email"
    ACCOUNT_EXISTS = "account_exists"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a name
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGING = "email_changing"
    MAGIC_LINK = "magic_link"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a name
    EMAIL_CHANGED = "email_changed"
    NEW_DEVICE = "new_device"
    TOKEN_REUSED = "token_reused"  # noqa: S105  a name
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    FACTOR_RESET_ASKED = "factor_reset_asked"
    FACTORS_RESET = "factors_reset"
    FACTOR_USED = "factor_used"
    PASSKEY_COUNTER = "passkey_counter"
    RECOVERY_CODES_MADE = "recovery_codes_made"


PAGES = {
    Kind.VERIFY_EMAIL: "verify-email",
    Kind.ACCOUNT_EXISTS: "signin",
    Kind.RESET_PASSWORD: "reset-password",
    Kind.CONFIRM_EMAIL: "confirm-email",
    Kind.EMAIL_CHANGING: "undo-email",
    Kind.MAGIC_LINK: "magic-link",
    Kind.PASSWORD_CHANGED: "security",
    Kind.NEW_DEVICE: "security",
    Kind.TOKEN_REUSED: "security",
    Kind.FACTOR_ADDED: "security",
    Kind.FACTOR_REMOVED: "security",
    Kind.RECOVERY_CODE_USED: "security",
    Kind.FACTOR_RESET_ASKED: "stop-factor-reset",
    Kind.FACTORS_RESET: "security",
    Kind.FACTOR_USED: "security",
    Kind.PASSKEY_COUNTER: "security",
    Kind.RECOVERY_CODES_MADE: "security",
}
"""The page of the web app that the button of each kind opens."""


@dataclass(frozen=True)
class Facts:
    """What a mail says beside its words. All of it is sealed in the database."""

    at: datetime
    token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    attempt: str | None = field(default=None, repr=False)
    """What the browser that asked for a magic link keeps. It is not shown."""
    lifetime: int | None = None
    """Seconds that the token is valid."""
    new_address: str | None = None
    device: str | None = None
    """Its `User-Agent`."""
    network_address: str | None = None
    factor: str | None = None
    """The name of a second factor, such as `totp`."""
    codes_left: int | None = None
    """Recovery codes that are not used yet."""
    without_password: bool | None = None
    """Whether the account has no password, in mails that say how to sign in."""


@dataclass(frozen=True)
class Letter:
    kind: Kind
    user_id: int | None
    """None: somebody typed the address, and the postman looks for its account."""
    recipient: str
    """The stored address of the account, or for `confirm_email` the one that it is to get."""
    facts: Facts
    language: str = "en"
    token_id: int | None = None
