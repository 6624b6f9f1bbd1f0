"""The refusal of a client that sends too many requests."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from src.kit.problem import Problem


@dataclass(frozen=True)
class Reached:
    """A limit that refuses for a while. It allows `quota` requests in `window`."""

    key: bytes
    policy: str
    quota: int
    window: timedelta
    until: datetime


class RateLimited(Problem):
    """The answer has the fields of draft-ietf-httpapi-ratelimit-headers-11 (May 2026)."""

    status = 429
    code = "rate_limited"
    title = "Too many attempts"
    why = (
        "Sign-ins, sign-ups and similar requests have limits: a number at once, and a number over "
        "time. This address, account or session has reached one of them. Nothing else was checked, "
        "so this does not show whether an account exists or a password is right."
    )
    fix = (
        "Wait for the seconds in the `Retry-After` header. A browser in which you signed in before "
        "has its own limit, and signing in there resets the other limits."
    )
    keeps_writes = True  # the limits before the refusing one keep their counts
    retry_after = 1

    def __init__(self, reached: Reached, at: datetime) -> None:
        seconds = max(1, math.ceil((reached.until - at).total_seconds()))
        window = math.ceil(reached.window.total_seconds())
        super().__init__(
            f"Too many attempts: try again in {_words(seconds)}.",
            retry_after=seconds,
            headers={
                "RateLimit-Policy": f'"{reached.policy}";q={reached.quota};w={window}',
                "RateLimit": f'"{reached.policy}";r=0;t={seconds}',
            },
        )
        self.reached = reached


def _words(seconds: int) -> str:
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds > size:
            return f"{math.ceil(seconds / size)} {unit}s"
    return f"{seconds} second{'s' if seconds > 1 else ''}"
