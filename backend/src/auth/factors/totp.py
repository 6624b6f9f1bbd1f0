"""Codes of authenticator apps as a second factor: SHA-1, six digits, 30 seconds (RFC 6238).

Other values would be safer on paper, but many apps ignore them. Each code counts once: the database
keeps the newest step that was used.
"""

import hmac
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from pyotp import HOTP, random_base32
from sqlalchemy import ColumnElement, delete, exists, update
from sqlmodel import Session, col, select

from src.auth.factors.codes import Settle, nothing_to_offer
from src.kit import readable_codes
from src.kit.clock import SKEW, now
from src.kit.sealing import CannotUnseal, derive_key, seal, unseal
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import AuthenticatorApp, User
from src.sessions.second_factors import AccountId
from src.settings import get_settings
from src.verification.errors import CodeInvalid

log = logging.getLogger("postern.factors")

NAME = "totp"
METHOD = "otp"
"""RFC 8176, section 2."""
DIGITS = 6
PERIOD = 30
"""Seconds of a step."""
DRIFT = 1
"""How many steps a person's clock may be wrong, either way."""
FAR_AHEAD = int(SKEW.total_seconds()) // PERIOD
"""Steps. A stored step further ahead was written by a wrong clock, and counts as past."""
PURPOSE = "authenticator apps"


def new_secret() -> str:
    """160 random bits, as RFC 4226 recommends, in Base32."""
    return str(random_base32())


def is_code(typed: str) -> bool:
    """Whether it has the form of a code. Recovery codes are longer."""
    code = readable_codes.plain(typed)
    return len(code) == DIGITS and code.isascii() and code.isdecimal()


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD


def step_of(secret: str, typed: str, at: datetime, *, after: int = 0) -> int | None:
    """The step of this code, if it is near this moment and newer than `after`."""
    present = step_at(at)
    used = after if after <= present + FAR_AHEAD else 0
    if not is_code(typed):
        return None
    code = readable_codes.plain(typed)
    for step in (present, present - DRIFT, present + DRIFT):
        if step > used and hmac.compare_digest(HOTP(secret, digits=DIGITS).at(step), code):
            return step
    return None


def count_opened(db: Session, secret_keys: Sequence[str]) -> tuple[int, int]:
    """How many stored secrets these keys open, and how many they do not."""
    keys, opened_ = [derive_key(secret, PURPOSE) for secret in secret_keys], 0
    query = select(AuthenticatorApp.user_id, AuthenticatorApp.sealed_secret)
    stored = db.exec(query.where(col(AuthenticatorApp.sealed_secret).is_not(None))).all()
    for user_id, text in stored:
        with suppress(CannotUnseal):
            unseal(keys, text or "", place=_place(user_id))
            opened_ += 1
    return opened_, len(stored) - opened_


def sealed(user_id: int, secret: str) -> str:
    """For the row of this account only, under the present SECRET_KEY."""
    key = derive_key(get_settings().secret_keys[0], PURPOSE)
    return seal(key, secret.encode(), place=_place(user_id))


def opened(user_id: int, sealed_secret: str | None) -> str | None:
    """None if there is none, or if SECRET_KEY does not open it: then no code is right."""
    if sealed_secret is None:
        return None
    keys = [derive_key(secret, PURPOSE) for secret in get_settings().secret_keys]
    try:
        plain, _ = unseal(keys, sealed_secret, place=_place(user_id))
    except CannotUnseal:
        log.error("SECRET_KEY does not open the authenticator app of account %s", user_id)  # noqa: TRY400  the trace says nothing more
        return None
    return plain.decode()


def renewed(user_id: int, sealed_secret: str) -> str | None:
    """The same secret under the present SECRET_KEY. None if it is. Raises `CannotUnseal`."""
    keys = [derive_key(secret, PURPOSE) for secret in get_settings().secret_keys]
    plain, key = unseal(keys, sealed_secret, place=_place(user_id))
    return None if key == keys[0] else sealed(user_id, plain.decode())


def _place(user_id: int) -> str:
    return f"{PURPOSE}: {user_id}"


def remove_since(db: Session, user_id: int, moment: datetime) -> int:
    """Remove the app if it was added later, and an enrolment that is not done. Returns how many."""
    of_user = col(AuthenticatorApp.user_id) == user_id
    begun = update(AuthenticatorApp).where(of_user).values(pending_secret=None, pending_at=None)
    db.exec(begun.execution_options(synchronize_session=False))
    gone = delete(AuthenticatorApp).where(of_user, col(AuthenticatorApp.confirmed_at) > moment)
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


class Totp:
    name = NAME
    method = METHOD
    is_substitute = False

    def enrolled(self, user_id: AccountId) -> ColumnElement[bool]:
        return exists().where(*_enrolled(user_id))

    def check(self, db: Session, user_id: int, code: str) -> Settle:
        """Raises `CodeInvalid`."""
        app = db.exec(select(AuthenticatorApp).where(*_enrolled(user_id))).first()
        secret = None if app is None else opened(user_id, app.sealed_secret)
        if app is None or secret is None:
            raise CodeInvalid
        step = step_of(secret, code, now(), after=app.last_step)
        if step is None:
            raise CodeInvalid
        return partial(_use, step, app.last_step, app.confirmed_at)

    offer = nothing_to_offer

    def last_used_at(self, db: Session, user_id: int) -> datetime | None:
        """From the newest step that was used."""
        step = db.exec(select(AuthenticatorApp.last_step).where(*_enrolled(user_id))).first()
        return None if step is None else datetime.fromtimestamp(step * PERIOD, UTC)

    def remove(self, db: Session, user_id: int) -> None:
        gone = delete(AuthenticatorApp).where(col(AuthenticatorApp.user_id) == user_id)
        db.exec(gone.execution_options(synchronize_session=False))


def _use(step: int, last_step: int, confirmed_at: datetime | None, db: Session, user: User) -> None:
    """Use the code, of the app that was checked. Of several uses at once, one succeeds."""
    last = col(AuthenticatorApp.last_step)
    used = db.exec(
        update(AuthenticatorApp)
        .where(
            *_enrolled(user.id),
            col(AuthenticatorApp.confirmed_at) == confirmed_at,
            (last < step) | (last > step + FAR_AHEAD + DRIFT),
        )
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount == 0:
        raise CodeInvalid
    if confirmed_at is not None and last_step <= step_at(confirmed_at):
        notify(db, Kind.FACTOR_USED, user, factor=NAME)


def _enrolled(user_id: AccountId) -> tuple[ColumnElement[bool], ...]:
    of_user = col(AuthenticatorApp.user_id) == user_id
    return of_user, col(AuthenticatorApp.confirmed_at).is_not(None)
