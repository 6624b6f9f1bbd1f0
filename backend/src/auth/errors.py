"""Refusals of signing up, signing in and proving who one is."""

from src.errors import FieldError, Overloaded, Problem
from src.ratelimit.errors import RateLimited

HASHING_PROBLEMS = (RateLimited, Overloaded)
"""Of every route that takes a password."""


class EmailTaken(Problem):
    status = 409
    code = "email_taken"
    title = "There is already an account with this e-mail address"
    why = "Every address has one account; capital letters make no difference."
    mend = "Sign in with this address, or sign up with another one."


class InvalidCredentials(Problem):
    status = 401
    code = "invalid_credentials"
    title = "The e-mail address or the password is not right"
    why = (
        "No account has this address, or its password is another one. The answer is the same for "
        "both, so that nobody can find out who has an account."
    )
    mend = "Check both for typing errors. Passwords are case-sensitive and never trimmed."


class AccountDisabled(Problem):
    status = 403
    code = "account_disabled"
    title = "This account is disabled"
    why = "The password was right, but whoever runs this service has disabled the account."
    mend = "Ask whoever runs this service."


class PasswordTooCommon(Problem):
    status = 422
    code = "password_too_common"
    title = "This password is among those that everybody tries first"
    why = (
        "The password stands in the list of the 30,000 that are used most, or it is the account's "
        "own address, a part of that, or the name of this service. Whoever guesses passwords "
        "begins with those, so its length does not help."
    )
    mend = "Choose another one: a few words that have nothing to do with each other are good."

    def __init__(self, field: str) -> None:
        super().__init__(errors=(FieldError(field, self.code, f"{self.title}."),))
