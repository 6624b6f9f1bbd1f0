"""Refreshing, and the changes that a person makes to their sessions."""

from dataclasses import replace

from pydantic import SecretStr
from sqlmodel import Session

from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.ratelimit.budgets import Budget, Purpose
from src.ratelimit.limiter import Limiter
from src.sessions import refresh_tokens, requirement, steps
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.refresh_tokens import Presented
from src.sessions.rotation import rotate
from src.sessions.schemas import SessionEntry, Tokens
from src.sessions.second_factors import SecondFactors
from src.sessions.tokens import Grant, tokens_for
from src.settings import get_settings


async def refresh(
    token: SecretStr, *, limiter: Limiter, keyring: KeyRing, known: SecondFactors
) -> Tokens:
    """The next tokens for a refresh token. `rotate` says what happens to an older one.

    Raises `SessionRevoked` too if the account now needs a second factor, and has none.
    """
    presented = refresh_tokens.read(get_settings().secret_keys, token.get_secret_value())
    await limiter.count(_of_session("refresh_session", str(presented.session_id)))
    await keyring.signing_key()  # without a signing key, nothing is rotated
    grant = await in_transaction(_rotate, presented, known)
    if grant is None:
        raise SessionRevoked
    return tokens_for(grant, await keyring.signing_key(grant.instance))


def _rotate(db: Session, presented: Presented, known: SecondFactors) -> Grant | None:
    """None: the session has ended, because the account needs a second factor and has none."""
    grant = rotate(db, presented, known)
    return None if requirement.ends_session(db, grant.claims, known) else grant


async def count_change(claims: Claims, limiter: Limiter) -> None:
    """Raise `RateLimited` if the session has made too many changes."""
    budget = _of_session("session_writes", str(claims.session_id))
    await limiter.count(replace(budget, user_id=claims.user_id))


def _of_session(policy: str, subject: str) -> Budget:
    return Budget(hits=((policy, subject),), purpose=Purpose.SESSIONS)


async def sign_out(claims: Claims) -> None:
    await in_transaction(steps.sign_out, claims)


async def list_sessions(claims: Claims) -> list[SessionEntry]:
    return await in_transaction(steps.listed, claims)


async def end_session(claims: Claims, session_id: int, known: SecondFactors) -> None:
    await in_transaction(steps.end_one, claims, session_id, known)


async def end_other_sessions(claims: Claims, known: SecondFactors) -> None:
    await in_transaction(steps.end_others, claims, known)
