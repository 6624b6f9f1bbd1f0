"""Limits are off in all other tests. Here they are on, and a client may choose its address."""

from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from src.policies import TABLE
from tests.support.live import forget_refusals

ADDRESS, OTHER = "192.0.2.1", "198.51.100.7"
PASSWORD, WRONG = "testpass123", "wrong-password"
AMPLE = " ".join(f"{name}=9999+9999/second" for name in TABLE)
"""Rates so high that only the waits after wrong passwords are left."""
Account = dict[str, Any]
SignUp = Callable[..., Account]
Configure = Callable[..., Any]
Limit = Callable[..., None]
Connection = psycopg2.extensions.connection


@pytest.fixture
def limit(configure: Callable[..., Any]) -> Callable[..., None]:
    """Turn limits on, with changes to the table."""
    from src.policies import with_overrides

    def limit(changes: str = "") -> None:
        configure(rate_limits=True, rate_limit_policies=with_overrides(changes))
        forget_refusals()

    return limit


@pytest.fixture
def ada(sign_up: SignUp, limit: Limit) -> Account:
    """An account. Of all limits, only the waits after wrong passwords are left."""
    account = sign_up()
    limit(AMPLE)
    return account


class Visitor:
    """A client that signs in from an address. It sends its device token if it has one."""

    def __init__(self, client: httpx.Client, ip: str = ADDRESS) -> None:
        self.client = client
        self.ip = ip
        self.device: str | None = None

    def signin(
        self, password: str = PASSWORD, email: str = "ada@example.com", ip: str | None = None
    ) -> httpx.Response:
        headers = {"X-Forwarded-For": ip or self.ip}
        if self.device is not None:
            headers["Postern-Device"] = self.device
        body = {"email": email, "password": password}
        return self.client.post("/auth/signin", json=body, headers=headers)

    def remember(self) -> "Visitor":
        answer = self.signin()
        assert answer.status_code == 200, answer.text
        self.device = answer.headers["postern-device"]
        return self


Visit = Callable[..., Visitor]


@pytest.fixture
def visitor(client: httpx.Client) -> Callable[..., Visitor]:
    def visitor(ip: str = ADDRESS) -> Visitor:
        return Visitor(client, ip)

    return visitor
