"""Signing up, and what a person does with their own account."""

from dataclasses import replace

from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool

from src.accounts import steps
from src.accounts.profile import read_profile
from src.accounts.schemas import Profile, SignedUp
from src.auth import devices, guessing
from src.auth.passwords import prove_password
from src.database.database import in_transaction
from src.kit.clock import now
from src.kit.problem import FieldError
from src.passwords import hash_gate
from src.passwords.common import refuse_common
from src.passwords.hashes import normalize
from src.sessions.access_tokens import Claims
from src.settings import get_settings
from src.users import steps as users
from src.users.credentials import email_key, require_credentials
from src.web.errors import ValidationFailed
from src.web.visitor import Client


async def signup(*, email: str, password: SecretStr, name: str | None, client: Client) -> SignedUp:
    """Create an account; raise `EmailTaken` before the slow hash where that is known already."""
    secret = password.get_secret_value()
    refuse_common(secret, email, field="password")
    async with guessing.hashing(client, guessing.of_signup(client)):
        await in_transaction(users.refuse_taken, email)
        password_hash = await hash_gate.hash_password(secret, client)
    return await in_transaction(
        steps.create_account, email=email, password_hash=password_hash, name=name
    )


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
    while not await in_transaction(steps.replace_password, claims, credentials, password_hash):
        credentials = await prove_password(claims, old_secret, client)
    secrets, account = get_settings().secret_keys, email_key(credentials.email)
    device = devices.read(secrets, device_token, now())
    return devices.token_for(secrets[0], device, account, password_hash, now())


async def change_profile(claims: Claims, changes: dict[str, str | None]) -> Profile:
    """The profile as it is then; raise `SessionRevoked`."""
    if not changes:
        return await run_in_threadpool(read_profile, claims)
    return await in_transaction(steps.update_profile, claims, changes)


async def delete_profile(claims: Claims, password: SecretStr, client: Client) -> None:
    """Delete the account, for who shows its password again."""
    secret = password.get_secret_value()
    credentials = await prove_password(claims, secret, client)
    while not await in_transaction(steps.delete_user, claims, credentials):
        # The hash was replaced while it was verified.
        credentials = await prove_password(claims, secret, client)
