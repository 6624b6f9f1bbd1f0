"""Up to 32 requests at once, many times: the database decides, and nobody is signed out."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from tests.support.asking import until_served

SignUp = Callable[..., dict[str, Any]]
Rows = Callable[[], list[dict[str, Any]]]
Call = tuple[str, str, dict[str, str]]
ROUNDS = 20
AT_ONCE = 32


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield threads


def test_parallel_refreshes_of_one_token_get_the_same_new_token(
    client: httpx.Client, sign_up: SignUp, rows: Rows, pool: ThreadPoolExecutor
) -> None:
    token = sign_up()["refresh_token"]

    def refresh(_: int) -> httpx.Response:
        return until_served(partial(client.post, "/auth/refresh", json={"refresh_token": token}))

    for round_number in range(ROUNDS):
        answers = list(pool.map(refresh, range(AT_ONCE)))
        assert {answer.status_code for answer in answers} == {200}
        (token,) = {answer.json()["refresh_token"] for answer in answers}
        (row,) = rows()
        assert (row["generation"], row["ended_at"]) == (round_number + 2, None)


def test_a_sign_out_during_refreshes_ends_the_session(
    client: httpx.Client, sign_up: SignUp, rows: Rows, pool: ThreadPoolExecutor
) -> None:
    sign_up()
    body = {"email": "ada@example.com", "password": "testpass123"}
    for _ in range(ROUNDS // 4):
        tokens = client.post("/auth/signin", json=body).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

        def act(
            number: int,
            token: str = tokens["refresh_token"],
            bearer: dict[str, str] = bearer,
        ) -> httpx.Response:
            if number == AT_ONCE // 2:
                return until_served(partial(client.post, "/auth/signout", headers=bearer))
            body = {"refresh_token": token}
            return until_served(partial(client.post, "/auth/refresh", json=body))

        answers = list(pool.map(act, range(AT_ONCE)))
        assert {answer.status_code for answer in answers} <= {200, 204, 401}
        refused = [answer for answer in answers if answer.status_code == 401]
        assert {answer.json()["code"] for answer in refused} <= {"session_revoked"}
        last = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert last.json()["code"] == "session_revoked"
        assert rows()[-1]["ended_by"] == "sign_out"


def test_one_of_six_devices_that_end_each_other_stays_signed_in(
    client: httpx.Client, sign_up: SignUp, rows: Rows, pool: ThreadPoolExecutor
) -> None:
    sign_up()
    body = {"email": "ada@example.com", "password": "testpass123"}

    def end_others(bearer: dict[str, str]) -> int:
        ask = partial(client.delete, "/auth/sessions", headers=bearer)
        return until_served(ask).status_code

    for _ in range(ROUNDS // 4):
        ask = partial(client.post, "/auth/signin", json=body)
        signed_in = [answer.json() for answer in pool.map(until_served, [ask] * 6)]
        bearers = [{"Authorization": f"Bearer {each['access_token']}"} for each in signed_in]
        assert sorted(pool.map(end_others, bearers)) == [204, *[401] * 5]
        assert len([row for row in rows() if row["ended_at"] is None]) == 1


def test_one_of_two_devices_that_end_each_other_by_id_stays_signed_in(
    client: httpx.Client, sign_up: SignUp, rows: Rows, pool: ThreadPoolExecutor
) -> None:
    sign_up()
    body = {"email": "ada@example.com", "password": "testpass123"}

    def end(bearer: dict[str, str], session_id: int) -> int:
        ask = partial(client.delete, f"/auth/sessions/{session_id}", headers=bearer)
        return until_served(ask).status_code

    for _ in range(ROUNDS // 4):
        ask = partial(client.post, "/auth/signin", json=body)
        signed_in = [answer.json() for answer in pool.map(until_served, [ask] * 2)]
        bearers = [{"Authorization": f"Bearer {each['access_token']}"} for each in signed_in]
        ids = [row["id"] for row in rows()[-2:]]
        own = [int(client.get("/auth/sessions", headers=one).json()[0]["id"]) for one in bearers]
        others = [next(one for one in ids if one != mine) for mine in own]
        assert sorted(pool.map(end, bearers, others)) == [204, 401]


def at_once(
    client: httpx.Client, pool: ThreadPoolExecutor, headers: dict[str, str], *calls: Call
) -> list[httpx.Response]:
    """The answers to these requests of one session, sent at the same time."""

    def send(call: Call) -> httpx.Response:
        method, path, body = call
        return until_served(partial(client.request, method, path, json=body, headers=headers))

    return list(pool.map(send, calls))


def test_parallel_changes_of_profile_and_password_meet_no_deadlock(
    client: httpx.Client, sign_up: SignUp, pool: ThreadPoolExecutor
) -> None:
    me, words = sign_up(), ("testpass123", "three new words")
    rename = ("PATCH", "/auth/profile", {"name": "Ada"})
    for number in range(ROUNDS // 4):
        bearer = {"Authorization": f"Bearer {me['access_token']}"}
        old, new = words[number % 2], words[1 - number % 2]
        body = {"current_password": old, "new_password": new}
        change = ("POST", "/auth/password/change", body)
        answers = at_once(client, pool, bearer, change, rename, rename, rename)
        assert answers[0].status_code == 200
        refused = [answer for answer in answers[1:] if answer.status_code != 200]
        assert {answer.json()["code"] for answer in refused} <= {"session_revoked"}
        me = answers[0].json()


def test_changes_during_an_account_deletion_are_refused_as_revoked(
    client: httpx.Client, sign_up: SignUp, pool: ThreadPoolExecutor
) -> None:
    delete = ("POST", "/auth/profile/delete", {"password": "testpass123"})
    rename = ("PATCH", "/auth/profile", {"name": "Ada"})
    for number in range(ROUNDS // 4):
        me = sign_up(f"{number}@example.com")
        answers = at_once(client, pool, me["headers"], delete, delete, *[rename] * 6)
        assert sorted(answer.status_code for answer in answers[:2]) == [204, 401]
        refused = [answer for answer in answers if answer.status_code >= 400]
        assert {answer.json()["code"] for answer in refused} == {"session_revoked"}
