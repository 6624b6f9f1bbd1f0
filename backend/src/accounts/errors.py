"""Refusals about the factors of an account, and about how accounts are made."""

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


class TooManyPasskeys(Problem):
    status = 409
    code = "too_many_passkeys"
    title = "This account has as many passkeys as it may have"
    why = "An account has at most twenty passkeys."
    fix = "Remove one that you no longer use, and add the new one then."


class PasskeyTaken(Problem):
    status = 409
    code = "passkey_taken"
    title = "This passkey was added before"
    why = "Each passkey belongs to one account, and this one has its account already."
    fix = "Sign in with it, or make a new passkey."


class LastWayIn(Problem):
    status = 409
    code = "last_way_in"
    title = "Nobody could sign in to this account any more"
    why = (
        "Without this, the account would have no way to sign in, or no way back after its only "
        "passkey is lost."
    )
    fix = (
        "Add another way first: a second passkey, a password, or a confirmed e-mail address. To "
        "give the account up, delete it."
    )


class SignupMethodOff(Problem):
    status = 403
    code = "signup_method_off"
    title = "This service does not make accounts in this way"
    why = "The operator of this service has chosen how people sign up: SIGNUP_METHODS."
    fix = "Sign up in one of the ways that GET /auth/config lists as `signup_methods`."
