"""Thirty-two at once, a hundred times: the database decides, and nobody is signed out."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

SignUp = Callable[..., dict[str, Any]]
Rows = Callable[[], list[dict[str, Any]]]
ROUNDS = 100
AT_ONCE = 32


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield threads


def test_one_refresh_token_gives_one_successor_to_all(
    client: httpx.Client, sign_up: SignUp, rows: Rows, pool: ThreadPoolExecutor
) -> None:
    token = sign_up()["refresh_token"]

    def refresh(_: int) -> httpx.Response:
        return client.post("/auth/refresh", json={"refresh_token": token})

    for round_number in range(ROUNDS):
        answers = list(pool.map(refresh, range(AT_ONCE)))
        assert {answer.status_code for answer in answers} == {200}
        (token,) = {answer.json()["refresh_token"] for answer in answers}
        (row,) = rows()
        assert (row["generation"], row["ended_at"]) == (round_number + 2, None)


def test_a_sign_out_beside_refreshes_ends_the_session_for_all(
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
                return client.post("/auth/signout", headers=bearer)
            return client.post("/auth/refresh", json={"refresh_token": token})

        answers = list(pool.map(act, range(AT_ONCE)))
        assert {answer.status_code for answer in answers} <= {200, 204, 401}
        refused = [answer for answer in answers if answer.status_code == 401]
        assert {answer.json()["code"] for answer in refused} <= {"session_revoked"}
        last = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert last.json()["code"] == "session_revoked"
        assert rows()[-1]["ended_by"] == "sign_out"
