"""How one guesses who knows the limits."""

from datetime import timedelta

from src.clock import Clock
from src.policies import TABLE
from tests.ratelimit.conftest import Visitor

AMPLE = " ".join(f"{name}=9999+9999/second" for name in TABLE)
"""Only the patience with wrong passwords is left."""


def guess(visitor: Visitor, moved: Clock, times: int, email: str = "ada@example.com") -> int:
    """How many guesses were checked, by one who waits as told and then tries again at once."""
    checked = 0
    for number in range(times):
        answer = visitor.signin(f"guess {number}", email)
        if answer.status_code == 429:
            wait = timedelta(seconds=int(answer.headers["retry-after"]))
            if wait > timedelta(days=1):
                break
            moved.advance(wait)
            answer = visitor.signin(f"guess {number}", email)
        assert answer.status_code == 401
        checked += 1
    return checked
