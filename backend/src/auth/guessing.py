"""What guards a password against being guessed: the budgets that each way of trying it draws on."""

from sqlmodel import Session

from src.auth import devices
from src.auth.devices import Device
from src.policies import KNOWN_DEVICE, KNOWN_DEVICES, SESSION, SESSIONS, STRANGERS
from src.ratelimit.budgets import Budget
from src.sessions.access_tokens import Claims
from src.settings import get_settings
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
        patience=((STRANGERS, account),),
    )


def on_known_device(account: str, device: Device) -> Budget:
    """Of its own in every respect: also who shares an address with the guesser gets in.

    For as long as the account's password is the one that was shown on the device.
    """
    subject = f"{account} {device.number.hex()}"

    def is_due(db: Session) -> bool:
        credentials = find_credentials(db, account)
        secrets = get_settings().secret_keys
        return credentials is not None and devices.has_seen(
            secrets, device, account, credentials.password_hash
        )

    return Budget(
        hits=(("signin_account", subject), ("signin_devices", account)),
        patience=((KNOWN_DEVICE, subject), (KNOWN_DEVICES, account)),
        is_due=is_due,
    )


def in_session(claims: Claims) -> Budget:
    """Of one session: whoever holds its access token may not try passwords at will."""
    subject = f"{claims.user_id} {claims.session_id}"
    return Budget(
        hits=(("password_proof", subject), ("password_account", str(claims.user_id))),
        patience=((SESSION, subject), (SESSIONS, str(claims.user_id))),
    )


def at_account(account: str, user_id: int | None) -> Budget:
    """What guesses at an account draw on together, wherever they come from."""
    of_account = Budget(
        # In the order of a device that turns out to be a stranger: nobody waits in a circle.
        hits=(("signin_devices", account), ("signin_account", account)),
        patience=((KNOWN_DEVICES, account), (STRANGERS, account)),
    )
    if user_id is None:
        return of_account
    return Budget(
        hits=(*of_account.hits, ("password_account", str(user_id))),
        patience=(*of_account.patience, (SESSIONS, str(user_id))),
    )


def of_signup(visitor: Visitor) -> Budget:
    return Budget(hits=(("signup_address", visitor.network),))
