"""What browsers send of a passkey: the JSON forms of WebAuthn Level 3, section 5.1.

Members that are not needed are ignored, since browsers add new ones.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

MAX_CREDENTIAL_ID = 1023
"""Bytes: WebAuthn Level 3, section 4."""


def raw(text: str) -> bytes:
    """The bytes of unpadded base64url, in its only form. Raises `ValueError` for another one."""
    decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if text_of(decoded) != text:
        raise ValueError
    return decoded


def text_of(plain: bytes) -> str:
    return urlsafe_b64encode(plain).rstrip(b"=").decode()


def _base64url(text: str) -> str:
    try:
        raw(text)
    except (ValueError, binascii.Error):
        raise PydanticCustomError(
            "not_base64url", "Send it in base64url without padding (RFC 4648)."
        ) from None
    return text


def _length(most: int) -> Any:  # noqa: ANN401  what Annotated takes
    """The longest text of so many bytes."""
    return Field(max_length=(most * 4 + 2) // 3)


Base64Url = Annotated[str, AfterValidator(_base64url)]
CredentialId = Annotated[Base64Url, Field(min_length=1), _length(MAX_CREDENTIAL_ID)]
ClientData = Annotated[Base64Url, _length(8000)]


def _example(response: dict[str, str]) -> dict[str, Any]:
    return {"id": "q2Vx0bJm", "rawId": "q2Vx0bJm", "type": "public-key", "response": response}


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class AttestationResponse(_Form):
    client_data: Annotated[ClientData, Field(alias="clientDataJSON")]
    attestation_object: Annotated[Base64Url, _length(6000), Field(alias="attestationObject")]
    transports: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=20)] = []


class Attestation(_Form):
    """`RegistrationResponseJSON`: what `PublicKeyCredential.toJSON()` gives for a new passkey."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _example({"clientDataJSON": "eyJ0eXBl…", "attestationObject": "o2NmbXRk…"})
        }
    )

    id: CredentialId
    raw_id: Annotated[CredentialId, Field(alias="rawId")]
    type: Literal["public-key"]
    response: AttestationResponse


class AssertionResponse(_Form):
    client_data: Annotated[ClientData, Field(alias="clientDataJSON")]
    authenticator_data: Annotated[Base64Url, _length(2000), Field(alias="authenticatorData")]
    signature: Annotated[Base64Url, _length(1024)]
    user_handle: Annotated[Annotated[Base64Url, _length(64)] | None, Field(alias="userHandle")] = (
        None
    )


class Assertion(_Form):
    """`AuthenticationResponseJSON`: what `PublicKeyCredential.toJSON()` gives at a sign-in."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _example(
                {
                    "clientDataJSON": "eyJ0eXBl…",
                    "authenticatorData": "SZYN5YgO…",
                    "signature": "MEUCIQDk…",
                    "userHandle": "M3fK9d1r…",
                }
            )
        }
    )

    id: CredentialId
    raw_id: Annotated[CredentialId, Field(alias="rawId")]
    type: Literal["public-key"]
    response: AssertionResponse


def wrapped(body: object, member: str, *beside: str) -> object:
    """A body that is WebAuthn's own form, as the member that holds it. Others stay as they are.

    `beside` are members of ours that may stand in such a body, too.
    """
    if isinstance(body, dict) and "rawId" in body and member not in body:
        return {member: body, **{name: body[name] for name in beside if name in body}}
    return body
