"""No request waits for a worker thread without end: as behind statements that wait for a lock."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from src.database import threads
from src.database.database import in_transaction, unit_of_work
from src.main import create_app
from src.settings import get_settings
from tests.support.server import serving


class Held:
    """Work that keeps every worker thread."""

    def __init__(self) -> None:
        self.all = threading.Barrier(get_settings().db_pool_size + 1)
        self.over = threading.Event()

    def work(self, *_: object) -> None:
        self.all.wait(60)
        self.over.wait(60)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def app(client: httpx.Client, held: Held, monkeypatch: pytest.MonkeyPatch) -> FastAPI:  # noqa: ARG001  empties the tables
    monkeypatch.setattr(threads, "WAIT", 0.9)  # as in production
    app = create_app()

    @app.get("/hold")
    async def hold() -> None:
        await in_transaction(held.work)

    @app.get("/ask")
    async def ask() -> None:
        await in_transaction(lambda db: db.execute(text("SELECT 1")))

    return app


@contextmanager
def asking(own: httpx.Client, held: Held) -> Iterator[None]:
    """Every worker thread is kept meanwhile."""
    size = get_settings().db_pool_size
    with ThreadPoolExecutor(size) as side:
        answers = [side.submit(own.get, "/hold") for _ in range(size)]
        held.all.wait(60)
        try:
            yield
        finally:
            held.over.set()
    assert {answer.result().status_code for answer in answers} == {200}


def test_a_request_is_refused_while_the_database_answers_nobody(app: FastAPI, held: Held) -> None:
    with serving(app) as own:
        with asking(own, held):
            refused = own.get("/ask")
        assert own.get("/ask").status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
    assert refused.headers["retry-after"]


def test_it_is_called_overloaded_while_the_database_answers_others(
    app: FastAPI, held: Held
) -> None:
    over = threading.Event()

    def others() -> None:
        while not over.wait(0.05):
            with unit_of_work() as db:
                db.execute(text("SELECT 1"))

    with serving(app) as own, ThreadPoolExecutor(1) as side, asking(own, held):
        working = side.submit(others)
        refused = own.get("/ask")
        over.set()
        working.result(60)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.headers["retry-after"]
