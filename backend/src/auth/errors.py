"""Refusals of a sign-in and of the password in a session."""

from src.kit.problem import Problem


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
    why = "The password was right, but the account also needs its second factor."
    fix = "Send the second factor too."


class EmailNotVerified(Problem):
    status = 403
    code = "email_not_verified"
    title = "The address of this account has to be verified first"
    why = (
        "The proof was right, but nobody has confirmed yet that the address belongs to this "
        "person, and this service asks for that."
    )
    fix = "Open the link in the mail that was sent to the address, or have it sent again."
