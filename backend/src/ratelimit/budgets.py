"""What one request draws on."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from src.policies import Patience, Policy
from src.ratelimit.keys import key_of
from src.settings import get_settings


class Purpose(StrEnum):
    """What requests are counted for. Those of one purpose never delay those of another."""

    PASSWORDS = "passwords"
    SESSIONS = "sessions"


@dataclass(frozen=True)
class Budget:
    """What one request draws on: buckets by policy, and wrong passwords in a row."""

    hits: tuple[tuple[str, str], ...] = ()
    """Names of policies, each with its subject."""
    patience: tuple[tuple[Patience, str], ...] = ()
    """Each with its subject."""
    purpose: Purpose = Purpose.PASSWORDS
    is_due: Callable[[Session], bool] = lambda _: True
    """Whether the request may draw on it, where another one stands behind it."""

    @property
    def policies(self) -> list[tuple[Policy, str]]:
        policies = get_settings().rate_limit_policies
        return [(policies[name], subject) for name, subject in self.hits]

    @property
    def keys(self) -> list[bytes]:
        named = *self.hits, *((patience.name, subject) for patience, subject in self.patience)
        return [key_of(name, subject) for name, subject in named]
