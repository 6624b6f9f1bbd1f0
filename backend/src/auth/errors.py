"""Refusals of signing up and signing in."""

from src.errors import Problem


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
