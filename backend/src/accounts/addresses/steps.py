"""Steps that prove, change and restore the address of an account, inside a transaction."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.auth.changes import credentials_changed
from src.auth.factors import passkey, recovery_code, totp
from src.kit.clock import now
from src.kit.problem import FieldError
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import MailedToken, User, UserSession
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.liveness import open_of, require
from src.sessions.second_factors import SecondFactors, of_account
from src.sessions.steps import EndedBy
from src.settings import get_settings
from src.users import steps as users
from src.users.addresses import address_key
from src.users.credentials import Credentials, is_proved, lock_verified, require_user
from src.users.errors import EmailTaken
from src.verification import asking
from src.verification import steps as verification
from src.verification.errors import LinkOfAnotherAccount
from src.verification.tokens import Purpose
from src.web.errors import ValidationFailed

BEFORE_THE_THEFT = timedelta(days=1)
"""A thief may add a passkey first, and change the address then."""


def resend(db: Session, claims: Claims) -> None:
    """Send the mail again, unless it could prove nothing new. Raises `SessionRevoked`."""
    sessions.lock_account(db, claims.user_id)
    user = require_user(db, claims)
    if not is_proved(user):
        asking.send_verification(db, user)


def verify(
    db: Session, token: str, claims: Claims | None, email: str | None, known: SecondFactors
) -> None:
    """Prove the present address of the account.

    Without a session, the factors that the account has may be those of somebody else.
    Raises a refusal of the link, or `LinkOfAnotherAccount`.
    """
    redeemed = verification.redeem(db, token, Purpose.VERIFY_EMAIL)
    user = redeemed.user
    if claims is not None:
        require(db, claims)
    of_another = claims is not None and claims.user_id != user.id
    if of_another or (email is not None and address_key(email) != address_key(user.email)):
        raise LinkOfAnotherAccount
    if claims is not None or user.email_verified_at is None:
        _note_who_proved(db, user, claims, known)
    user.email_verified_at = user.email_verified_at or now()
    events.record_on_commit(db, Event.EMAIL_VERIFIED, user_id=user.id)


def ask_for_change(db: Session, claims: Claims, credentials: Credentials, new_email: str) -> None:
    """Mail a link to the new address, and to the present one a link that undoes the change.

    Raises `CredentialsChanged` or `SessionRevoked`. `EmailTaken` only where sign-up says it too.
    """
    sessions.lock_account(db, claims.user_id)
    require(db, claims)
    user = lock_verified(db, credentials)
    if new_email == user.email:
        sentence = "This is your present address."
        raise ValidationFailed(errors=(FieldError("new_email", "email_unchanged", sentence),))
    events.record_on_commit(db, Event.EMAIL_CHANGE_ASKED, user_id=user.id)
    asking.send_link(db, Kind.EMAIL_CHANGING, user, to=user.email, new_address=new_email)
    if _is_taken(db, new_email, user):
        if get_settings().signup_reveals_accounts:
            raise EmailTaken
        asking.ask(db, Kind.ACCOUNT_EXISTS, new_email)
        return
    asking.send_link(db, Kind.CONFIRM_EMAIL, user, to=new_email)


def _note_who_proved(db: Session, user: User, claims: Claims | None, known: SecondFactors) -> None:
    """A link alone proves the address; with a session of the account, both are of one person."""
    if claims is not None:
        user.verified_alone_at = None
    elif of_account(db, user.id, known):
        user.verified_alone_at = now()


def confirm_change(db: Session, token: str, claims: Claims | None, known: SecondFactors) -> None:
    """Give the account its new address, which the link proves, and end its other sessions.

    Without a session, the factors that the account has may be those of somebody else. Raises a
    refusal of the link, `LinkOfAnotherAccount`, or `EmailTaken` if another account was faster.
    """
    redeemed = verification.redeem(db, token, Purpose.CONFIRM_EMAIL)
    user, former = redeemed.user, redeemed.user.email
    if claims is not None:
        require(db, claims)
    if claims is not None and claims.user_id != user.id:
        raise LinkOfAnotherAccount
    if _is_taken(db, redeemed.address, user):
        raise EmailTaken
    users.change_address(db, user, redeemed.address)
    _note_who_proved(db, user, claims, known)
    user.email_verified_at = now()
    verification.replace_all(db, user.id)
    verification.begin_undo(db, user.id, former)
    own = None if claims is None else claims.session_id
    others = col(UserSession.id).is_distinct_from(own)
    sessions.end(db, *open_of(user.id), others, by=EndedBy.EMAIL_CHANGE, user_id=user.id)
    credentials_changed(db, user.id)
    notify(db, Kind.EMAIL_CHANGED, user, address=former, new_address=user.email)
    events.record_on_commit(db, Event.EMAIL_CHANGED, user_id=user.id)


def undo_change(db: Session, token: str, email: str | None) -> None:
    """Take the former address back: it was a theft. All sessions and the password end.

    So do the factors that were added since then, or a day before: they may be those of the thief.
    The person chooses a new password with a link that goes to the former address. Raises a
    refusal of the link, or `ValidationFailed` if `email` is another address.
    """
    redeemed = verification.redeem(db, token, Purpose.UNDO_EMAIL)
    user = redeemed.user
    if email is not None and address_key(email) != address_key(redeemed.address):
        sentence = "This is not the address at which you got the mail with this link."
        raise ValidationFailed(errors=(FieldError("email", "email_not_former", sentence),))
    if address_key(redeemed.address) != address_key(user.email):
        users.change_address(db, user, redeemed.address)
    user.email_verified_at = now()
    user.password_hash, user.updated_at = None, now()
    verification.replace_all(db, user.id)
    issued = db.get_one(MailedToken, redeemed.token_id)
    was_of_one_person = issued.is_proved and issued.verified_alone_at is None
    user.verified_alone_at = None if was_of_one_person else now()
    _remove_factors(db, user, since=issued.created_at - BEFORE_THE_THEFT)
    verification.replace_later_undos(db, user.id, redeemed.token_id)
    sessions.end_of(db, user.id, by=EndedBy.EMAIL_UNDONE)
    credentials_changed(db, user.id)
    db.flush()
    asking.send_link(db, Kind.RESET_PASSWORD, user, to=user.email)
    events.record_on_commit(db, Event.EMAIL_CHANGE_UNDONE, user_id=user.id)


def _remove_factors(db: Session, user: User, *, since: datetime) -> None:
    recovery_code.remove_since(db, user.id, since)
    for factor in (passkey, totp):
        if factor.remove_since(db, user.id, since):
            notify(db, Kind.FACTOR_REMOVED, user, factor=factor.NAME)
            events.record_on_commit(db, Event.FACTOR_REMOVED, factor=factor.NAME, user_id=user.id)


def _is_taken(db: Session, email: str, user: User) -> bool:
    holder = select(User.id).where(
        col(User.address_key) == address_key(email), col(User.id) != user.id
    )
    if db.exec(holder).first() is not None:
        return True
    return verification.is_reserved(db, email, user_id=user.id)
