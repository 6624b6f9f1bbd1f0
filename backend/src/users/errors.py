"""Refusals that are about the account."""

from src.kit.problem import Problem


class EmailTaken(Problem):
    status = 409
    code = "email_taken"
    title = "There is already an account with this e-mail address"
    why = (
        "Every address has one account. Capital letters make no difference, and neither do "
        "other forms of the same letters, such as full-width ones."
    )
    fix = "Sign in with this address, or sign up with another one."
