"""Steps that set a new password with a link from a mail, inside a transaction."""

from sqlmodel import Session

from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.changes import credentials_changed
from src.auth.steps import give_to_reader_of_mail
from src.kit.clock import now
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import User
from src.ratelimit import steps as limits
from src.ratelimit.budgets import Budget
from src.sessions import steps as sessions
from src.sessions.second_factors import SecondFactors
from src.sessions.steps import EndedBy
from src.users.addresses import address_key
from src.verification import steps as verification
from src.verification.errors import LinkInvalid
from src.verification.tokens import Purpose
from src.web.visitor import Visitor


def whose(db: Session, token: str) -> tuple[str, str | None]:
    """The address and the name of the person whose link it is. Does not use the link.

    Raises a refusal of the link, so that no hash is made for one that does not count.
    """
    row = verification.find(db, token, Purpose.RESET_PASSWORD)
    user = None if row is None or row.user_id is None else db.get(User, row.user_id)
    if row is None or user is None or user.disabled_at is not None:
        raise LinkInvalid
    verification.refuse_spent(row)
    return user.email, user.name


def reset(
    db: Session, token: str, password_hash: str, *, known: SecondFactors, visitor: Visitor
) -> Budget:
    """Store the hash, end all sessions, and lift the limits on the account. Returns these limits.

    The link proves the address. If nobody had proved it before, somebody else may have opened the
    account. Their password, sessions and second factors end here. Otherwise factors stay.
    """
    user = verification.redeem(db, token, Purpose.RESET_PASSWORD).user
    give_to_reader_of_mail(db, user, known)
    user.password_hash, user.updated_at = password_hash, now()
    sessions.end_of(db, user.id, by=EndedBy.PASSWORD_RESET)
    credentials_changed(db, user.id)
    verification.replace_all(db, user.id)
    lifted = guessing.at_account(address_key(user.email), user.id, visitor)
    limits.forget(db, lifted)
    notify(db, Kind.PASSWORD_CHANGED, user)
    events.record_on_commit(db, Event.PASSWORD_RESET, user_id=user.id)
    return lifted
