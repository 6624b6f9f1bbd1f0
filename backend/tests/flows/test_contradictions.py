"""A database that contradicts the models: no log shows its rows, and answers are correct."""

from collections.abc import Iterator

import httpx
import psycopg2
import pytest

from tests.support.waiting import said_until
from tests.web.test_problems import assert_problem

CANARY = "secret.person"
BODY = {"email": f"{CANARY}@example.com", "password": "testpass123"}


@pytest.fixture
def stricter(direct: psycopg2.extensions.connection) -> Iterator[None]:
    """Somebody has added a column that our code does not fill."""
    with direct.cursor() as cursor:
        cursor.execute('ALTER TABLE "user" ADD COLUMN surprise integer NOT NULL')
        yield
        cursor.execute('ALTER TABLE "user" DROP COLUMN surprise')


@pytest.mark.usefixtures("stricter")
def test_a_refused_row_is_in_no_log_and_no_answer(
    client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.post("/auth/signup", json=BODY)
    assert_problem(answer, 503, "schema_mismatch")
    said = said_until(capfd, "POST '/auth/signup' 503")
    if "surprise" not in said:  # the watch logs it a moment later
        said += said_until(capfd, "surprise")
    for secret in (CANARY, "bcrypt-sha256$", "Failing row"):
        assert secret not in said + answer.text


def test_a_sequence_that_is_behind_is_not_taken_for_a_used_email(
    client: httpx.Client,
    direct: psycopg2.extensions.connection,
    capfd: pytest.CaptureFixture[str],
) -> None:
    client.post("/auth/signup", json=BODY)
    with direct.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('\"user\"', 'id'), 1, false)")
    other = {**BODY, "email": "ada@example.com"}
    refused = client.post("/auth/signup", json=other)
    assert_problem(refused, 503, "schema_mismatch")
    assert (
        "SELECT setval(pg_get_serial_sequence('\"public\".\"user\"', 'id')"
        in refused.text.replace("\\", "")
    )
    said_until(capfd, "setval")  # the watch logs it a moment later
    with direct.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('\"user\"', 'id'), 5)")
    assert client.post("/auth/signup", json=other).status_code == 201
