"""Signing up, and the changes that a person makes to their own account."""

from functools import partial

from pydantic import SecretStr

from src.accounts import steps
from src.accounts.errors import SignupMethodOff
from src.accounts.profile import profile_of, read
from src.accounts.schemas import PasswordChange, Profile, SignedUp
from src.audit import events
from src.audit.events import Event
from src.auth import devices, guessing
from src.auth.attempt import SignedIn, again_if_changed
from src.auth.caller import Caller
from src.auth.service import prove_presence, signed_in
from src.auth.steps import Completed
from src.database.database import in_thread, in_transaction
from src.keys.keyring import KeyRing
from src.kit.clock import now
from src.kit.problem import FieldError
from src.passwords.common import words_of_person
from src.passwords.hashes import normalize
from src.ratelimit.errors import RateLimited
from src.sessions.access_tokens import Claims
from src.sessions.liveness import is_news, note_use
from src.sessions.second_factors import SecondFactors
from src.settings import SignupMethod, get_settings
from src.users.addresses import address_key
from src.users.credentials import Credentials
from src.users.errors import EmailTaken
from src.verification import asking, limits
from src.web.errors import ValidationFailed


async def signup(
    *, email: str, password: SecretStr, name: str | None, caller: Caller
) -> SignedUp | None:
    """Create an account. Raises `EmailTaken` before the slow hash if the address is taken then.

    With SIGNUP_REVEALS_ACCOUNTS=off it does the same work for a taken address, and a mail says it.
    Then it returns None.
    """
    require_signup_method("password")
    secret, reveals = password.get_secret_value(), get_settings().signup_reveals_accounts
    address = events.digest(address_key(email))
    if not reveals:
        asking.require_mail()
    with events.recording(Event.SIGNUP_REFUSED, EmailTaken, address=address):
        async with caller.drawing_on(guessing.of_signup(caller.visitor)) as drawn:
            own = words_of_person(email, name)
            await drawn.turn.refuse_common(secret, own, field="password")
            if reveals:
                await in_transaction(steps.refuse_taken, email)
            password_hash = await drawn.turn.hash_password(secret)
        # After the turn to hash has ended: this may wait for a server elsewhere.
        await caller.breached.refuse(secret, field="password")
        allowed = await may_mail(email, caller)
        create = partial(
            steps.create_account if reveals else steps.create_quietly,
            email=email,
            password_hash=password_hash,
            name=name,
            visitor=caller.visitor,
            may_mail=allowed,
        )
        user = await in_transaction(create)
    caller.limiter.forget(guessing.at_account(address_key(email), None, caller.visitor))
    return None if user is None else SignedUp(id=user.id, email=user.email)


def require_signup_method(method: SignupMethod) -> None:
    """Raises `SignupMethodOff`."""
    if method not in get_settings().signup_methods:
        raise SignupMethodOff


async def may_mail(email: str, caller: Caller) -> bool:
    """Whether this address may get one more mail. A sign-up works without it."""
    try:
        await caller.limiter.count(limits.of_mail(email, caller.visitor))
    except RateLimited:
        return False
    return True


async def read_profile(claims: Claims) -> Profile:
    """Read the profile and check the session in one query. Raises `SessionRevoked`."""
    row = await in_thread(read, claims)
    if is_news(claims, row.seen_generation, row.handed_out_at):
        await in_transaction(note_use, claims, row.seen_generation, row.handed_out_at)
    return profile_of(row)


async def change_profile(claims: Claims, changes: dict[str, str | None]) -> Profile:
    """Change the profile and return it. Raises `SessionRevoked`."""
    if not changes:
        return await read_profile(claims)
    return await in_transaction(steps.update_profile, claims, changes)


async def change_password(
    claims: Claims,
    change: PasswordChange,
    *,
    caller: Caller,
    device_token: str | None,
    keyring: KeyRing,
) -> SignedIn:
    """Replace the password, end all sessions, and start a new one for this person.

    The device gets a new token, because the previous one belongs to the previous password.
    """
    current, secret = change.current_password, change.new_password.get_secret_value()
    if current is not None and normalize(secret) == normalize(current.get_secret_value()):
        sentence = "This is the current password. Choose another one."
        raise ValidationFailed(errors=(FieldError("new_password", "password_unchanged", sentence),))
    asking = caller.unhurried().known_by(str(claims.user_id))
    email, name = await in_transaction(steps.read_person, claims)
    await asking.refuse_common(secret, words_of_person(email, name), field="new_password")

    async def replace(credentials: Credentials) -> Completed:
        password_hash = await asking.hash(secret)
        await caller.breached.refuse(secret, field="new_password")
        return await in_transaction(
            steps.replace_password,
            claims,
            credentials,
            password_hash,
            visitor=caller.visitor,
            known=caller.second_factors,
        )

    prove = partial(prove_presence, claims, current, field="current_password", caller=caller)
    await keyring.signing_key()  # without a signing key, nothing is changed
    changed = await again_if_changed(prove, replace)
    device = devices.read(get_settings().secret_keys, device_token, now())
    return await signed_in(changed, device, keyring)


async def remove_password(claims: Claims, known: SecondFactors) -> None:
    await in_transaction(steps.remove_password, claims, known)


async def delete_profile(claims: Claims, password: SecretStr | None, caller: Caller) -> None:
    """Delete the account after the person has proved again who they are."""

    async def delete(credentials: Credentials) -> None:
        await in_transaction(steps.delete_user, claims, credentials)

    prove = partial(prove_presence, claims, password, field="password", caller=caller)
    await again_if_changed(prove, delete)
