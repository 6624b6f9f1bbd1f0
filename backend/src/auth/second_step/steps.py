"""The second proof of an attempt to sign in, inside a transaction."""

from functools import partial

from sqlmodel import Session

from src.auth import guessing, open_attempts
from src.auth.attempt import Attempt, Proof
from src.auth.caller import Caller
from src.auth.devices import Device
from src.auth.factors.codes import CodeFactor, Settle
from src.models import User
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
