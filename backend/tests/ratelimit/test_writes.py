"""Every request that writes has a limit, or a reason why it needs none."""

from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from src.main import app
from src.policies import TABLE
from tests.ratelimit.conftest import Configure, Limit, SignUp
from tests.support.factors import enrol, first_step, wrong_code
from tests.web.test_problems import assert_problem

READS = {"GET", "HEAD"}
NEEDS_NONE = {
    "POST /auth/signout": "it ends its own session, so the session can do it once",
    **dict.fromkeys(
        ("POST /auth/passkeys", "POST /auth/passkeys/signin", "POST /auth/passkeys/signup"),
        "it takes the answer of an authenticator: the tests of passkeys try it",
    ),
    "POST /auth/signin/passkey": "the same",
}


WRITES = {
    f"{method} {route.path_format}"
    for route in app.routes
    if isinstance(route, APIRoute)
    for method in (route.methods or set()) - READS
}
WRONG, LINK = "a wrong password", {"token": "no token of ours"}
IN_A_SESSION: dict[str, Any] = {
    "PATCH /auth/profile": {"name": "Ada"},
    "POST /auth/profile/delete": {"password": WRONG},
    "POST /auth/password/change": {"current_password": WRONG, "new_password": "copper lantern 7"},
    "POST /auth/email/verification": None,
    "POST /auth/email/verify": LINK,
    "POST /auth/email/change": {"new_email": "new@example.com", "password": WRONG},
    "POST /auth/email/change/confirm": LINK,
    "POST /auth/totp": None,
    "DELETE /auth/totp": None,
    "POST /auth/totp/confirm": {"code": "123456"},
    "POST /auth/recovery-codes": None,
    "POST /auth/reauthenticate": {"password": WRONG},
    "DELETE /auth/devices/{id}": None,
    "DELETE /auth/password": None,
    "POST /auth/passkeys/options": None,
    "POST /auth/passkeys/reauthenticate/options": None,
    "PATCH /auth/passkeys/{id}": {"name": "key"},
    "DELETE /auth/passkeys/{id}": None,
    "DELETE /auth/sessions": None,
    "DELETE /auth/sessions/{id}": None,
}
"""The requests of a session, and what they send."""
OF_ANYBODY: dict[str, Any] = {
    "POST /auth/signup": {"email": "bob@example.com", "password": "testpass123"},
    "POST /auth/signin": {"email": "ada@example.com", "password": WRONG},
    "POST /auth/signin/totp": {"code": "attempt"},
    "POST /auth/signin/recovery-code": {"code": "attempt"},
    "POST /auth/password/forgot": {"email": "ada@example.com"},
    "POST /auth/password/reset": {**LINK, "new_password": "copper lantern 7"},
    "POST /auth/email/verification": {"email": "ada@example.com"},
    "POST /auth/email/verify": LINK,
    "POST /auth/email/change/confirm": LINK,
    "POST /auth/email/change/undo": LINK,
    "POST /auth/magic-link": {"email": "ada@example.com"},
    "POST /auth/magic-link/signin": {"attempt": "none of ours", **LINK},
    "POST /auth/totp": {"attempt": "none of ours"},
    "POST /auth/totp/confirm": {"attempt": "none of ours", "code": "123456"},
    "POST /auth/refresh": {"refresh_token": "refresh_token"},
    "POST /auth/factors/reset/stop": LINK,
    "POST /auth/passkeys/signin/options": None,
    "POST /auth/passkeys/signup/options": {"email": "bob@example.com"},
}
"""The requests without an access token."""
TINY = " ".join(f"{name}=2+1/day" for name in TABLE)


def test_each_request_that_writes_is_tried_here_or_needs_no_limit() -> None:
    assert IN_A_SESSION.keys() | OF_ANYBODY.keys() | NEEDS_NONE.keys() == WRITES


def send(client: httpx.Client, name: str, body: Any, headers: dict[str, str]) -> httpx.Response:
    method, _, path = name.partition(" ")
    return client.request(method, path.format(id=999), json=body, headers=headers)


def assert_counted(answers: list[httpx.Response]) -> None:
    """The first two are answered, whatever they are answered. The third one is too many."""
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert_problem(answers[2], 429, "rate_limited")


@pytest.mark.parametrize("name", IN_A_SESSION)
def test_a_session_has_one_limit_in_all_places_together(
    client: httpx.Client, sign_up: SignUp, limit: Limit, name: str
) -> None:
    me = sign_up()
    limit(TINY)
    places = [f"192.0.2.{number}" for number in range(3)]
    headers = [{**me["headers"], "X-Forwarded-For": place} for place in places]
    assert_counted([send(client, name, IN_A_SESSION[name], one) for one in headers])


@pytest.mark.parametrize("name", IN_A_SESSION)
def test_another_session_in_the_same_place_has_a_limit_of_its_own(
    client: httpx.Client, sign_up: SignUp, limit: Limit, name: str
) -> None:
    """Where a limit of the place counts too, it is larger."""
    ada, bob = sign_up(), sign_up("bob@example.com")
    of_places = "link_address=9+1/day", "mail_address=9+1/day", "mail_domain=9+1/day"
    others = [rate for rate in TINY.split() if not rate.startswith(("link_", "mail_a", "mail_d"))]
    limit(" ".join((*others, *of_places)))
    assert_counted([send(client, name, IN_A_SESSION[name], ada["headers"]) for _ in range(3)])
    assert send(client, name, IN_A_SESSION[name], bob["headers"]).status_code != 429


@pytest.mark.parametrize("name", OF_ANYBODY)
def test_a_request_without_a_session_has_a_limit(
    client: httpx.Client, sign_up: SignUp, limit: Limit, configure: Configure, name: str
) -> None:
    configure(magic_link=True)
    me, body = sign_up(), OF_ANYBODY[name]
    if body == {"code": "attempt"}:
        secret = enrol(client, me)
        body = {"attempt": first_step(client), "code": wrong_code(secret)}
    elif body == {"refresh_token": "refresh_token"}:
        body = {"refresh_token": me["refresh_token"]}
    limit(TINY)
    assert_counted([send(client, name, body, {}) for _ in range(3)])


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
