"""Every request that writes has a limit, or a reason why it needs none."""

from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from src.auth.dependencies import caller
from src.main import app
from src.ratelimit.dependencies import _limits
from src.sessions.writing import writing
from tests.ratelimit.conftest import Limit, SignUp
from tests.web.test_problems import assert_problem

READS = {"GET", "HEAD"}
NEEDS_NONE = {
    "POST /auth/signout": "it ends its own session, so the session can do it once",
}


def depends_on(route: APIRoute, wanted: object) -> bool:
    waiting: list[Any] = [route.dependant]
    while waiting:
        one = waiting.pop()
        if one.call is wanted:
            return True
        waiting += one.dependencies
    return False


WRITES = {
    f"{method} {route.path}": route
    for route in app.routes
    if isinstance(route, APIRoute)
    for method in (route.methods or set()) - READS
}


@pytest.mark.parametrize("name", WRITES)
def test_a_request_that_writes_has_a_limit(name: str) -> None:
    limited = any(depends_on(WRITES[name], one) for one in (caller, writing, _limits))
    assert limited is (name not in NEEDS_NONE), NEEDS_NONE.get(name, "it has no limit")


def test_each_reason_is_that_of_a_route() -> None:
    assert NEEDS_NONE.keys() <= WRITES.keys()


CALLS = (("PATCH", "/auth/profile", {"name": "Ada"}), ("DELETE", "/auth/sessions", None))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]} {call[1]}")
def test_a_session_that_changes_too_much_is_refused_and_others_are_not(
    client: httpx.Client, sign_up: SignUp, limit: Limit, call: tuple[str, str, Any]
) -> None:
    method, path, body = call
    ada, bob = sign_up(), sign_up("bob@example.com")
    limit("session_writes=3+1/hour")
    answers = [client.request(method, path, json=body, headers=ada["headers"]) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [answers[0].status_code] * 3 + [429] * 2
    assert answers[0].is_success
    assert_problem(answers[3], 429, "rate_limited")
    assert client.request(method, path, json=body, headers=bob["headers"]).is_success
    assert client.get("/auth/profile", headers=ada["headers"]).status_code == 200


def test_a_session_that_tries_weak_new_passwords_is_refused_too(
    client: httpx.Client, sign_up: SignUp, limit: Limit
) -> None:
    """It is refused before any work: the estimate of a new password takes a turn to hash."""
    ada = sign_up()
    limit("session_writes=3+1/hour")
    body = {"current_password": "testpass123", "new_password": "password1"}
    path, headers = "/auth/password/change", ada["headers"]
    answers = [client.post(path, json=body, headers=headers) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 3 + [429] * 2
