"""Signing up with a passkey: an account without a password."""

from functools import partial

from sqlmodel import Session

from src.accounts import service as accounts
from src.accounts import steps as account_steps
from src.accounts.passkeys import steps
from src.accounts.passkeys.service import checked
from src.accounts.passkeys.steps import Sent
from src.accounts.schemas import SignedUp, SignupAccepted
from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.caller import Caller
from src.auth.passkeys import challenges, options
from src.auth.passkeys.challenges import SIGN_UP
from src.auth.passkeys.fields import Attestation, text_of
from src.auth.passkeys.options import Options
from src.database.database import in_transaction
from src.kit.crypto import random_bytes
from src.models import User
from src.settings import get_settings
from src.users.addresses import address_key
from src.users.errors import EmailTaken
from src.verification import asking
from src.web.visitor import Visitor


async def begin(email: str, name: str | None, caller: Caller) -> Options:
    """Options for a new account. The challenge carries its address and name.

    Raises `EmailTaken` before the person has made a passkey, where sign-up says it at all.
    """
    accounts.require_signup_method("passkey")
    options.party()
    reveals = get_settings().signup_reveals_accounts
    if not reveals:
        asking.require_mail()
    async with caller.counting(guessing.of_signup(caller.visitor)):
        if reveals:
            with events.recording(Event.SIGNUP_REFUSED, EmailTaken, address=_digest(email)):
                await in_transaction(account_steps.refuse_taken, email)
    handle = random_bytes(steps.HANDLE_BYTES)
    challenge = challenges.new(SIGN_UP, handle=text_of(handle), email=email, name=name)
    return options.to_make(
        challenge, handle=handle, email=email, name=name, known=(), verification=True
    )


async def signup(sent: Attestation, caller: Caller) -> SignedUp | SignupAccepted:
    """Create the account with its passkey, which must have checked who its person is.

    The challenge counts once, so the limit of the options is the limit of accounts.
    """
    accounts.require_signup_method("passkey")
    async with caller.counting(guessing.of_passkeys(caller.visitor)):
        new = checked(sent, asked_by=SIGN_UP, verification=True)
    email = new.challenge.facts["email"]
    may_mail = await accounts.may_mail(email, caller)
    with events.recording(Event.SIGNUP_REFUSED, EmailTaken, address=_digest(email)):
        visitor = caller.visitor
        user = await in_transaction(_create, new=new, visitor=visitor, may_mail=may_mail)
    caller.limiter.forget(guessing.at_account(address_key(email), None, caller.visitor))
    if user is None:
        return SignupAccepted(email=email)
    return SignedUp(id=user.id, email=user.email)


def _create(db: Session, *, new: Sent, visitor: Visitor, may_mail: bool) -> User | None:
    # Both before the address: these refusals must not show who has an account. So the challenge is
    # used outside of the savepoint, which is undone for a taken address.
    steps.use_challenge(db, new)
    steps.refuse_taken(db, new.new)
    facts, reveals = new.challenge.facts, get_settings().signup_reveals_accounts
    create = account_steps.create_account if reveals else account_steps.create_quietly
    return create(
        db,
        email=facts["email"],
        password_hash=None,
        name=facts.get("name"),
        visitor=visitor,
        may_mail=may_mail,
        complete=partial(steps.insert, sent=new),
    )


def _digest(email: str) -> str:
    return events.digest(address_key(email))
