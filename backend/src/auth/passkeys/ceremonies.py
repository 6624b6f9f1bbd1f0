"""Whether the answer of a passkey is right: a new one's (WebAuthn Level 3, 7.1), or a use (7.2).

The library checks signatures, flags and the forms of CBOR. What it leaves out is checked here, and
so is what would make it raise errors that are not its own. Pure.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authenticator_data,
    parse_cbor,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    CredentialDeviceType,
    RegistrationCredential,
)

from src.auth.passkeys.errors import AttestationInvalid, PasskeyInvalid
from src.auth.passkeys.fields import Assertion, Attestation, raw
from src.kit.relying_party import RelyingParty

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
"""ES256, EdDSA and RS256, in the order in which they are preferred."""
KTY, ALG, CURVE, X, Y = 1, 3, -1, -2, -3
"""Labels of a key (RFC 9053). For RSA, `CURVE` and `X` are the modulus and the exponent."""
EC2, OKP, RSA = 2, 1, 3
P256, ED25519 = 1, 6
COORDINATE = 32
"""Bytes of a coordinate of both curves."""
RSA_MODULUS = range(2048, 4097)
"""Bits. A larger one would make each check slow."""
RSA_EXPONENT = range(1, 5)
MOST_SHOWN = 200
"""Characters of a reason in the log, such as another origin."""
SELF_ATTESTATION = frozenset({"alg", "sig"})


@dataclass(frozen=True)
class NewCredential:
    credential_id: bytes
    public_key: bytes
    aaguid: str
    sign_count: int
    is_verified: bool
    """Whether the authenticator has checked who its person is."""
    backup_eligible: bool
    backed_up: bool


@dataclass(frozen=True)
class Use:
    """A right answer of a passkey."""

    sign_count: int
    is_verified: bool
    backed_up: bool


def challenge_in(client_data: str) -> bytes:
    """The challenge that was answered. Empty if there is none."""
    try:
        return raw(_client_data(client_data)["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return b""


def verified_new(
    sent: Attestation, party: RelyingParty, challenge: bytes, *, verification: bool
) -> NewCredential:
    """Raises `AttestationInvalid`. The statement of a maker (attestation) is not asked for."""
    try:
        _refuse_other_pages(sent.response.client_data)
        statement = raw(sent.response.attestation_object)
        _refuse_odd_key(statement)
        verified = verify_registration_response(
            credential=RegistrationCredential(
                id=sent.id,
                raw_id=raw(sent.raw_id),
                response=AuthenticatorAttestationResponse(
                    client_data_json=raw(sent.response.client_data),
                    attestation_object=statement,
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=verification,
            supported_pub_key_algs=ALGORITHMS,
        )
    except (WebAuthnException, _Odd) as error:
        raise AttestationInvalid(log=_why(error)) from None
    if verified.credential_id != raw(sent.raw_id):
        raise AttestationInvalid
    return NewCredential(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        aaguid=verified.aaguid,
        sign_count=verified.sign_count,
        is_verified=verified.user_verified,
        backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
    )


def verified_use(  # noqa: PLR0913  what the stored passkey says
    sent: Assertion,
    party: RelyingParty,
    challenge: bytes,
    *,
    public_key: bytes,
    user_handle: bytes,
    backup_eligible: bool,
    verification: bool,
) -> Use:
    """Raises `PasskeyInvalid`. With `verification`, it must have checked its person."""
    handle = sent.response.user_handle
    if handle is not None and raw(handle) != user_handle:
        raise PasskeyInvalid
    try:
        _refuse_other_pages(sent.response.client_data)
        verified = verify_authentication_response(
            credential=AuthenticationCredential(
                id=sent.id,
                raw_id=raw(sent.raw_id),
                response=AuthenticatorAssertionResponse(
                    client_data_json=raw(sent.response.client_data),
                    authenticator_data=raw(sent.response.authenticator_data),
                    signature=raw(sent.response.signature),
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=public_key,
            credential_current_sign_count=0,  # a lower count refuses nothing: it is reported
            require_user_verification=verification,
        )
    except (WebAuthnException, _Odd) as error:
        raise PasskeyInvalid(log=_why(error)) from None
    may_be_copied = verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    if may_be_copied != backup_eligible:
        raise PasskeyInvalid
    return Use(verified.new_sign_count, verified.user_verified, verified.credential_backed_up)


class _Odd(Exception):  # noqa: N818  it names the fact
    """What a browser sends has another form than the specification says."""


def _why(error: Exception) -> dict[str, object]:
    return {"why": str(error)[:MOST_SHOWN]}


def _client_data(text: str) -> dict[str, Any]:
    said = json.loads(raw(text).decode())
    if not isinstance(said, dict):
        raise TypeError
    return said


def _refuse_other_pages(client_data: str) -> None:
    """Refuse answers from a frame in a page of another website. The library does not look."""
    try:
        said = _client_data(client_data)
    except (ValueError, TypeError, RecursionError):
        raise _Odd("clientDataJSON is no object") from None
    if not all(isinstance(said.get(name), str) for name in ("type", "challenge", "origin")):
        raise _Odd("clientDataJSON lacks a member")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise _Odd("the page is in a frame of another origin")


def _refuse_odd_key(statement: bytes) -> None:
    """Check the parts of an attestation object that are used before the library checks them.

    Without attestation nothing is signed, so nothing else would show that the key cannot be used.
    """
    said = parse_cbor(statement)
    if not isinstance(said, dict) or set(said) != {"fmt", "attStmt", "authData"}:
        raise _Odd("attestationObject has other members")
    _refuse_makers(said["fmt"], said["attStmt"])
    if not isinstance(said["authData"], bytes):
        raise _Odd("authData is no text of bytes")
    credential = parse_authenticator_data(said["authData"]).attested_credential_data
    if credential is None or not credential.credential_id:
        raise _Odd("there is no credential")
    key = parse_cbor(credential.credential_public_key)
    if not isinstance(key, Mapping) or not _is_offered(key):
        raise _Odd("the public key has another form or algorithm")
    try:
        decoded = decode_credential_public_key(credential.credential_public_key)
        decoded_public_key_to_cryptography(decoded)
    except ValueError:
        raise _Odd("the public key is no point of its curve, or has an odd modulus") from None


def _refuse_makers(kind: object, said: object) -> None:
    """Attestation `none`, or by the passkey's own key, which some authenticators always send."""
    if kind == "none" and said == {}:
        return
    if kind != "packed" or not isinstance(said, dict) or set(said) != SELF_ATTESTATION:
        raise _Odd("an attestation was not asked for")
    if not isinstance(said["sig"], bytes):
        raise _Odd("the signature is no text of bytes")


def _is_offered(key: Mapping[object, object]) -> bool:
    parts = [key.get(label) for label in (CURVE, X, Y)]
    match (key.get(KTY), key.get(ALG)):
        case (2, -7):
            return parts[0] == P256 and _is_long(parts[1]) and _is_long(parts[2])
        case (1, -8):
            return parts[0] == ED25519 and _is_long(parts[1])
        case (3, -257):
            return _is_modulus(parts[0]) and _has(parts[1], RSA_EXPONENT)
        case _:
            return False


def _is_long(part: object) -> bool:
    return _has(part, range(COORDINATE, COORDINATE + 1))


def _is_modulus(part: object) -> bool:
    if not isinstance(part, bytes):
        return False
    modulus = int.from_bytes(part, "big")
    return modulus.bit_length() in RSA_MODULUS and modulus % 2 == 1


def _has(part: object, length: range) -> bool:
    return isinstance(part, bytes) and len(part) in length
