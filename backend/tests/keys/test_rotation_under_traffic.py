"""Keys rotate while two processes serve requests, and no request fails."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from src.database.database import unit_of_work
from src.keys import steps
from src.settings import BACKEND
from tests.support.live import part
from tests.support.ports import free_port
from tests.support.waiting import eventually

RENEW_EVERY = 0.4
LEAD = timedelta(seconds=2)
"""In production, keys are read again every minute and published 15 minutes before they sign."""
OTHER_PROCESS = f"""
import sys
import uvicorn
from src.keys import keyring
keyring.RENEW_EVERY = keyring.LOOK_UP_EVERY = {RENEW_EVERY}
uvicorn.run("src.main:app", port=int(sys.argv[1]), log_config=None)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    """A second process of the service, on the same database."""
    port = free_port()
    with (tmp_path / "log").open("w") as out:
        process = subprocess.Popen(
            (sys.executable, "-c", OTHER_PROCESS, str(port)),
            cwd=BACKEND,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/livez").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait(20)


class Verifier:
    """Another service, which caches the key set for a while."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")

    def accepts(self, token: str) -> bool:
        if time.monotonic() - self._read_at > RENEW_EVERY:
            keys = httpx.get(f"{self._address}/.well-known/jwks.json").json()
            self._keys = {key["kid"]: jwt.PyJWK(key) for key in keys["keys"]}
            self._read_at = time.monotonic()
        key = self._keys.get(jwt.get_unverified_header(token)["kid"])
        if key is None:
            return False
        jwt.decode(token, key, algorithms=["ES256"], audience="http://api.test")
        return True


def test_three_rotations_refuse_no_valid_token(
    client: httpx.Client,
    other: str,
    sign_up: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("renew_every", "look_up_every"):
        monkeypatch.setattr(part("keyring"), name, RENEW_EVERY)
    addresses = (str(client.base_url), other)
    people = [sign_up(f"person-{number}@example.com") for number in range(4)]
    answers: Counter[str] = Counter()
    signers: set[str] = set()
    done = threading.Event()

    def live(number: int) -> None:
        refresh_token = people[number]["refresh_token"]
        issuer, reader = addresses[number % 2], addresses[(number // 2) % 2]
        verifier = Verifier(reader)
        with httpx.Client(timeout=30) as http:
            while not done.is_set():
                body = {"refresh_token": refresh_token}
                refreshed = http.post(f"{issuer}/auth/refresh", json=body)
                answers[f"refresh {refreshed.status_code}"] += 1
                if refreshed.status_code != 200:
                    return
                token, refresh_token = (
                    refreshed.json()[name] for name in ("access_token", "refresh_token")
                )
                signers.add(jwt.get_unverified_header(token)["kid"])
                bearer = {"Authorization": f"Bearer {token}"}
                profile = http.get(f"{reader}/auth/profile", headers=bearer)
                answers[f"profile {profile.status_code}"] += 1
                answers[f"offline {verifier.accepts(token)}"] += 1

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(live, number) for number in range(4)]
        try:
            for number in range(3):
                with unit_of_work() as db:
                    steps.rotate(db, lead=LEAD)
                eventually(lambda: len(signers) > number + 1)  # noqa: B023  called at once
        finally:
            done.set()
        for each in running:
            each.result()
    assert set(answers) == {"refresh 200", "profile 200", "offline True"}
    assert len(signers) == 4
    print(f"{answers.total()} answers during three rotations")  # noqa: T201  a figure of docs/performance.md
