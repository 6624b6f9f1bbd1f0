"""Challenges of passkeys: sealed, for one purpose, for five minutes, and used once.

A challenge carries what it was made for, so nothing is stored for one that is only asked for:
anybody can ask. A digest is stored when it is used.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from src.auth.passkeys.errors import ChallengeInvalid
from src.kit.clock import now
from src.kit.crypto import random_token
from src.kit.sealing import CannotUnseal, derive_key, seal, unseal
from src.models import UsedChallenge
from src.settings import get_settings

VALID_FOR = timedelta(minutes=5)
PURPOSE = "passkey challenges"
SIGN_IN = "sign-in"
SIGN_UP = "sign-up"


def enrolment(place: str) -> str:
    """In a session, or in an attempt to sign in."""
    return f"enrolment in {place}"


@dataclass(frozen=True)
class Challenge:
    digest: bytes
    expires_at: datetime
    facts: Mapping[str, str]
    """What was known when it was made, such as the address of a new account."""


def new(asked_by: str, **facts: str | None) -> bytes:
    """A challenge that counts only for what asked for it, such as one session."""
    known = {name: fact for name, fact in facts.items() if fact is not None}
    said = [int(now().timestamp()), random_token(16), known]
    plain = json.dumps(said, ensure_ascii=False).encode()
    key = derive_key(get_settings().secret_keys[0], PURPOSE)
    return seal(key, plain, place=_place(asked_by)).encode()


def opened(challenge: bytes, asked_by: str) -> Challenge:
    """Raises `ChallengeInvalid` if it has expired, or was made for something else."""
    keys = [derive_key(secret, PURPOSE) for secret in get_settings().secret_keys]
    try:
        plain, _ = unseal(keys, challenge.decode(), place=_place(asked_by))
    except (CannotUnseal, UnicodeDecodeError):
        raise ChallengeInvalid from None
    seconds, _, facts = json.loads(plain)
    expires_at = datetime.fromtimestamp(seconds, UTC) + VALID_FOR
    if now() >= expires_at:
        raise ChallengeInvalid
    return Challenge(hashlib.sha256(challenge).digest(), expires_at, facts)


def use(db: Session, challenge: Challenge) -> None:
    """Of several uses at once, one succeeds. Raises `ChallengeInvalid`."""
    used = insert(UsedChallenge).values(digest=challenge.digest, expires_at=challenge.expires_at)
    once = used.on_conflict_do_nothing(index_elements=[col(UsedChallenge.digest)])
    if db.execute(once.returning(col(UsedChallenge.digest))).first() is None:
        raise ChallengeInvalid


def _place(asked_by: str) -> str:
    return f"{PURPOSE}: {asked_by}"
