"""The pair of tokens of one generation of a session."""

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
    """A session at one generation, for which tokens may be made."""

    claims: Claims
    began_at: datetime
    expires_at: datetime
    """The end of the session. Its access tokens expire then at the latest."""
    instance: UUID
    """The instance of the database, read in the statement that granted this."""


def amr_of(stored: str | None) -> tuple[str, ...]:
    """The proofs of a session. Earlier releases did not record them: they knew only one kind."""
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
