"""Refusals about the factors of an account."""

from src.kit.problem import Problem


class LastSecondFactor(Problem):
    status = 409
    code = "last_second_factor"
    title = "This is the last second factor of the account"
    why = "This service requires a second factor of everybody, and the account has no other one."
    fix = "Add another one first. A new authenticator app takes the place of the present one."


class TotpNotStarted(Problem):
    status = 409
    code = "totp_not_started"
    title = "No authenticator app is being added"
    why = (
        "A new app begins with POST /auth/totp, and its first code has to come within an hour. "
        "Nothing waits for a code of this account."
    )
    fix = "Begin with POST /auth/totp, and send a code of the app that has read the new secret."
