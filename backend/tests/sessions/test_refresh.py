"""Refreshing: a token can be used once, but no honest client is signed out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import httpx
import jwt
import psycopg2
import pytest

from src.kit.clock import Clock, now
from tests.support.statements import recorded
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Rows = Callable[[], list[dict[str, Any]]]
Connection = psycopg2.extensions.connection


def refresh(client: httpx.Client, tokens: dict[str, Any]) -> httpx.Response:
    return client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})


def refreshed(client: httpx.Client, tokens: dict[str, Any]) -> dict[str, Any]:
    answer = refresh(client, tokens)
    assert answer.status_code == 200, answer.text
    pair: dict[str, Any] = answer.json()
    return pair


def use(client: httpx.Client, tokens: dict[str, Any], **headers: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return client.get("/auth/profile", headers=bearer | headers)


class TestTheCurrentToken:
    def test_a_refresh_returns_the_next_pair(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me = sign_up()
        pair = refreshed(client, me)
        assert set(pair) == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert (pair["token_type"], pair["expires_in"]) == ("bearer", 900)
        assert pair["refresh_token"] != me["refresh_token"]
        assert use(client, pair).status_code == 200
        assert [row["generation"] for row in rows()] == [2]

    def test_a_refresh_costs_one_statement(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        with recorded() as statements:
            refreshed(client, me)
        assert len(statements) == 1
        assert statements[0].startswith("UPDATE session SET")

    def test_a_refresh_extends_the_session_up_to_its_maximum(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, moved: Clock
    ) -> None:
        pair, began = sign_up(), now()
        for _ in range(9):
            moved.advance(timedelta(days=9, hours=23))
            pair = refreshed(client, pair)
        assert rows()[0]["idle_expires_at"] == began + timedelta(days=90)
        moved.advance(timedelta(days=1))
        assert_problem(refresh(client, pair), 401, "session_revoked")

    def test_a_session_expires_after_two_weeks_without_use(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        moved.advance(timedelta(days=13, hours=23))
        pair = refreshed(client, me)
        moved.advance(timedelta(days=14, seconds=1))
        assert_problem(refresh(client, pair), 401, "session_revoked")

    def test_the_current_token_works_after_the_database_lost_a_rotation(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp, rows: Rows
    ) -> None:
        pair = refreshed(client, refreshed(client, sign_up()))
        with direct.cursor() as cursor:  # as after a restore, or a failover that lost a commit
            cursor.execute("UPDATE session SET generation = 1, seen_generation = 0")
        assert use(client, refreshed(client, pair)).status_code == 200
        assert rows()[0]["generation"] == 4

    def test_an_access_token_never_outlives_the_session(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        pair = sign_up()
        for _ in range(6):
            moved.advance(timedelta(days=13))
            pair = refreshed(client, pair)
        moved.advance(timedelta(days=12) - timedelta(seconds=100))
        pair = refreshed(client, pair)
        claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
        assert (pair["expires_in"], claims["exp"] - claims["iat"]) == (100, 100)


class TestThePreviousToken:
    def test_the_previous_token_returns_the_current_pair_within_the_grace(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, moved: Clock
    ) -> None:
        me = sign_up()
        pair = refreshed(client, me)
        assert use(client, pair).status_code == 200
        moved.advance(timedelta(seconds=59))
        again = refreshed(client, me)
        assert again["refresh_token"] == pair["refresh_token"]
        assert use(client, again).status_code == 200
        assert [row["generation"] for row in rows()] == [2]

    def test_the_previous_token_works_until_the_new_one_is_used(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        lost = refreshed(client, me)
        moved.advance(timedelta(days=10))
        again = refreshed(client, me)
        assert again["refresh_token"] == lost["refresh_token"]
        assert use(client, again).status_code == 200

    def test_the_grace_restarts_when_the_pair_is_handed_out_again(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        refreshed(client, me)
        moved.advance(timedelta(days=10))
        assert use(client, refreshed(client, me)).status_code == 200
        moved.advance(timedelta(seconds=59))
        assert use(client, refreshed(client, me)).status_code == 200
        moved.advance(timedelta(seconds=2))
        assert_problem(refresh(client, me), 401, "refresh_token_reused")

    def test_reuse_is_detected_after_the_new_token_was_used(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, moved: Clock
    ) -> None:
        me = sign_up()
        pair = refreshed(client, me)
        assert use(client, pair).status_code == 200
        moved.advance(timedelta(seconds=61))
        answer = refresh(client, me)
        assert_problem(answer, 401, "refresh_token_reused")
        (row,) = rows()
        assert (row["ended_by"], row["ended_at"]) == ("refresh_token_reused", now())
        assert row["generation"] == 2
        assert_problem(use(client, pair), 401, "session_revoked")
        assert_problem(refresh(client, pair), 401, "session_revoked")

    def test_reuse_is_detected_after_the_new_token_was_refreshed(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me = sign_up()
        refreshed(client, refreshed(client, me))
        assert_problem(refresh(client, me), 401, "refresh_token_reused")
        assert rows()[0]["ended_by"] == "refresh_token_reused"

    def test_a_grace_of_zero_ends_with_the_first_use(
        self, client: httpx.Client, sign_up: SignUp, configure: Callable[..., None]
    ) -> None:
        configure(refresh_grace=0)
        me = sign_up()
        pair = refreshed(client, me)
        assert refreshed(client, me)["refresh_token"] == pair["refresh_token"]
        use(client, pair)
        assert_problem(refresh(client, me), 401, "refresh_token_reused")


class TestAUseBeforeTheReceipt:
    """A web app's server uses new tokens before its browser has them."""

    PENDING: ClassVar = {"Postern-Receipt": "pending"}

    def test_a_use_with_a_pending_receipt_does_not_count_as_received(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, moved: Clock
    ) -> None:
        me = sign_up()
        use(client, me)
        pair = refreshed(client, me)
        assert use(client, pair, **self.PENDING).status_code == 200
        assert rows()[0]["seen_generation"] == 1
        moved.advance(timedelta(hours=3))
        assert refreshed(client, me)["refresh_token"] == pair["refresh_token"]

    @pytest.mark.parametrize(
        ("seconds", "header"), [(60, "pending"), (0, "received"), (0, "Pending")]
    )
    def test_a_late_or_unknown_receipt_header_counts_as_received(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        rows: Rows,
        moved: Clock,
        seconds: int,
        header: str,
    ) -> None:
        pair = refreshed(client, sign_up())
        moved.advance(timedelta(seconds=seconds))
        assert use(client, pair, **{"Postern-Receipt": header}).status_code == 200
        assert rows()[0]["seen_generation"] == 2

    def test_a_pending_receipt_is_accepted_again_if_the_answer_was_lost(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, moved: Clock
    ) -> None:
        me = sign_up()
        for _ in range(9):
            pair = refreshed(client, me)
            assert use(client, pair, **self.PENDING).status_code == 200
            moved.advance(timedelta(days=1))
        assert rows()[0]["seen_generation"] == 1

    def test_a_pending_receipt_is_accepted_a_limited_number_of_times(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        for _ in range(11):  # a thief who takes the pair and says that it has not arrived
            assert use(client, refreshed(client, me), **self.PENDING).status_code == 200
            moved.advance(timedelta(seconds=100))
        assert_problem(refresh(client, me), 401, "refresh_token_reused")

    def test_pending_receipts_of_parallel_tabs_count_as_one(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, moved: Clock
    ) -> None:
        me = sign_up()
        for _ in range(40):
            assert use(client, refreshed(client, me), **self.PENDING).status_code == 200
            moved.advance(timedelta(seconds=1))
        assert (rows()[0]["seen_generation"], rows()[0]["handouts"]) == (1, 2)


class TestRefusal:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "A" * 76,
            "=" * 76,
            "☃" * 76,
            "A" * 100,
            "☃" * 100,
            "A" * 60_000,
            "null",
            "eyJhbGciOiJub25lIn0.e30.",
        ],
    )
    def test_text_that_is_not_a_refresh_token_is_refused(
        self, client: httpx.Client, text: str
    ) -> None:
        answer = client.post("/auth/refresh", json={"refresh_token": text})
        assert_problem(answer, 401, "token_invalid")

    def test_an_access_token_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        body = {"refresh_token": sign_up()["access_token"]}
        assert_problem(client.post("/auth/refresh", json=body), 401, "token_invalid")

    @pytest.mark.parametrize("body", [{}, {"refresh_token": None}, {"refresh_token": 1}, []])
    def test_a_body_of_another_form_is_refused(self, client: httpx.Client, body: object) -> None:
        assert_problem(client.post("/auth/refresh", json=body), 422, "validation_failed")

    def test_a_reused_token_is_neither_returned_nor_logged(
        self, client: httpx.Client, sign_up: SignUp, caplog: pytest.LogCaptureFixture
    ) -> None:
        me = sign_up()
        refreshed(client, refreshed(client, me))
        answer = refresh(client, me)
        assert "refresh_token.reused user_id=1 session_id=1 presented=1 current=3" in caplog.text
        for text in (caplog.text, answer.text):
            assert me["refresh_token"][:12] not in text

    def test_a_token_of_an_earlier_session_with_the_same_id_is_refused(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp, rows: Rows
    ) -> None:
        me = sign_up()
        with direct.cursor() as cursor:  # a restore: the same number, another session
            cursor.execute("UPDATE session SET created_at = created_at + interval '1 second'")
        assert_problem(refresh(client, me), 401, "session_revoked")
        assert (rows()[0]["ended_at"], rows()[0]["generation"]) == (None, 1)


class TestUse:
    def test_a_profile_takes_one_query_and_one_write_per_generation(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me = sign_up()
        with recorded() as statements:
            use(client, me)
        assert [sql.split()[0] for sql in statements] == ["SELECT", "UPDATE"]
        with recorded() as statements:
            use(client, me)
            use(client, me)
        assert [sql.split()[0] for sql in statements] == ["SELECT", "SELECT"]
        assert "password_hash" not in statements[0].split("FROM")[0]
        assert rows()[0]["seen_generation"] == 1
