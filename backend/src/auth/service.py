"""Signing in: short transactions around one slow hash."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

from pydantic import SecretStr
from sqlmodel import Session

from src.auth import devices, guessing
from src.auth.errors import AccountDisabled, InvalidCredentials
from src.database.database import in_transaction
from src.keys.keyring import keyring
from src.kit.clock import now
from src.passwords import hash_gate
from src.passwords.errors import Overloaded
from src.passwords.hashes import needs_rehash
from src.ratelimit import service as limits
from src.ratelimit.service import Budget
from src.sessions import service as sessions
from src.sessions.housekeeping import housekeeping
from src.sessions.schemas import Tokens
from src.sessions.tokens import Grant, tokens_for
from src.settings import get_settings
from src.users.credentials import Credentials, email_key, find_credentials, lock_verified
from src.web.visitor import Client


@dataclass(frozen=True)
class SignedIn:
    tokens: Tokens
    device_token: str = field(repr=False)


async def signin(
    *, email: str, password: SecretStr, client: Client, device_token: str | None
) -> SignedIn:
    """A new session for the right password; the same refusal and work for all else."""
    secret, account, settings = password.get_secret_value(), email_key(email), get_settings()
    device = devices.read(settings.secret_keys, device_token, now())
    budgets = [guessing.as_stranger(account, client)]
    if device is not None and devices.knows(settings.secret_keys, device, account):
        budgets.insert(0, guessing.on_known_device(account, device))
        client = replace(client, on_known_device=True)
    housekeeping.begin_if_due()
    await keyring.signing_key()  # nobody's password is hashed while there is no key
    async with guessing.hashing(client, *budgets) as budget:
        if budget is budgets[-1]:
            client = replace(client, on_known_device=False)
        while True:
            credentials = await in_transaction(find_credentials, email)
            known_hash = credentials.password_hash if credentials else None
            matches = await hash_gate.verify(secret, known_hash, client)
            if credentials is None or not matches:
                raise InvalidCredentials
            replacement = await _replacement(secret, credentials, client)
            everywhere = guessing.at_account(account, credentials.user_id)
            spent = (*budgets, everywhere) if budget else ()
            grant = await in_transaction(start_session, credentials, replacement, client, spent)
            if grant is not None:  # else the hash was replaced while it was verified
                break
    device_token = devices.token_for(
        settings.secret_keys[0],
        device,
        account,
        replacement or credentials.password_hash,
        now(),
    )
    key = await keyring.signing_key(grant.instance)
    return SignedIn(tokens=tokens_for(grant, key), device_token=device_token)


async def _replacement(secret: str, credentials: Credentials, client: Client) -> str | None:
    """A hash of the current form and cost, where the stored one is not; best effort."""
    if needs_rehash(credentials.password_hash, get_settings().bcrypt_rounds):
        with suppress(Overloaded):  # the next sign-in tries again
            return await hash_gate.hash_password(secret, replace(client, asked_at=None))
    return None


def start_session(
    db: Session,
    credentials: Credentials,
    replacement: str | None,
    client: Client,
    budgets: tuple[Budget, ...],
) -> Grant | None:
    """A session for who has shown the password, and the better hash of it, if there is one.

    None where the stored hash is no longer the one that was verified; raise `AccountDisabled`.
    """
    user = lock_verified(db, credentials)
    if user is None:
        return None
    if user.disabled_at is not None:
        raise AccountDisabled
    limits.succeed(db, *budgets)
    if replacement is not None:
        user.password_hash = replacement
        sessions.follow_password(
            db, user.id, old_hash=credentials.password_hash, new_hash=replacement
        )
    return sessions.start(
        db,
        user_id=user.id,
        password_hash=user.password_hash,
        method="password",
        client=client,
    )
