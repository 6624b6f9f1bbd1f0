"""Changing a password, and proving it again where the access token is not enough."""

from dataclasses import replace

from pydantic import SecretStr
from sqlmodel import Session

from src.auth import devices, guessing
from src.auth.errors import InvalidCredentials
from src.database.database import in_transaction
from src.errors import FieldError, ValidationFailed
from src.kit.clock import now
from src.passwords import hash_gate
from src.passwords.common import refuse_common
from src.passwords.hashes import normalize
from src.ratelimit import service as limits
from src.sessions import service as sessions
from src.sessions.access_tokens import Claims
from src.sessions.liveness import require
from src.sessions.service import EndedBy
from src.settings import get_settings
from src.users.credentials import Credentials, email_key, lock_verified, require_credentials
from src.web.visitor import Client

PROVE_AGAIN = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}
"""RFC 9470, section 3: the token is good, but it is not enough for this."""


async def change_password(
    claims: Claims,
    *,
    current: SecretStr,
    new: SecretStr,
    client: Client,
    device_token: str | None,
) -> str:
    """Replace the password and end all other sessions; this one lives on.

    Gives the next token of the device: with the former one it would be a stranger from now on.
    """
    old_secret, new_secret = current.get_secret_value(), new.get_secret_value()
    if normalize(new_secret) == normalize(old_secret):
        sentence = "This is the current password. Choose another one."
        raise ValidationFailed(errors=(FieldError("new_password", "password_unchanged", sentence),))
    refuse_common(
        new_secret, (await in_transaction(require_credentials, claims)).email, field="new_password"
    )
    credentials = await prove_password(claims, old_secret, client)
    password_hash = await hash_gate.hash_password(new_secret, replace(client, asked_at=None))
    while not await in_transaction(replace_password, claims, credentials, password_hash):
        credentials = await prove_password(claims, old_secret, client)
    secrets, account = get_settings().secret_keys, email_key(credentials.email)
    device = devices.read(secrets, device_token, now())
    return devices.token_for(secrets[0], device, account, password_hash, now())


async def prove_password(claims: Claims, secret: str, client: Client) -> Credentials:
    """The bearer's credentials, after they have shown the password again; `InvalidCredentials`."""
    async with guessing.hashing(client, guessing.in_session(claims)) as budget:
        credentials = await in_transaction(require_credentials, claims)
        if not await hash_gate.verify(secret, credentials.password_hash, client):
            raise InvalidCredentials("The password is not right.", headers=PROVE_AGAIN)
    if budget is not None:
        await in_transaction(limits.succeed, budget)
    return credentials


def replace_password(
    db: Session, claims: Claims, credentials: Credentials, password_hash: str
) -> bool:
    """False where the stored hash is no longer the one that was verified."""
    user = lock_verified(db, credentials)
    if user is None:
        require(db, claims)  # another password has ended the session, if it was set elsewhere
        return False
    sessions.end_others(db, claims, by=EndedBy.PASSWORD_CHANGE)
    user.password_hash, user.updated_at = password_hash, now()
    db.flush()  # from here on, sessions count only with the new one
    sessions.follow_password(
        db, user.id, old_hash=credentials.password_hash, new_hash=password_hash
    )
    return True
