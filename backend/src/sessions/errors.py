"""Refusals of a token or of the session behind it (RFC 6750, section 3)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from src.kit.problem import NONE, Problem

PASSKEY_OPTIONS = MappingProxyType(
    {
        "passkey_options": {
            "type": "object",
            "description": "If a passkey is one of `factors`: what the browser needs to ask for "
            "it (`PublicKeyCredentialRequestOptionsJSON`).",
            "additionalProperties": True,
        }
    }
)
INVALID = 'Bearer error="invalid_token"'


class TokenMissing(Problem):
    status = 401
    code = "token_missing"
    title = "Sign in first"
    why = "This address needs an access token, and the request carried none."
    fix = "Sign in, and send the header `Authorization: Bearer <access_token>`."
    challenge = "Bearer"


class TokenInvalid(Problem):
    status = 401
    code = "token_invalid"
    title = "The token is not valid"
    why = (
        "The token is damaged, was made for another service or purpose, or was signed with a key "
        "that this service does not have."
    )
    fix = "Sign in again. If it keeps happening, compare `API_URL` and `SECRET_KEY` of all servers."
    challenge = INVALID


class TokenExpired(Problem):
    status = 401
    code = "token_expired"
    title = "The access token has expired"
    why = "Access tokens expire after minutes, so that a stolen one is soon useless."
    fix = "Get a new one with the refresh token: POST /auth/refresh."
    challenge = INVALID


class SessionRevoked(Problem):
    status = 401
    code = "session_revoked"
    title = "This session has ended"
    why = (
        "The session was signed out, or ended from another device or by an operator. Or it was not "
        "used for too long, reached its maximum age, or began in another copy of the database. Or "
        "the account's password was changed, or the account is disabled or deleted."
    )
    fix = "Sign in again; if the password was changed, with the new one."
    challenge = INVALID


class RefreshTokenReused(Problem):
    status = 401
    code = "refresh_token_reused"
    title = "This refresh token was used before, so its session was ended"
    why = (
        "A refresh token is valid once. This one was sent again after its successor was in use: "
        "two clients have it, and one of them may have stolen it. So both were signed out."
    )
    fix = (
        "Sign in again. If you write a client, keep only the newest refresh token, in one place "
        "that all its parts share."
    )
    challenge = INVALID
    keeps_writes = True


class ReauthenticationRequired(Problem):
    status = 403
    code = "reauthentication_required"
    title = "Prove again that it is you"
    why = (
        "This change needs a proof from the last ten minutes of who you are. The session is valid, "
        "but its last proof is older, or it was only a password and the account has a second "
        "factor."
    )
    fix = (
        "Prove it again with one of the `factors`: POST /auth/reauthenticate, or sign in again. "
        "Then repeat the request."
    )
    extensions = MappingProxyType(
        {
            "factors": {
                "type": "array",
                "items": {
                    "type": "string",
                    "enum": ["password", "passkey", "totp", "recovery_code"],
                },
                "examples": [["password"]],
            }
        }
    )
    optional = PASSKEY_OPTIONS

    def __init__(self, factors: Sequence[str], offers: Mapping[str, object] = NONE) -> None:
        super().__init__(members={"factors": list(factors), **offers})
