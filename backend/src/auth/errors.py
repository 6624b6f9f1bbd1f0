"""Refusals of a sign-in and of the password in a session."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from src.kit.problem import NONE, Problem
from src.sessions.errors import PASSKEY_OPTIONS

PROVE_AGAIN = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}
"""RFC 9470, section 3: the token is valid, but a newer proof is needed."""


class InvalidCredentials(Problem):
    status = 401
    code = "invalid_credentials"
    title = "The e-mail address or the password is not right"
    why = (
        "No account has this address, or the password is wrong. The answer is the same for both, "
        "so that it does not show who has an account."
    )
    fix = "Check both for typing errors. Passwords are case-sensitive and never trimmed."


class AccountDisabled(Problem):
    status = 403
    code = "account_disabled"
    title = "This account is disabled"
    why = "The password was right, but the operator of this service has disabled the account."
    fix = "Ask the operator of this service."


class SecondFactorRequired(Problem):
    status = 403
    code = "second_factor_required"
    title = "This account asks for a second proof"
    why = (
        "The first proof was right, but the account also needs a second factor. If `factors` is "
        "empty, it has none yet, and this service requires one of everybody."
    )
    fix = (
        "Within five minutes, send the `attempt` of this answer with a proof to one of POST "
        "/auth/signin/passkey, POST /auth/signin/totp and POST /auth/signin/recovery-code. "
        "`factors` says what the account has. If it is empty, add one of `enrol`: send the "
        "`attempt` to POST /auth/passkeys/options and POST /auth/passkeys, or to POST /auth/totp "
        "and POST /auth/totp/confirm."
    )
    extensions = MappingProxyType(
        {
            "attempt": {
                "type": "string",
                "examples": ["q2Vx0bJm3fK9d1rY5sL8wTzN4uH7pCgE6aQoIvXkM1k"],
            },
            "factors": {
                "type": "array",
                "items": {"type": "string", "enum": ["passkey", "totp", "recovery_code"]},
                "examples": [["totp", "recovery_code"]],
            },
            "enrol": {
                "type": "array",
                "items": {"type": "string", "enum": ["passkey", "totp"]},
                "examples": [[]],
            },
        }
    )
    optional = PASSKEY_OPTIONS

    def __init__(
        self,
        attempt: str,
        factors: Sequence[str],
        enrol: Sequence[str] = (),
        offers: Mapping[str, object] = NONE,
    ) -> None:
        members = {"attempt": attempt, "factors": list(factors), "enrol": list(enrol)}
        super().__init__(members={**members, **offers})


class AttemptInvalid(Problem):
    status = 401
    code = "attempt_invalid"
    title = "This sign-in has to begin again"
    why = (
        "An attempt to sign in is valid for five minutes and five codes, once, from the network "
        "and the device where it began. A change of the account's password or factors ends it."
    )
    fix = "Sign in again from the beginning."


class EmailNotVerified(Problem):
    status = 403
    code = "email_not_verified"
    title = "The address of this account has to be verified first"
    why = (
        "The proof was right, but nobody has confirmed yet that the address belongs to this "
        "person, and this service asks for that."
    )
    fix = "Open the link in the mail that was sent to the address, or have it sent again."
