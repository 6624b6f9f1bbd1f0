"""Steps of the use cases of an account, inside a transaction."""

from collections.abc import Callable

from sqlalchemy import update
from sqlmodel import Session, col

from src.accounts import ways_in
from src.accounts.factors.enrolling import InSession, lock
from src.accounts.profile import COLUMNS, USE, profile_of
from src.accounts.schemas import Profile
from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.attempt import nothing
from src.auth.changes import credentials_changed
from src.auth.factors.password import METHOD as PASSWORD
from src.auth.steps import Completed
from src.kit.clock import now
from src.kit.crypto import random_id
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import User, UserSession
from src.ratelimit import steps as limits
from src.sessions import requirement
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.assurance import Shown
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import live, note_use, open_of, require
from src.sessions.second_factors import SecondFactors, required
from src.sessions.steps import EndedBy, lock_account
from src.settings import get_settings
from src.users import steps as users
from src.users.addresses import address_key
from src.users.credentials import (
    Credentials,
    find_credentials,
    lock_verified,
    require_user,
)
from src.users.errors import EmailTaken
from src.verification import asking
from src.verification import steps as verification
from src.web.errors import NotFound
from src.web.visitor import Visitor


def refuse_taken(db: Session, email: str) -> None:
    """Raise `EmailTaken` if it has an account, or if one may still take it back."""
    users.refuse_taken(db, email)
    if verification.is_reserved(db, email):
        raise EmailTaken


def create_account(  # noqa: PLR0913  who signs up, and what may be done
    db: Session,
    *,
    email: str,
    password_hash: str | None,
    name: str | None,
    visitor: Visitor | None = None,
    may_mail: bool = True,
    complete: Callable[[Session, User], object] = nothing,
) -> User:
    """Create it, and mail a link that proves the address. Raises `EmailTaken`.

    `complete` adds what else the account begins with.
    """
    refuse_taken(db, email)
    user = users.create(db, email=email, password_hash=password_hash, name=name)
    complete(db, user)
    if may_mail and get_settings().sends_mail:
        asking.send_verification(db, user)
    # Earlier guesses at this address were made before it had an account.
    limits.forget(db, guessing.at_account(address_key(user.email), None, visitor))
    events.record_on_commit(db, Event.SIGNUP_SUCCEEDED, user_id=user.id)
    return user


def create_quietly(  # noqa: PLR0913  who signs up, and what may be done
    db: Session,
    *,
    email: str,
    password_hash: str | None,
    name: str | None,
    visitor: Visitor,
    may_mail: bool,
    complete: Callable[[Session, User], object] = nothing,
) -> None:
    """Create the account, or write to the person who has the address.

    Both write the same rows in the same order and commit once, so the time shows nothing. For a
    taken address, the row of the account has an address of nobody, and is undone.
    """
    nobody = f"{random_id()}@{email.rpartition('@')[2]}"
    is_free, owner = _is_free(db, email), email
    try:
        with db.begin_nested():
            owner = email if is_free else nobody
            user = users.create(db, email=owner, password_hash=password_hash, name=name)
            complete(db, user)
            if not is_free:
                raise EmailTaken  # noqa: TRY301  it undoes the row
    except EmailTaken:  # also if another request was faster
        is_free, owner = False, nobody
    limits.forget(db, guessing.at_account(address_key(owner), None, visitor))
    if may_mail:
        asking.ask(db, Kind.VERIFY_EMAIL if is_free else Kind.ACCOUNT_EXISTS, email)
    if is_free:
        events.record_on_commit(db, Event.SIGNUP_SUCCEEDED, user_id=user.id)
    else:
        address = events.digest(address_key(email))
        events.record_on_commit(db, Event.SIGNUP_REFUSED, reason=EmailTaken.code, address=address)


def _is_free(db: Session, email: str) -> bool:
    """Both questions are asked in any case, so that both answers take the same time."""
    has_account = find_credentials(db, email) is not None
    return not verification.is_reserved(db, email) and not has_account


def read_person(db: Session, claims: Claims) -> tuple[str, str | None]:
    """Return the address and the name, or raise `SessionRevoked`."""
    user = require_user(db, claims)
    return user.email, user.name


def replace_password(  # noqa: PLR0913  who asks, and what changes
    db: Session,
    claims: Claims,
    credentials: Credentials,
    password_hash: str,
    *,
    visitor: Visitor,
    known: SecondFactors,
) -> Completed:
    """Store the hash, end every session of the account, and start a new one.

    So a token that was stolen before becomes invalid (ASVS 5.0, 7.4.3). The new session is as
    sure and as fresh as the proofs before it. Raises `CredentialsChanged`, or `SessionRevoked` if
    another change has ended the session, or if it may not go on without a second factor.
    """
    lock_account(db, claims.user_id)
    require(db, claims)
    if requirement.ends_session(db, claims, known):
        raise SessionRevoked
    user = lock_verified(db, credentials)
    shown = sessions.shown_in(db, claims)
    if credentials.password_hash is not None and not required(db, user.id, known):
        shown = Shown((PASSWORD,), now())
    sessions.end_of(db, user.id, by=EndedBy.PASSWORD_CHANGE)
    credentials_changed(db, user.id)
    user.password_hash, user.updated_at = password_hash, now()
    verification.replace_all(db, user.id)
    notify(db, Kind.PASSWORD_CHANGED, user)
    grant = sessions.start(
        db,
        user_id=user.id,
        password_hash=password_hash,
        shown=shown,
        visitor=visitor,
        known=known,
    )
    session_id = grant.claims.session_id
    events.record_on_commit(db, Event.PASSWORD_CHANGED, user_id=user.id, session_id=session_id)
    return Completed(grant, Credentials(user.id, user.email, password_hash))


def remove_password(db: Session, claims: Claims, known: SecondFactors) -> None:
    """From now on a passkey signs in. All other sessions end.

    Raises `NotFound` without a password, or `LastWayIn`.
    """
    user = lock(db, InSession(claims, known))
    old_hash = user.password_hash
    if old_hash is None:
        raise NotFound
    ways_in.require_without_password(db, user)
    others = col(UserSession.id) != claims.session_id
    sessions.end(db, *open_of(user.id), others, by=EndedBy.PASSWORD_CHANGE, user_id=user.id)
    credentials_changed(db, user.id)
    user.password_hash, user.updated_at = None, now()
    sessions.follow_password(db, user.id, old_hash=old_hash, new_hash=None)
    verification.replace_all(db, user.id)
    notify(db, Kind.FACTOR_REMOVED, user, factor="password")
    whose = {"user_id": user.id, "session_id": claims.session_id}
    events.record_on_commit(db, Event.PASSWORD_REMOVED, **whose)


def update_profile(db: Session, claims: Claims, changes: dict[str, str | None]) -> Profile:
    lock_account(db, claims.user_id)
    statement = update(User).where(*live(claims, now())).values(**changes, updated_at=now())
    changed = statement.execution_options(synchronize_session=False).returning(*COLUMNS, *USE)
    row = db.execute(changed).first()
    if row is None:
        raise SessionRevoked
    note_use(db, claims, row.seen_generation, row.handed_out_at)
    return profile_of(row)


def delete_user(db: Session, claims: Claims, credentials: Credentials) -> None:
    """Delete the account and its rows in other tables, as their foreign keys say.

    Raises `CredentialsChanged`, `SessionRevoked`, or `AccountInUse` where an app's table refuses.
    """
    lock_account(db, claims.user_id)
    require(db, claims)
    users.delete(db, lock_verified(db, credentials))
    events.record_on_commit(db, Event.ACCOUNT_DELETED, user_id=claims.user_id)
