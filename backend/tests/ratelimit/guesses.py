"""An attacker who guesses passwords and knows the limits."""

from datetime import timedelta

from src.kit.clock import Clock
from tests.ratelimit.conftest import Visitor


def guess(visitor: Visitor, moved: Clock, times: int, email: str = "ada@example.com") -> int:
    """How many guesses were checked. The attacker waits as long as `Retry-After` says."""
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
