"""Limits against guessing: the budgets that each way of trying a password uses."""

from dataclasses import replace

from sqlmodel import Session

from src.auth import devices, known_devices
from src.auth.devices import Device
from src.models import User
from src.policies import (
    CODES,
    CODES_IN_SESSION,
    CODES_IN_SESSIONS,
    CODES_ON_DEVICE,
    CODES_ON_DEVICES,
    KNOWN_DEVICE,
    KNOWN_DEVICES,
    SESSION,
    SESSIONS,
    UNKNOWN_DEVICES,
)
from src.ratelimit.budgets import Budget, Purpose
from src.sessions.access_tokens import Claims
from src.settings import get_settings
from src.users.addresses import address_key
from src.users.credentials import find_credentials
from src.web.visitor import Visitor


def on_unknown_device(account: str, visitor: Visitor) -> Budget:
    return Budget(
        # Narrowest limit first, so a refused request does not consume shared limits.
        hits=(
            ("signin_account_address", f"{account} {visitor.network}"),
            ("signin_address", visitor.network),
            ("signin_account", account),
        ),
        patience=((UNKNOWN_DEVICES, account),),
        account=account,
    )


def on_known_device(email: str, device: Device) -> Budget:
    """A known device shares no limit, so its person can sign in from the address of a guesser.

    A device is known as long as the account has the password that was used on it.
    """
    account = address_key(email)
    subject = f"{account} {device.number.hex()}"

    def is_due(db: Session) -> bool:
        credentials = find_credentials(db, email)
        secrets = get_settings().secret_keys
        return credentials is not None and devices.has_seen(
            secrets, device, *known_devices.names_of(email), password_hash=credentials.password_hash
        )

    return Budget(
        hits=(("signin_account", subject), ("signin_devices", account)),
        patience=((KNOWN_DEVICE, subject), (KNOWN_DEVICES, account)),
        account=account,
        is_due=is_due,
    )


def in_session(claims: Claims) -> Budget:
    """The budget of one session, so that a stolen access token does not allow unlimited guesses."""
    subject = f"{claims.user_id} {claims.session_id}"
    return Budget(
        hits=(("password_proof", subject), ("password_account", str(claims.user_id))),
        patience=((SESSION, subject), (SESSIONS, str(claims.user_id))),
        user_id=claims.user_id,
    )


def of_hashes_in_session(claims: Claims) -> Budget:
    """The budget of one session for a first password: it costs a hash, but is not a guess."""
    return replace(in_session(claims), patience=())


def at_account(account: str, user_id: int | None, visitor: Visitor | None = None) -> Budget:
    """The limits that all guesses at an account share, and those from the place of this visitor."""
    here = () if visitor is None else (("signin_account_address", f"{account} {visitor.network}"),)
    of_account = Budget(
        # In the order in which a sign-in locks them, so that no two requests deadlock.
        hits=(("signin_devices", account), *here, ("signin_account", account)),
        patience=((KNOWN_DEVICES, account), (UNKNOWN_DEVICES, account)),
    )
    if user_id is None:
        return of_account
    return Budget(
        hits=(*of_account.hits, ("password_account", str(user_id))),
        patience=(*of_account.patience, (SESSIONS, str(user_id))),
    )


def of_codes(user_id: int, device: Device | None) -> tuple[Budget, ...]:
    """The budgets for codes of second factors at a sign-in, the narrowest first.

    A known device has its own, so its person gets in while somebody with the password guesses.
    """
    unknown = codes_on_unknown_device(user_id)
    return (unknown,) if device is None else (codes_on_known_device(user_id, device), unknown)


def codes_on_unknown_device(user_id: int) -> Budget:
    subject = str(user_id)
    return Budget(hits=(("code_account", subject),), patience=((CODES, subject),), user_id=user_id)


def codes_on_known_device(user_id: int, device: Device) -> Budget:
    """Known as for the mail about new devices: a new password does not make it unknown."""

    def is_due(db: Session) -> bool:
        user = db.get(User, user_id)
        return user is not None and known_devices.was_used_by(user, device)

    subject = f"{user_id} {device.number.hex()}"
    return Budget(
        patience=((CODES_ON_DEVICE, subject), (CODES_ON_DEVICES, str(user_id))),
        user_id=user_id,
        is_due=is_due,
    )


def codes_in_session(claims: Claims) -> Budget:
    """The budget of one session for codes that make it fresh, which no sign-in uses up."""
    subject = f"{claims.user_id} {claims.session_id}"
    return Budget(
        patience=((CODES_IN_SESSION, subject), (CODES_IN_SESSIONS, str(claims.user_id))),
        user_id=claims.user_id,
    )


def codes_at_account(user_id: int) -> Budget:
    """The limits that all codes of an account share, which a right code resets."""
    subject = str(user_id)
    shared = CODES_ON_DEVICES, CODES_IN_SESSIONS, CODES
    return Budget(
        hits=(("code_account", subject),),
        patience=tuple((one, subject) for one in shared),
        user_id=user_id,
    )


def of_mailed_codes(account: str) -> Budget:
    """The budget of an account for codes from mails, wherever they are tried."""
    return Budget(hits=(("mailed_code_account", account),), account=account)


def of_passkey_options(visitor: Visitor) -> Budget:
    """Anybody can ask for them, so asking uses up no limit of answers."""
    return Budget(hits=(("passkey_options_address", visitor.network),), purpose=Purpose.SESSIONS)


def of_passkeys(visitor: Visitor) -> Budget:
    """Passkeys cannot be guessed: this bounds the work, and nobody uses up the limit of others."""
    return Budget(hits=(("passkey_address", visitor.network),), purpose=Purpose.SESSIONS)


def writes_of_session(claims: Claims) -> Budget:
    """The session's own, so nobody in the same network uses it up."""
    hits = (("session_writes", str(claims.session_id)),)
    return Budget(hits=hits, user_id=claims.user_id, purpose=Purpose.SESSIONS)


def of_invented(visitor: Visitor) -> Budget:
    """Of attempts that do not exist. Those that exist have narrow limits of their own."""
    return Budget(hits=(("attempt_address", visitor.network),), purpose=Purpose.SESSIONS)


def of_whole_signin(
    email: str, user_id: int, visitor: Visitor, device: Device | None, *, codes: bool = True
) -> Budget:
    """All that a sign-in with a second factor resets, in the order in which it is counted.

    Without `codes`, wrong codes stay counted: the second factor was a passkey.
    """
    account = address_key(email)
    used = [on_unknown_device(account, visitor), at_account(account, user_id)]
    if device is not None:
        used.insert(0, on_known_device(email, device))
    if codes:
        used += [*of_codes(user_id, device), codes_at_account(user_id)]
    return Budget(
        hits=tuple(hit for budget in used for hit in budget.hits),
        patience=tuple(one for budget in used for one in budget.patience),
    )


def of_signup(visitor: Visitor) -> Budget:
    return Budget(hits=(("signup_address", visitor.network),))
