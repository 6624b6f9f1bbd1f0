"""The second proof of an attempt to sign in, inside a transaction."""

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from src.auth import guessing, open_attempts
from src.auth.attempt import Attempt, Proof
from src.auth.caller import Caller
from src.auth.devices import Device
from src.auth.factors import passkey as passkeys
from src.auth.factors.codes import CodeFactor, Settle
from src.auth.schemas import PasskeySecondStep
from src.models import Passkey, User
from src.users.credentials import Credentials
from src.web.visitor import Visitor


def whose(db: Session, token: str, visitor: Visitor, device: Device | None) -> int:
    """The account of the attempt. Raises `AttemptInvalid`."""
    return open_attempts.find(db, token, visitor, device).user_id


def prove(  # noqa: PLR0913  who asks, and what they send
    db: Session,
    factor: CodeFactor,
    token: str,
    code: str,
    *,
    trust_device: bool,
    caller: Caller,
    device: Device | None,
    is_counted: bool,
) -> Attempt:
    """The attempt with both proofs. Counts the try first. Raises `AttemptInvalid`, `CodeInvalid`.

    The code is used when the attempt is completed.
    """
    row = open_attempts.find(db, token, caller.visitor, device)
    open_attempts.count_try(db, row.id)
    user = db.get_one(User, row.user_id)
    use_code = factor.check(db, user.id, code)
    first = Proof(row.factor, row.method, proves_address=row.proves_address)
    second = Proof(factor.name, factor.method, partial(_settle, use_code, row.id))
    counted = guessing.of_whole_signin(user.email, user.id, caller.visitor, device)
    return Attempt(
        caller,
        Credentials(user.id, user.email, user.password_hash),
        (first, second),
        (counted,) if is_counted else (),
        device,
        trust_device,
    )


def _settle(use_code: Settle, attempt_id: int, db: Session, user: User) -> None:
    # The code first: its refusal keeps what was written before.
    use_code(db, user)
    open_attempts.use(db, attempt_id)


@dataclass(frozen=True)
class Waiting:
    """An open attempt, and the passkey that is to finish it."""

    attempt_id: int
    first: Proof
    credentials: Credentials
    passkey: Passkey


def passkey_of(
    db: Session, sent: PasskeySecondStep, visitor: Visitor, device: Device | None
) -> Waiting:
    """Counts the try. Raises `AttemptInvalid`, `PasskeyUnknown` or `PasskeyInvalid`."""
    row = open_attempts.find(db, sent.attempt.get_secret_value(), visitor, device)
    open_attempts.count_try(db, row.id)
    user = db.get_one(User, row.user_id)
    return Waiting(
        row.id,
        Proof(row.factor, row.method, proves_address=row.proves_address),
        Credentials(user.id, user.email, user.password_hash),
        passkeys.find_of(db, user.id, sent.assertion),
    )


def proved(
    waiting: Waiting,
    sent: PasskeySecondStep,
    *,
    caller: Caller,
    device: Device | None,
    is_counted: bool,
) -> Attempt:
    """The attempt with both proofs. Raises `ChallengeInvalid` or `PasskeyInvalid`."""
    asked_by = open_attempts.asked_by(sent.attempt.get_secret_value())
    beside = tuple(waiting.first.method.split())
    answer = passkeys.check(waiting.passkey, sent.assertion, asked_by=asked_by, beside=beside)
    settle = partial(_settle, answer.settle, waiting.attempt_id)
    second = Proof(passkeys.NAME, " ".join(answer.methods), settle)
    whose, visitor = waiting.credentials, caller.visitor
    reset = guessing.of_whole_signin(whose.email, whose.user_id, visitor, device, codes=False)
    proofs, budgets = (waiting.first, second), (reset,) if is_counted else ()
    return Attempt(caller, whose, proofs, budgets, device, sent.trust_device)
