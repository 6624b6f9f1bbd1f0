"""What happens to accounts and sessions, as lines of the log (OWASP ASVS 5.0.0, 16.3).

A line names the event, the account, the client's address and the request, and never a secret. An
address that belongs to no account, or to one that the event must not name, appears as a digest
under a key of ours: the same address has the same digest, and the log shows nobody's address.
"""

import hmac
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import event as hooks
from sqlmodel import Session

from src.kit.problem import Problem
from src.kit.sealing import derive_key
from src.settings import get_settings
from src.web.context import current_request
from src.web.visitor import visitor_of

log = logging.getLogger("postern.audit")

MAX_USER_AGENT = 100


class Event(StrEnum):
    SIGNIN_SUCCEEDED = "signin.succeeded"
    SIGNIN_REFUSED = "signin.refused"
    SIGNUP_SUCCEEDED = "signup.succeeded"
    SIGNUP_REFUSED = "signup.refused"
    PROOF_SUCCEEDED = "proof.succeeded"
    """The password or a code was entered again in a session: for a change or a fresh session."""
    PROOF_REFUSED = "proof.refused"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  a name
    PASSWORD_RESET = "password.reset"  # noqa: S105  a name
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    PASSKEY_COUNTER = "passkey.counter_fell"
    """The counter of a passkey did not rise: its key may have been copied."""
    PASSWORD_REMOVED = "password.removed"  # noqa: S105  a name
    RECOVERY_CODES_MADE = "recovery_codes.made"
    RECOVERY_CODE_USED = "recovery_code.used"
    FACTOR_RESET_ASKED = "factor_reset.asked"
    FACTOR_RESET_STOPPED = "factor_reset.stopped"
    FACTORS_RESET = "factor_reset.done"
    DEVICE_TRUSTED = "device.trusted"
    DEVICE_TRUST_ENDED = "device.trust_ended"
    EMAIL_VERIFIED = "email.verified"
    EMAIL_CHANGE_ASKED = "email.change_asked"
    EMAIL_CHANGED = "email.changed"
    EMAIL_CHANGE_UNDONE = "email.change_undone"
    MAIL_ASKED = "mail.asked"
    ACCOUNT_DELETED = "account.deleted"
    SESSIONS_ENDED = "sessions.ended"
    TOKEN_REUSED = "refresh_token.reused"  # noqa: S105  a name
    LIMIT_REACHED = "limit.reached"


NOT_AS_PLANNED = frozenset(
    {
        *(Event.SIGNIN_REFUSED, Event.PROOF_REFUSED, Event.LIMIT_REACHED, Event.TOKEN_REUSED),
        Event.PASSKEY_COUNTER,
    }
)
"""Logged as warnings, since they can be signs of an attack."""


def record(event: Event, **facts: object) -> None:
    """Log it, with the client of the request that is being answered. No secret is a fact."""
    fields = {**{name: fact for name, fact in facts.items() if fact is not None}, **_client()}
    level = logging.WARNING if event in NOT_AS_PLANNED else logging.INFO
    text = " ".join(f"{name}={fact!r}" for name, fact in fields.items())
    log.log(level, "%s %s", event.value, text, extra={"fields": {"event": event.value, **fields}})


@contextmanager
def recording(event: Event, *refusals: type[Problem], **facts: object) -> Iterator[None]:
    """Record one of these refusals, with its code as the reason, and raise it again."""
    try:
        yield
    except refusals as refusal:
        record(event, reason=refusal.code, **facts)
        raise


def record_on_commit(db: Session, event: Event, **facts: object) -> None:
    """Log it after the commit of the transaction. After a rollback it is not logged."""

    def committed(_: Session) -> None:
        record(event, **facts)

    hooks.listen(db, "after_commit", committed, once=True)


def digest(account: str) -> str:
    """A digest that stands for the address in the log. Equal addresses have equal digests."""
    key = derive_key(get_settings().secret_keys[0], "audit, addresses")
    return hmac.digest(key, account.encode(), "sha256")[:8].hex()


def _client() -> dict[str, Any]:
    request = current_request.get()
    if request is None:
        return {}
    visitor = visitor_of(request)
    agent = (visitor.user_agent or "")[:MAX_USER_AGENT]
    return {"client": visitor.address, **({"user_agent": agent} if agent else {})}
