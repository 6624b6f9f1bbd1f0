"""Refusals about the factors of an account."""

from src.kit.problem import Problem


class TotpNotStarted(Problem):
    status = 409
    code = "totp_not_started"
    title = "No authenticator app is being added"
    why = (
        "A new app begins with POST /auth/totp, and its first code has to come within an hour. "
        "Nothing waits for a code of this account."
    )
    fix = "Begin with POST /auth/totp, and send a code of the app that has read the new secret."
