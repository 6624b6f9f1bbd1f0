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


class AccountInUse(Problem):
    status = 409
    code = "account_in_use"
    title = "Other data still needs this account"
    why = (
        "An app keeps data of this account in the same database. Its foreign key or trigger does "
        "not let the account go before that data. Nothing was deleted."
    )
    fix = (
        "Delete that data first, in the app that keeps it. For operators: the log names the "
        "constraint; its `ON DELETE` decides what happens with the data."
    )
