"""Asks again where a busy machine had no capacity, as the answer says."""

import time
from collections.abc import Callable

import httpx

BUSY = {"overloaded", "database_unavailable"}
"""The second one: a statement waited for too long, and nothing was changed."""


def until_served(ask: Callable[[], httpx.Response], within: float = 60) -> httpx.Response:
    """The first answer that is not a 503 of a busy machine."""
    until = time.monotonic() + within
    while True:
        answer = ask()
        busy = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        if not busy or answer.json()["code"] not in BUSY or time.monotonic() > until:
            return answer
        time.sleep(0.1)
