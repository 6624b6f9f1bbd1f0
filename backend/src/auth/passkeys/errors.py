"""Refusals of passkeys."""

from src.kit.problem import Problem


class PasskeyInvalid(Problem):
    status = 401
    code = "passkey_invalid"
    keeps_writes = True
    title = "This passkey was not accepted"
    why = (
        "The answer of the passkey does not fit: it belongs to another account or to another "
        "website, its signature is wrong, or it did not check who you are (PIN, finger, face)."
    )
    fix = "Try again with the passkey of this account, on the website where you added it."


class PasskeyUnknown(Problem):
    status = 401
    code = "passkey_unknown"
    keeps_writes = True
    title = "This service does not know the passkey"
    why = "It was removed from its account, or the account was deleted. No account has it now."
    fix = "Delete it on your device or in your password manager. Sign in in another way."


class ChallengeInvalid(Problem):
    status = 401
    code = "challenge_invalid"
    title = "This request for a passkey has expired or was used"
    why = (
        "The options that the browser gets for a passkey are valid for five minutes, once, and "
        "only for what they were made for."
    )
    fix = "Get new options, and answer them within five minutes."


class AttestationInvalid(Problem):
    status = 422
    code = "attestation_invalid"
    title = "This passkey could not be added"
    why = (
        "The answer of the browser does not fit: it answers other or expired options, comes from "
        "another website, or its key has a form that was not asked for."
    )
    fix = "Get new options, and add the passkey within five minutes. Or use another device."


class PasskeysOff(Problem):
    status = 501
    code = "passkeys_not_set_up"
    title = "This service cannot use passkeys"
    why = "Browsers have passkeys only for domain names, and the web app of this service has none."
    fix = "Operators: set WEB_URL to an address with a domain name. Everybody else: ask them."


REFUSALS = PasskeyInvalid, PasskeyUnknown, ChallengeInvalid
"""Of the answer of a passkey that signs in, or proves again who somebody is."""
