"""The passkeys of a person's own account."""

from functools import partial

from src.accounts.factors import schemas as factors
from src.accounts.factors.dependencies import Asking
from src.accounts.factors.enrolling import AtSignin, Enrolling, InSession
from src.accounts.factors.service import count
from src.accounts.passkeys import steps
from src.accounts.passkeys.schemas import NewPasskey
from src.accounts.passkeys.steps import Sent
from src.audit import events
from src.audit.events import Event
from src.auth.attempt import SignedIn, again_if_changed
from src.auth.errors import AttemptInvalid
from src.auth.passkeys import challenges, options
from src.auth.passkeys.ceremonies import challenge_in, verified_new
from src.auth.passkeys.errors import AttestationInvalid, ChallengeInvalid
from src.auth.passkeys.fields import Attestation
from src.auth.passkeys.options import Options
from src.auth.service import complete, require_signed_in
from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import SecondFactors


async def begin(who: Enrolling, asking: Asking) -> Options:
    options.party()
    await count(who, asking)
    return await in_transaction(steps.begin, who)


async def add(
    who: Enrolling, sent: NewPasskey, asking: Asking, keyring: KeyRing
) -> factors.Passkey | SignedIn:
    """Add the passkey. An attempt becomes a session: then returns its tokens."""
    counted = await count(who, asking)
    asked_by = steps.asked_by(who)
    new = checked(sent.attestation, asked_by=asked_by, verification=False, name=sent.name)
    if isinstance(who, InSession):
        return factors.Passkey.of(await in_transaction(steps.add, who, new))
    return await _finish(who, new, keyring, is_counted=counted is not None)


async def _finish(who: AtSignin, new: Sent, keyring: KeyRing, *, is_counted: bool) -> SignedIn:
    await keyring.signing_key()  # without a signing key, the challenge would be used in vain
    with events.recording(Event.SIGNIN_REFUSED, AttemptInvalid):
        outcome = await again_if_changed(
            partial(in_transaction, steps.prove_new, who, new, is_counted=is_counted),
            partial(complete, keyring=keyring),
        )
    return require_signed_in(outcome)


def checked(
    sent: Attestation, *, asked_by: str, verification: bool, name: str | None = None
) -> Sent:
    """The new passkey, and the challenge to use. Raises `AttestationInvalid`."""
    party = options.party()
    answered = challenge_in(sent.response.client_data)
    try:
        challenge = challenges.opened(answered, asked_by)
    except ChallengeInvalid:
        raise AttestationInvalid from None
    new = verified_new(sent, party, answered, verification=verification)
    transports = options.known_transports(sent.response.transports)
    return Sent(new, challenge, transports, name)


async def rename(claims: Claims, passkey_id: int, name: str) -> factors.Passkey:
    return factors.Passkey.of(await in_transaction(steps.rename, claims, passkey_id, name))


async def remove(claims: Claims, passkey_id: int, known: SecondFactors) -> None:
    await in_transaction(steps.remove, InSession(claims, known), passkey_id)
