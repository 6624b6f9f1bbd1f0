"""Steps that add, rename and remove passkeys, inside a transaction."""

import hmac
from dataclasses import dataclass
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from src.accounts import ways_in
from src.accounts.errors import PasskeyTaken, TooManyPasskeys
from src.accounts.factors import changes
from src.accounts.factors.enrolling import AtSignin, Enrolling, InSession, attempted, finished, lock
from src.auth import open_attempts
from src.auth.attempt import Attempt, Proof
from src.auth.factors import passkey as passkeys
from src.auth.passkeys import challenges, options
from src.auth.passkeys.ceremonies import NewCredential
from src.auth.passkeys.challenges import Challenge
from src.auth.passkeys.errors import AttestationInvalid, ChallengeInvalid
from src.auth.passkeys.fields import raw, text_of
from src.auth.passkeys.makers import name_of
from src.auth.passkeys.methods import methods_of
from src.auth.passkeys.options import Options
from src.database.faults import constraint_of
from src.kit.sealing import derive_key
from src.models import Passkey, User
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.liveness import require
from src.sessions.second_factors import of_session
from src.settings import get_settings
from src.web.errors import NotFound

MOST = 20
"""Passkeys of one account."""
HANDLE_BYTES = 32
HANDLES = "passkey user handles"
ONE_ACCOUNT = "uq_passkey_credential_id"


@dataclass(frozen=True)
class Sent:
    """A new passkey whose form is right, and the challenge that it answers."""

    new: NewCredential
    challenge: Challenge
    transports: str
    name: str | None = None

    @property
    def method(self) -> str:
        new = self.new
        methods = methods_of(is_verified=new.is_verified, backup_eligible=new.backup_eligible)
        return " ".join(methods)


def begin(db: Session, who: Enrolling) -> Options:
    """Options for one more passkey. Raises `TooManyPasskeys`."""
    user = lock(db, who)
    own = passkeys.of_account(db, user.id)
    if len(own) >= MOST:
        raise TooManyPasskeys
    handle = own[0].user_handle if own else _first_handle(user)
    challenge = challenges.new(asked_by(who), handle=text_of(handle))
    return options.to_make(
        challenge, handle=handle, email=user.email, name=user.name, known=own, verification=False
    )


def _first_handle(user: User) -> bytes:
    """The same for options that are asked for in parallel, and of no use to anybody else."""
    key = derive_key(get_settings().secret_keys[0], HANDLES)
    said = f"{user.id} {user.created_at.isoformat()}"
    return hmac.digest(key, said.encode(), "sha256")


def asked_by(who: Enrolling) -> str:
    """What asks for a new passkey."""
    if isinstance(who, InSession):
        return challenges.enrolment(of_session(who.claims.session_id))
    return challenges.enrolment(open_attempts.asked_by(who.attempt))


def add(db: Session, who: InSession, sent: Sent) -> Passkey:
    """The session has shown it, so it is fresh for what needs a second factor.

    Raises `AttestationInvalid`, `PasskeyTaken` or `TooManyPasskeys`.
    """
    user = lock(db, who)
    if passkeys.count(db, user.id) >= MOST:
        raise TooManyPasskeys
    use_challenge(db, sent)
    row = insert(db, user, sent)
    session_id = who.claims.session_id
    sessions.prove_second(db, who.claims, method=sent.method)
    changes.added(db, user, passkeys.NAME, session_id=session_id)
    return row


def prove_new(db: Session, who: AtSignin, sent: Sent, *, is_counted: bool) -> Attempt:
    """The attempt with the new passkey, which is added once it is completed.

    Counts the try first. Raises `AttemptInvalid`.
    """
    row, user = attempted(db, who)
    open_attempts.count_try(db, row.id)
    added = Proof(passkeys.NAME, sent.method, partial(_settle, sent))
    return finished(who, row, user, added, is_counted=is_counted)


def _settle(sent: Sent, db: Session, user: User) -> None:
    use_challenge(db, sent)
    insert(db, user, sent)
    changes.added(db, user, passkeys.NAME, session_id=None)


def refuse_taken(db: Session, new: NewCredential) -> None:
    """Raise `PasskeyTaken` if an account has it. The index decides between two at once."""
    same = select(Passkey.id).where(col(Passkey.credential_id) == new.credential_id)
    if db.exec(same).first() is not None:
        raise PasskeyTaken


def use_challenge(db: Session, sent: Sent) -> None:
    """The answer counts once. Raises `AttestationInvalid`."""
    try:
        challenges.use(db, sent.challenge)
    except ChallengeInvalid:
        raise AttestationInvalid from None


def insert(db: Session, user: User, sent: Sent) -> Passkey:
    """Store the passkey, whose challenge was used. Raises `PasskeyTaken`: the index decides.

    Raises `AttestationInvalid` if it has another user handle than the account's other passkeys.
    """
    new, handle = sent.new, raw(sent.challenge.facts["handle"])
    own = passkeys.of_account(db, user.id)
    if own and own[0].user_handle != handle:  # the options are from before another SECRET_KEY
        raise AttestationInvalid
    taken = {one.name for one in own}
    row = Passkey(
        user_id=user.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        user_handle=handle,
        name=sent.name or name_of(new.aaguid, taken),
        aaguid=new.aaguid,
        transports=sent.transports,
        sign_count=new.sign_count,
        can_verify=new.is_verified,
        backup_eligible=new.backup_eligible,
        backed_up=new.backed_up,
    )
    db.add(row)
    try:
        db.flush()
    except IntegrityError as error:
        if constraint_of(error) == ONE_ACCOUNT:
            raise PasskeyTaken from None
        raise
    return row


def rename(db: Session, claims: Claims, passkey_id: int, name: str) -> Passkey:
    """Raises `NotFound`, also for another person's passkey."""
    sessions.lock_account(db, claims.user_id)
    require(db, claims)
    row = _own(db, claims, passkey_id)
    row.name = name
    return row


def remove(db: Session, who: InSession, passkey_id: int) -> None:
    """Raises `NotFound`, `LastSecondFactor`, or `LastWayIn` if the account needs this passkey."""
    user = lock(db, who)
    row = _own(db, who.claims, passkey_id)
    signs_in_alone = row.can_verify
    db.delete(row)
    db.flush()  # what follows counts the others
    if signs_in_alone:
        ways_in.require_after_passkey(db, user)
    session_id = who.claims.session_id
    changes.removed(db, user, passkeys.NAME, who.known, session_id=session_id)


def _own(db: Session, claims: Claims, passkey_id: int) -> Passkey:
    own = col(Passkey.id) == passkey_id, col(Passkey.user_id) == claims.user_id
    row = db.exec(select(Passkey).where(*own)).first()
    if row is None:
        raise NotFound
    return row
