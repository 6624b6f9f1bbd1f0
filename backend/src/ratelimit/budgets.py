"""The limits that one request uses."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from src.policies import Patience, Policy
from src.ratelimit.keys import key_of
from src.settings import get_settings


class Purpose(StrEnum):
    """The purposes of requests. Those of one purpose never delay those of another."""

    PASSWORDS = "passwords"
    SESSIONS = "sessions"
    MAIL = "mail"


@dataclass(frozen=True)
class Budget:
    """The limits that one request uses: buckets by policy, and wrong passwords in a row."""

    hits: tuple[tuple[str, str], ...] = ()
    """Names of policies with their subjects."""
    patience: tuple[tuple[Patience, str], ...] = ()
    """Limits for wrong passwords in a row, with their subjects."""
    account: str | None = None
    """The key of the address that the request names, if it names one."""
    user_id: int | None = None
    """The account of the session, if there is one."""
    purpose: Purpose = Purpose.PASSWORDS
    is_due: Callable[[Session], bool] = lambda _: True
    """Whether the request may use this budget. If not, it uses the next one."""

    @property
    def policies(self) -> list[tuple[Policy, str]]:
        policies = get_settings().rate_limit_policies
        return [(policies[name], subject) for name, subject in self.hits]

    @property
    def keys(self) -> list[bytes]:
        named = *self.hits, *((patience.name, subject) for patience, subject in self.patience)
        return [key_of(name, subject) for name, subject in named]
