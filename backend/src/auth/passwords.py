"""Proving a password again, where the access token is not enough."""

from src.auth import guessing
from src.auth.errors import InvalidCredentials
from src.database.database import in_transaction
from src.passwords import hash_gate
from src.ratelimit import service as limits
from src.sessions.access_tokens import Claims
from src.users.credentials import Credentials, require_credentials
from src.web.visitor import Client

PROVE_AGAIN = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}
"""RFC 9470, section 3: the token is good, but it is not enough for this."""


async def prove_password(claims: Claims, secret: str, client: Client) -> Credentials:
    """The bearer's credentials, after they have shown the password again; `InvalidCredentials`."""
    async with guessing.hashing(client, guessing.in_session(claims)) as budget:
        credentials = await in_transaction(require_credentials, claims)
        if not await hash_gate.verify(secret, credentials.password_hash, client):
            raise InvalidCredentials("The password is not right.", headers=PROVE_AGAIN)
    if budget is not None:
        await in_transaction(limits.succeed, budget)
    return credentials
