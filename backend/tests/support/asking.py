"""Asks again where a busy machine had no capacity, as the answer says, and many times at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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


def at_once(client: httpx.Client, ask: Callable[[httpx.Client, int], httpx.Response]) -> list[int]:
    """The statuses of 32 parallel requests."""

    def one(number: int) -> int:
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            return until_served(lambda: ask(own, number)).status_code

    with ThreadPoolExecutor(32) as pool:
        return sorted(pool.map(one, range(32)))
