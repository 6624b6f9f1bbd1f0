"""What browsers need to make or use a passkey: options, in the JSON forms of WebAuthn Level 3."""

from collections.abc import Iterable
from typing import Any

from webauthn import generate_authentication_options, generate_registration_options
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from src.auth.passkeys.ceremonies import ALGORITHMS
from src.auth.passkeys.challenges import VALID_FOR
from src.auth.passkeys.errors import PasskeysOff
from src.kit.relying_party import RelyingParty
from src.models import Passkey
from src.settings import get_settings

Options = dict[str, Any]
TIMEOUT = int(VALID_FOR.total_seconds()) * 1000
"""Milliseconds."""
TRANSPORTS = frozenset(one.value for one in AuthenticatorTransport)


def party() -> RelyingParty:
    """Raises `PasskeysOff`."""
    found = get_settings().relying_party
    if found is None:
        raise PasskeysOff
    return found


def to_make(  # noqa: PLR0913  what a browser shows
    challenge: bytes,
    *,
    handle: bytes,
    email: str,
    name: str | None,
    known: Iterable[Passkey],
    verification: bool,
) -> Options:
    """For a discoverable passkey, on an authenticator that has none of the account yet."""
    return options_to_json_dict(
        generate_registration_options(
            rp_id=party().id,
            rp_name=get_settings().app_name,
            user_id=handle,
            user_name=email,
            user_display_name=name or email,
            challenge=challenge,
            timeout=TIMEOUT,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=_needed(verification=verification),
            ),
            exclude_credentials=_descriptors(known),
            supported_pub_key_algs=ALGORITHMS,
        )
    )


def to_use(challenge: bytes, *, known: Iterable[Passkey] = (), verification: bool) -> Options:
    """For one of the known passkeys or, if none is named, for any one of this website."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=party().id,
            challenge=challenge,
            timeout=TIMEOUT,
            allow_credentials=_descriptors(known),
            user_verification=_needed(verification=verification),
        )
    )


def known_transports(said: Iterable[str]) -> str:
    return " ".join(one for one in dict.fromkeys(said) if one in TRANSPORTS)


def _needed(*, verification: bool) -> UserVerificationRequirement:
    needed = UserVerificationRequirement
    return needed.REQUIRED if verification else needed.PREFERRED


def _descriptors(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id,
            transports=[AuthenticatorTransport(word) for word in one.transports.split()],
        )
        for one in known
    ]
