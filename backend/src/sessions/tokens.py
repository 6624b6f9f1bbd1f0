"""The pair of tokens that a session gives at one generation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from src.keys.signing_keys import SigningKey
from src.kit.clock import now
from src.sessions import access_tokens, refresh_tokens
from src.sessions.access_tokens import Claims
from src.sessions.refresh_tokens import Presented
from src.sessions.schemas import Tokens
from src.settings import get_settings


@dataclass(frozen=True)
class Grant:
    """What tokens may be made for: a session at one generation."""

    claims: Claims
    began_at: datetime
    expires_at: datetime
    """The end of the session, which no access token outlives."""
    instance: UUID
    """Of the database, in the statement that granted it."""


def amr_of(stored: str | None) -> tuple[str, ...]:
    """The proofs that a session began with; before they were recorded there was one kind only."""
    return tuple((stored or "pwd").split())


def tokens_for(grant: Grant, key: SigningKey) -> Tokens:
    settings, claims, at = get_settings(), grant.claims, now()
    ttl = min(timedelta(seconds=settings.access_token_ttl), grant.expires_at - at)
    refreshable = Presented(claims.session_id, grant.began_at, claims.generation, grant.instance)
    return Tokens(
        access_token=access_tokens.issue(key, claims, issuer=settings.api_url, at=at, ttl=ttl),
        expires_in=int(ttl.total_seconds()),
        refresh_token=refresh_tokens.derive(settings.secret_keys[0], refreshable),
    )
