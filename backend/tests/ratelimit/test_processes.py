"""Limits are shared by all processes and survive a restart."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.ratelimit.conftest import AMPLE
from tests.support.service import Service, service
from tests.support.waiting import eventually

LIMITS = {"RATE_LIMITS": "on", "RATE_LIMIT_POLICIES": "signup_address=5+1/day"}


def once_there_is_capacity(send: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer; a request that was refused for want of capacity was not counted."""
    answers: list[httpx.Response] = []

    def is_answered() -> bool:
        answers.append(send())
        return not (answers[-1].status_code == 503 and answers[-1].json()["code"] == "overloaded")

    eventually(is_answered)
    return answers[-1]


def signup(running: Service, number: int) -> int:
    body = {"email": f"p{number}@example.com", "password": "testpass123"}
    send = partial(running.client.post, "/auth/signup", json=body)
    return once_there_is_capacity(send).status_code


@pytest.mark.usefixtures("client")
def test_limits_hold_for_two_processes_and_after_a_restart(tmp_path: Path) -> None:
    with (
        service(tmp_path, LIMITS, name="one") as one,
        service(tmp_path, LIMITS, name="two") as two,
    ):
        one.wait_ready()
        two.wait_ready()
        with ThreadPoolExecutor(10) as pool:
            both = (one, two)
            codes = list(pool.map(lambda number: signup(both[number % 2], number), range(20)))
    assert Counter(codes) == {201: 5, 429: 15}
    with service(tmp_path, LIMITS, name="three") as three:
        three.wait_ready()
        assert signup(three, 99) == 429


def test_many_mixed_sign_ins_at_once_cause_no_deadlock(
    client: httpx.Client, sign_up: Callable[..., object], limit: Callable[..., None]
) -> None:
    sign_up()
    limit(AMPLE)
    codes: Counter[int] = Counter()
    device: list[str] = []
    lock = threading.Lock()

    def signin(number: int) -> None:
        right = number % 2 == 0
        headers = {"X-Forwarded-For": f"192.0.2.{number % 3}"}
        if number % 4 == 0 and device:
            headers["Postern-Device"] = device[0]
        body = {"email": "ada@example.com", "password": "testpass123" if right else "wrong-pass"}
        send = partial(client.post, "/auth/signin", json=body, headers=headers)
        answer = once_there_is_capacity(send)
        with lock:
            codes[answer.status_code] += 1
            device.extend([answer.headers["postern-device"]] if answer.status_code == 200 else [])

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(signin, range(300)))
    assert set(codes) <= {200, 401, 429}, codes
    assert codes[200]
