"""When a transaction is committed, when it is rolled back, and which answer the client gets."""

from uuid import uuid4

import httpx
import psycopg2
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from src.database.database import in_transaction
from src.kit.problem import Problem
from src.main import create_app
from src.models import EndpointProbe
from tests.support.server import serving


class Refused(Problem):
    status = 418
    code = "test_refused"
    title = why = fix = "For this test."


class RefusedAndRecorded(Refused):
    code = "test_refused_and_recorded"
    keeps_writes = True


for problem in (Refused, RefusedAndRecorded):  # the service does not have these
    del Problem.registry[problem.code]


def count(direct: psycopg2.extensions.connection) -> int:
    with direct.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM endpoint_probe")
        [(number,)] = cursor.fetchall()
        return int(number)


def note(db: Session) -> None:
    db.add(EndpointProbe(nonce=str(uuid4())))
    db.flush()


@pytest.fixture
def app(client: httpx.Client) -> FastAPI:  # noqa: ARG001  empties the tables
    app = create_app()

    @app.post("/note/{outcome}")
    async def write(outcome: str) -> None:
        def work(db: Session) -> None:
            note(db)
            fail(outcome)

        await in_transaction(work)

    @app.post("/late")
    async def late() -> None:
        await in_transaction(lambda db: db.add(EndpointProbe(nonce="same")))  # refused at commit

    return app


def fail(outcome: str) -> None:
    if outcome == "refused":
        raise Refused
    if outcome == "recorded":
        raise RefusedAndRecorded
    if outcome == "broken":
        raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("outcome", "status", "kept"),
    [("fine", 200, 1), ("refused", 418, 0), ("recorded", 418, 1), ("broken", 500, 0)],
)
def test_only_success_and_recorded_refusals_are_committed(
    app: FastAPI,
    direct: psycopg2.extensions.connection,
    outcome: str,
    status: int,
    kept: int,
) -> None:
    with serving(app) as own:
        assert own.post(f"/note/{outcome}").status_code == status
    assert count(direct) == kept


def test_a_failed_commit_is_not_answered_as_success(
    app: FastAPI, direct: psycopg2.extensions.connection
) -> None:
    with serving(app) as own:
        assert own.post("/late").status_code == 200
        assert (
            own.post("/late").status_code == 503
        )  # a primary key that exists already: the database's fault
    assert count(direct) == 1
