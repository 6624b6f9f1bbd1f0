"""Names and addresses, which no token has: asked of Postern, and remembered for a minute."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KEEP_FOR = 60.0
"""Seconds for which a profile is remembered."""
MOST = 10_000
"""Sessions whose profile is remembered; then the one that was used least recently is forgotten."""


@dataclass(frozen=True)
class Profile:
    id: int
    email: str
    name: str | None
    email_verified: bool
    created_at: datetime
    updated_at: datetime


def read(body: Mapping[str, Any]) -> Profile:
    """Postern's answer; raise `KeyError`, `TypeError` or `ValueError` if it is none."""
    return Profile(
        id=int(body["id"]),
        email=str(body["email"]),
        name=None if body["name"] is None else str(body["name"]),
        email_verified=bool(body["email_verified"]),
        created_at=datetime.fromisoformat(body["created_at"]),
        updated_at=datetime.fromisoformat(body["updated_at"]),
    )


class Remembered:
    """By session, so that a new sign-in always asks."""

    def __init__(self) -> None:
        self._profiles: OrderedDict[int, tuple[Profile, float]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, session_id: int) -> Profile | None:
        with self._lock:
            profile, at = self._profiles.get(session_id, (None, 0.0))
            if profile is None or time.monotonic() > at + KEEP_FOR:
                self._profiles.pop(session_id, None)
                return None
            self._profiles.move_to_end(session_id)
            return profile

    def keep(self, session_id: int, profile: Profile) -> None:
        with self._lock:
            self._profiles[session_id] = profile, time.monotonic()
            self._profiles.move_to_end(session_id)
            while len(self._profiles) > MOST:
                self._profiles.popitem(last=False)

    def forget(self, session_id: int) -> None:
        with self._lock:
            self._profiles.pop(session_id, None)
