"""Signing in, and proving again who one is: short transactions around slow hashes."""

from functools import partial

from pydantic import SecretStr

from src.audit import events
from src.audit.events import Event
from src.auth import devices, guessing, known_devices, steps
from src.auth.attempt import Attempt, FactorRequired, SignedIn, again_if_changed
from src.auth.caller import Caller
from src.auth.errors import PROVE_AGAIN, AccountDisabled, EmailNotVerified, SecondFactorRequired
from src.auth.factors import passkey as passkeys
from src.auth.factors import password as passwords
from src.auth.factors.codes import CodeFactor
from src.auth.factors.recovery_code import RecoveryCodes
from src.auth.factors.totp import Totp, is_code
from src.auth.passkeys import errors as passkey_errors
from src.auth.passkeys.fields import Assertion
from src.auth.schemas import Reauthentication
from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.kit.clock import now
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import of_session
from src.sessions.tokens import tokens_for
from src.settings import get_settings
from src.users.addresses import address_key
from src.users.credentials import Credentials
from src.verification.errors import CodeInvalid


async def signin(
    *,
    email: str,
    password: SecretStr,
    caller: Caller,
    device_token: str | None,
    keyring: KeyRing,
) -> SignedIn:
    """Start a session for the right password. Any other case has the same refusal and work."""
    account, secrets = address_key(email), get_settings().secret_keys
    device = devices.read(secrets, device_token, now())
    unknown = guessing.on_unknown_device(account, caller.visitor)
    budgets, asking = [unknown], caller
    if device is not None and devices.knows(secrets, device, *known_devices.names_of(email)):
        budgets.insert(0, guessing.on_known_device(email, device))
        asking = caller.known_by(account)
    await keyring.signing_key()  # without a signing key, hashing would be useless
    async with asking.drawing_on(*budgets) as drawn:
        outcome = await again_if_changed(
            partial(
                passwords.begin,
                password.get_secret_value(),
                email=email,
                caller=caller,
                drawn=drawn,
                device=device,
            ),
            partial(complete, keyring=keyring),
        )
    return require_signed_in(outcome)


def require_signed_in(outcome: SignedIn | FactorRequired) -> SignedIn:
    """Raises `SecondFactorRequired`, with the attempt that goes on."""
    if isinstance(outcome, FactorRequired):
        raise SecondFactorRequired(outcome.attempt, outcome.factors, outcome.enrol, outcome.offers)
    return outcome


async def complete(attempt: Attempt, *, keyring: KeyRing) -> SignedIn | FactorRequired:
    """The last step of every way of signing in, so that none skips a required factor."""
    user_id = attempt.credentials.user_id
    refusals = AccountDisabled, EmailNotVerified
    with events.recording(Event.SIGNIN_REFUSED, *refusals, user_id=user_id):
        outcome = await in_transaction(steps.complete, attempt)
    if isinstance(outcome, FactorRequired):
        events.record(Event.SIGNIN_REFUSED, reason=SecondFactorRequired.code, user_id=user_id)
        return outcome
    attempt.caller.limiter.forget(*attempt.budgets)
    return await signed_in(outcome, outcome.device, keyring)


async def signed_in(
    completed: steps.Completed, device: devices.Device | None, keyring: KeyRing
) -> SignedIn:
    """The tokens of the session, and a new token for this device or for a new one."""
    key = await keyring.signing_key(completed.grant.instance)
    secret, credentials = get_settings().secret_keys[0], completed.credentials
    account = address_key(credentials.email)
    device_token = devices.token_for(secret, device, account, credentials.password_hash, now())
    return SignedIn(tokens_for(completed.grant, key), device_token)


async def prove_presence(
    claims: Claims, password: SecretStr | None, *, field: str, caller: Caller
) -> Credentials:
    """The bearer's credentials, after the person has proved again who they are.

    The proof is the password or, for an account without one, a fresh session. An account with a
    second factor needs a session that is fresh with that one, too.
    """
    known = caller.second_factors
    if password is not None:
        look_up = partial(steps.require_second, known=known)
        secret = password.get_secret_value()
        return await passwords.prove_again(claims, secret, caller, look_up=look_up)
    asking = caller.known_by(str(claims.user_id))
    async with asking.drawing_on(guessing.of_hashes_in_session(claims)):
        return await in_transaction(steps.require_fresh_session, claims, known, field=field)


async def reauthenticate(claims: Claims, proof: Reauthentication, caller: Caller) -> None:
    """Make the session fresh, if the password, the code or the answer of the passkey is right."""
    if proof.assertion is not None:
        await _prove_passkey(claims, proof.assertion, caller)
    elif proof.code is not None:
        await _prove_code(claims, proof.code.get_secret_value(), caller)
    elif proof.password is not None:
        await _prove_password(claims, proof.password.get_secret_value(), caller)


async def _prove_password(claims: Claims, secret: str, caller: Caller) -> None:
    async def refresh_proof(credentials: Credentials) -> None:
        method, known = passwords.METHOD, caller.second_factors
        await in_transaction(steps.refresh_proof, claims, credentials, method=method, known=known)

    await again_if_changed(partial(passwords.prove_again, claims, secret, caller), refresh_proof)


def _factor_of(code: str) -> CodeFactor:
    """Six digits are a code of an authenticator app, anything else is a recovery code."""
    return Totp() if is_code(code) else RecoveryCodes()


async def _prove_code(claims: Claims, code: str, caller: Caller) -> None:
    factor = _factor_of(code)
    whose = {"user_id": claims.user_id, "session_id": claims.session_id}
    async with caller.counting(guessing.codes_in_session(claims)) as counted:
        with events.recording(Event.PROOF_REFUSED, CodeInvalid, **whose):
            await in_transaction(steps.prove_code, claims, factor, code, caller.second_factors)
    events.record(Event.PROOF_SUCCEEDED, factor=factor.name, **whose)
    if counted:
        await caller.limiter.succeed(*counted, guessing.codes_at_account(claims.user_id))


async def _prove_passkey(claims: Claims, sent: Assertion, caller: Caller) -> None:
    whose = {"user_id": claims.user_id, "session_id": claims.session_id}
    async with caller.counting(guessing.writes_of_session(claims)):
        with events.recording(Event.PROOF_REFUSED, *passkey_errors.REFUSALS, **whose):
            try:
                found = await in_transaction(steps.passkey_in_session, claims, sent)
                asked_by = of_session(claims.session_id)
                answer = passkeys.check(found.passkey, sent, asked_by=asked_by, beside=found.beside)
                await in_transaction(steps.prove_passkey, claims, answer)
            except passkey_errors.REFUSALS as refusal:
                raise type(refusal)(headers=PROVE_AGAIN, log=refusal.log) from None
    events.record(Event.PROOF_SUCCEEDED, factor=passkeys.NAME, **whose)
