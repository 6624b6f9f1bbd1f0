"""Refusals of a password, and of the work that checking one takes."""

from src.kit.problem import FieldError, Problem


class Overloaded(Problem):
    status = 503
    code = "overloaded"
    title = "Too many sign-ins at this moment"
    why = (
        "Checking a password is slow on purpose, and more were asked for than this server can do "
        "at once. Requests beyond that are refused early, so that everything else stays fast."
    )
    fix = "Try again after the seconds in the `Retry-After` header."
    retry_after = 1


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
