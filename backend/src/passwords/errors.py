"""Refusals of a password."""

from src.kit.problem import FieldError, Problem


class PasswordTooCommon(Problem):
    status = 422
    code = "password_too_common"
    title = "This password is among those that everybody tries first"
    why = (
        "The password stands in the list of the 30,000 that are used most, or it is the account's "
        "own address, a part of that, or the name of this service. People who guess "
        "passwords begin with those, so its length does not help."
    )
    fix = "Choose another one: a few words that have nothing to do with each other are good."

    def __init__(self, field: str) -> None:
        super().__init__(errors=(FieldError(field, self.code, f"{self.title}."),))
