"""A password that is known from a breach is refused wherever a new one is taken, and only there."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import httpx
import psycopg2
import pytest
from fastapi.routing import APIRoute

from src.passwords.breached.breached import BreachedPasswords
from src.passwords.breached.range_api import RangeApi
from src.sessions.binding import NO_PASSWORD
from tests.conftest import PASSWORD
from tests.support.live import replaced
from tests.support.mailbox import Mailbox
from tests.support.range_server import RangeServer, line_of, range_server, send
from tests.support.waiting import eventually
from tests.web.test_metrics import value
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection
EMAIL = "ada@example.com"
BREACHED = "copper door"
WAITING = 12
"""Sign-ups that wait for the server: more than threads that hash, and than connections."""


@pytest.fixture
def server(client: httpx.Client) -> Iterator[RangeServer]:  # noqa: ARG001  empties the tables
    """The running app asks it. It knows one password."""
    with range_server() as running:
        running.lines = [line_of(BREACHED)]
        with replaced("breached", BreachedPasswords(RangeApi(running.url), 60.0)):
            yield running


def sign_in(client: httpx.Client, password: str) -> httpx.Response:
    return client.post("/auth/signin", json={"email": EMAIL, "password": password})


def change(client: httpx.Client, me: dict[str, Any], **passwords: str) -> httpx.Response:
    return client.post("/auth/password/change", headers=me["headers"], json=passwords)


def counted(client: httpx.Client, outcome: str) -> float:
    return value(client, "postern_breached_passwords_total", outcome=outcome)


def rows(direct: Connection) -> list[tuple[Any, ...]]:
    with direct.cursor() as cursor:
        cursor.execute('SELECT email, password_hash, updated_at FROM "user"')
        return cursor.fetchall()


def test_at_signup_it_is_refused_and_nothing_is_stored(
    client: httpx.Client, server: RangeServer, direct: Connection
) -> None:
    before = counted(client, "breached")
    answer = client.post("/auth/signup", json={"email": EMAIL, "password": BREACHED})
    assert_problem(answer, 422, "password_breached")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("password", "password_breached")
    assert BREACHED not in answer.text
    assert rows(direct) == []
    assert len(server.asked) == 1
    assert counted(client, "breached") == before + 1


def test_at_a_change_it_is_refused_and_nothing_is_changed(
    client: httpx.Client, server: RangeServer, direct: Connection, sign_up: SignUp
) -> None:
    me = sign_up()
    before = rows(direct)
    answer = change(client, me, current_password=PASSWORD, new_password=BREACHED)
    assert_problem(answer, 422, "password_breached")
    assert answer.json()["errors"][0]["field"] == "new_password"
    assert rows(direct) == before
    assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
    assert len(server.asked) == 2


def test_as_a_first_password_it_is_refused(
    client: httpx.Client, server: RangeServer, direct: Connection, sign_up: SignUp
) -> None:
    me = sign_up()
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET password_hash = NULL')
        cursor.execute("UPDATE session SET password_fingerprint = %s", (NO_PASSWORD,))
    assert_problem(change(client, me, new_password=BREACHED), 422, "password_breached")
    assert [password_hash for _, password_hash, _ in rows(direct)] == [None]
    assert len(server.asked) == 2


def test_another_password_is_accepted_and_counted(
    client: httpx.Client, server: RangeServer, sign_up: SignUp
) -> None:
    before = counted(client, "checked")
    me = sign_up()
    answer = change(client, me, current_password=PASSWORD, new_password="copper violin")
    assert answer.status_code == 200
    assert counted(client, "checked") == before + 2
    assert len(server.asked) == 2


def test_without_an_answer_it_is_allowed_and_counted(
    client: httpx.Client, server: RangeServer
) -> None:
    server.act = send(b"oops", 500)
    before = counted(client, "unavailable")
    answer = client.post("/auth/signup", json={"email": EMAIL, "password": BREACHED})
    assert answer.status_code == 201
    assert counted(client, "unavailable") == before + 1


def test_nobody_is_asked_at_signin_or_for_a_proof_or_for_a_common_password(
    client: httpx.Client, server: RangeServer, sign_up: SignUp
) -> None:
    server.act = send(b"oops", 500)
    me = sign_up(password=BREACHED)
    server.asked.clear()
    assert sign_in(client, BREACHED).status_code == 200
    assert sign_in(client, "wrong").status_code == 401
    change(client, me, current_password="wrong", new_password="copper violin")
    change(client, me, current_password=BREACHED, new_password="password1")
    body = {"password": BREACHED}
    deleted = client.post("/auth/profile/delete", headers=me["headers"], json=body)
    assert deleted.status_code == 204
    assert server.asked == []


def test_nothing_waits_for_those_who_wait_for_the_server(
    client: httpx.Client, server: RangeServer, sign_up: SignUp
) -> None:
    me = sign_up()
    server.asked.clear()
    server.act = server.hold

    def post(number: int) -> int:
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            body = {"email": f"{number}@example.com", "password": PASSWORD}
            return own.post("/auth/signup", json=body).status_code

    with ThreadPoolExecutor(WAITING) as pool:
        waiting = [pool.submit(post, number) for number in range(WAITING)]
        eventually(lambda: len(server.asked) == WAITING)
        assert sign_in(client, PASSWORD).status_code == 200
        assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
        server.released.set()
        assert [one.result() for one in waiting] == [201] * WAITING


def test_with_a_link_it_is_refused_and_the_link_stays_good(
    client: httpx.Client, sign_up: SignUp, server: RangeServer, mailbox: Mailbox
) -> None:
    sign_up(EMAIL)
    assert server.lines
    client.post("/auth/password/forgot", json={"email": EMAIL})
    token = mailbox.token("reset_password")
    for password, status in ((BREACHED, 422), ("another copper lantern", 204)):
        body = {"token": token, "new_password": password}
        assert client.post("/auth/password/reset", json=body).status_code == status


def test_every_route_that_takes_a_new_password_is_tested_here() -> None:
    """A route with a new password calls `breached.refuse`, and has a test above."""
    from src.main import app
    from src.passwords.fields import NewPassword

    def takes_one(route: APIRoute) -> bool:
        fields = getattr(route.body_field, "field_info", None)
        model = getattr(fields, "annotation", None)
        annotations = getattr(model, "__annotations__", {})
        marks = [get_args(one) for one in annotations.values()]
        return any(get_args(NewPassword)[-1] in mark for mark in marks)

    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    taking = {route.path for route in routes if takes_one(route)}
    assert taking == {"/auth/signup", "/auth/password/change", "/auth/password/reset"}
