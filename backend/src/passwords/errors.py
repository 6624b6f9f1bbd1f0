"""Refusals of a password."""

from src.kit.problem import FieldError, Problem
from src.passwords.estimate import Weakness

REASONS = {
    Weakness.COMMON: "This is a common password.",
    Weakness.WORD: "This is a common word or name.",
    Weakness.SEQUENCE: "This is a sequence, such as 12345678 or abcdefgh.",
    Weakness.REPEATS: "This repeats the same characters.",
    Weakness.DATE: "This is a date.",
    Weakness.KEYBOARD: "This is a row of keys on a keyboard.",
    Weakness.OWN: "This is your address, your name or the name of this service.",
    Weakness.LEAKED: "This is in lists of leaked passwords.",
}


class PasswordTooCommon(Problem):
    status = 422
    code = "password_too_common"
    title = "This password is among those that attackers try first"
    why = (
        "The password takes few guesses. It is a common password, a word, a date, a sequence, a "
        "repeat or a row of keys. Or it is the account's own address or name or the name of this "
        "service, with little else. Or it is in lists of leaked passwords. "
        "Attackers try these first, so its length does not help."
    )
    fix = (
        "Choose another one, such as a few unrelated words. "
        "No capitals, digits or signs are required."
    )

    def __init__(self, field: str, weakness: Weakness) -> None:
        sentence = f"{REASONS[weakness]} Use a few unrelated words."
        params = {"reason": weakness.value}
        super().__init__(errors=(FieldError(field, self.code, sentence, params),))


class PasswordBreached(Problem):
    status = 422
    code = "password_breached"
    title = "This password is known from a data breach"
    why = (
        "The password was found in a collection of passwords from data breaches. Attackers try all "
        "of these. That says nothing about this account: somebody has used the same password. "
        "Only the first five characters of its SHA-1 were sent to ask, or none."
    )
    fix = "Choose another one, such as a few unrelated words. Change it wherever else you use it."

    def __init__(self, field: str) -> None:
        sentence = "This password is known from a data breach. Use a few unrelated words."
        super().__init__(errors=(FieldError(field, self.code, sentence),))
