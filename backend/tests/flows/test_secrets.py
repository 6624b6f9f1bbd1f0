"""Canary secrets are sent everywhere, and appear in no answer and no log."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from src.settings import get_settings
from tests.support.waiting import said_until

SignUp = Callable[..., dict[str, Any]]
CANARY = "hunter-Zq7Wk-canary"
JSON = {"Content-Type": "application/json"}
EMAIL = "ada@example.com"

BODIES = [
    {"email": EMAIL, "password": CANARY},
    {"email": EMAIL, "password": CANARY, "extra": CANARY},
    {"email": CANARY, "password": CANARY},
    {"email": EMAIL, "password": [CANARY]},
    {"email": EMAIL, "password": {CANARY: CANARY}},
    {"email": EMAIL, "passwrod": CANARY},
    {"email": EMAIL, "password": CANARY * 200},
    {"email": EMAIL, "password": f"{CANARY}\x00"},
    [CANARY],
    CANARY,
]
RAW = [
    f'{{"email": "{EMAIL}", "password": "{CANARY}"',
    f'{{"password": "{CANARY}", "password": "{CANARY}"}}',
    f'{{"password": NaN, "x": "{CANARY}"}}',
    f"password={CANARY}",
]


def test_no_answer_and_no_log_contains_a_canary(
    client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    contents = [*map(json.dumps, BODIES), *RAW]
    answers = [
        client.request(method, path, content=content, headers=JSON | token)
        for content in contents
        for method, path in (
            ("POST", "/auth/signup"),
            ("POST", "/auth/signin"),
            ("PATCH", "/auth/profile"),
            ("PUT", "/auth/signin"),
        )
        for token in ({}, {"Authorization": f"Bearer {CANARY}"}, {"X-Request-ID": CANARY * 9})
    ]
    assert len(answers) == len(contents) * 12
    assert {answer.status_code for answer in answers} <= {200, 201, 400, 401, 405, 409, 422, 503}
    client.get("/the-last")
    said = [
        said_until(capfd, "GET '/the-last'"),
        *(answer.text + str(answer.headers) for answer in answers),
    ]
    # A field name that the client made up may be shown; no value may, nor a part of one.
    leaks = [text for text in said if CANARY[:9] in text.replace(f"password.{CANARY}", "")]
    assert leaks == []


def test_no_log_contains_a_token_or_the_key(
    client: httpx.Client, sign_up: SignUp, capfd: pytest.CaptureFixture[str]
) -> None:
    me = sign_up(password=CANARY)
    client.get("/auth/profile", headers=me["headers"])
    client.get("/auth/profile", headers={"Authorization": f"Bearer {me['access_token']}x"})
    client.get("/the-last")
    out = said_until(capfd, "GET '/the-last'")
    assert me["access_token"][-40:] not in out
    assert get_settings().secret_key.get_secret_value()[:8] not in out
    assert CANARY[:9] not in out
