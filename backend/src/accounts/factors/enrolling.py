"""Who adds a factor: a person in a fresh session, or one whose sign-in has to add the first one.

REQUIRE_SECOND_FACTOR leads to the second case: there is no session before the account has a second
factor. Each factor that can be added takes both, and finishes an attempt with `finished`.
"""

from dataclasses import dataclass, field, replace
from functools import partial

from sqlmodel import Session, col, select

from src.auth import guessing, open_attempts
from src.auth.attempt import Attempt, Proof
from src.auth.caller import Caller
from src.auth.devices import Device
from src.auth.errors import AttemptInvalid
from src.models import SigninAttempt, User
from src.ratelimit.budgets import Budget, Purpose
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.freshness import require_fresh
from src.sessions.liveness import require
from src.sessions.second_factors import SecondFactors, required
from src.settings import get_settings
from src.users.credentials import Credentials


@dataclass(frozen=True)
class InSession:
    claims: Claims
    known: SecondFactors


@dataclass(frozen=True)
class AtSignin:
    attempt: str = field(repr=False)
    caller: Caller
    device: Device | None


Enrolling = InSession | AtSignin


def attempt_id(db: Session, who: AtSignin) -> int:
    """Raises `AttemptInvalid`."""
    return open_attempts.find(db, who.attempt, who.caller.visitor, who.device).id


def writes_of_attempt(attempt_id: int) -> Budget:
    """Its own, as for a session: others in the same network cannot use it up."""
    return Budget((("session_writes", f"attempt {attempt_id}"),), purpose=Purpose.SESSIONS)


def lock(db: Session, who: Enrolling) -> User:
    """The locked account to which the factor is to be added.

    Raises `SessionRevoked` or `ReauthenticationRequired`; without a session `AttemptInvalid`.
    """
    if isinstance(who, AtSignin):
        return attempted(db, who)[1]
    sessions.lock_account(db, who.claims.user_id)
    require(db, who.claims)
    require_fresh(db, who.claims, who.known)
    return db.exec(select(User).where(col(User.id) == who.claims.user_id)).one()


def attempted(db: Session, who: AtSignin) -> tuple[SigninAttempt, User]:
    """The attempt, if it waits for the first second factor of its account. Locks the account.

    Raises `AttemptInvalid`, also if the account has a factor: that one has to be shown.
    """
    row = open_attempts.find(db, who.attempt, who.caller.visitor, who.device)
    sessions.lock_account(db, row.user_id)
    row = open_attempts.find(db, who.attempt, who.caller.visitor, who.device)
    has_factor = required(db, row.user_id, who.caller.second_factors)
    if has_factor or not get_settings().require_second_factor:
        raise AttemptInvalid
    return row, db.get_one(User, row.user_id)


def finished(
    who: AtSignin, row: SigninAttempt, user: User, added: Proof, *, is_counted: bool
) -> Attempt:
    """The attempt with the proof of the new factor. It is used when the sign-in is completed."""
    first = Proof(row.factor, row.method, proves_address=row.proves_address)
    counted = guessing.of_whole_signin(user.email, user.id, who.caller.visitor, who.device)
    return Attempt(
        who.caller,
        Credentials(user.id, user.email, user.password_hash),
        (first, replace(added, settle=partial(_settle, row.id, added))),
        (counted,) if is_counted else (),
        who.device,
    )


def _settle(attempt_id: int, added: Proof, db: Session, user: User) -> None:
    """Use the attempt first: what adds the factor ends all others."""
    open_attempts.use(db, attempt_id)
    added.settle(db, user)
