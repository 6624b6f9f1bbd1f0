"""The service is killed in the middle of a change: the change is made in full or not at all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest

from tests.support.service import Service, service

SignUp = Callable[..., dict[str, Any]]
Rows = Callable[[], list[dict[str, Any]]]
Connection = psycopg2.extensions.connection

OLD, NEW = "testpass123", "three new words"
GATE = 4711
"""The advisory lock that a step waits for."""
BEFORE_ANY_STEP = """
    CREATE TRIGGER gate BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION gate()"""
AFTER_A_STEP = """
    CREATE TRIGGER gate AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION gate()"""
IN_THE_COMMIT = """
    CREATE CONSTRAINT TRIGGER gate AFTER UPDATE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gate()"""
STEPS = (BEFORE_ANY_STEP, AFTER_A_STEP, IN_THE_COMMIT)
STEP_NAMES = ["before", "after", "commit"]


@pytest.fixture
def doomed(client: httpx.Client, tmp_path: Path) -> Iterator[Service]:  # noqa: ARG001  empties the tables
    """A process of the service on the tests' database, which a test kills."""
    with service(tmp_path, {}) as running:
        yield running


@pytest.fixture
def gate(direct: Connection) -> Iterator[Callable[[str], Any]]:
    """Make a step wait until its service is dead."""
    run = direct.cursor().execute
    run("DROP FUNCTION IF EXISTS gate CASCADE")
    run(
        "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NEW; END $$"
    )

    @contextmanager
    def closed(trigger: str) -> Iterator[None]:
        run(trigger)
        run(f"SELECT pg_advisory_lock({GATE})")
        try:
            yield
        finally:
            run(f"SELECT pg_advisory_unlock({GATE})")
            run("DROP FUNCTION gate CASCADE")

    yield closed
    run("DROP FUNCTION IF EXISTS gate CASCADE")


def kill_while_it_waits(
    doomed: Service, direct: Connection, ask: Callable[[], httpx.Response]
) -> httpx.Response | None:
    """Send a request, and kill the service while its step waits. None if no answer came."""

    def waits() -> bool:
        with direct.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
                "AND objid = %s AND NOT granted",
                (GATE,),
            )
            return bool(cursor.fetchall()[0][0])

    def asked() -> httpx.Response | None:
        with suppress(httpx.TransportError):
            return ask()
        return None

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(asked)
        doomed.wait(waits)
        doomed.process.kill()
        doomed.process.wait(20)
        return answer.result()


@pytest.mark.parametrize("step", STEPS, ids=STEP_NAMES)
def test_an_interrupted_refresh_is_made_in_full_or_not_at_all(
    client: httpx.Client,
    direct: Connection,
    sign_up: SignUp,
    rows: Rows,
    doomed: Service,
    gate: Callable[[str], Any],
    step: str,
) -> None:
    me = sign_up()
    body = {"refresh_token": me["refresh_token"]}
    with gate(step.format(table="session")):
        answer = kill_while_it_waits(
            doomed, direct, lambda: doomed.client.post("/auth/refresh", json=body)
        )
    assert answer is None
    (row,) = rows()
    assert row["generation"] in {1, 2}
    assert row["ended_at"] is None
    pair = client.post("/auth/refresh", json=body).json()
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    assert client.get("/auth/profile", headers=bearer).status_code == 200
    assert rows()[0]["generation"] == 2


@pytest.mark.parametrize("step", STEPS, ids=STEP_NAMES)
@pytest.mark.parametrize("table", ['"user"', "session"], ids=["user", "session"])
def test_an_interrupted_password_change_is_made_in_full_or_not_at_all(
    client: httpx.Client,
    direct: Connection,
    sign_up: SignUp,
    doomed: Service,
    gate: Callable[[str], Any],
    step: str,
    table: str,
) -> None:
    me = sign_up()
    client.get("/auth/profile", headers=me["headers"])
    signin = {"email": "ada@example.com", "password": OLD}
    other = client.post("/auth/signin", json=signin).json()
    change = {"current_password": OLD, "new_password": NEW}
    with gate(step.format(table=table)):
        answer = kill_while_it_waits(
            doomed,
            direct,
            lambda: doomed.client.post("/auth/password/change", headers=me["headers"], json=change),
        )
    assert answer is None

    def works(tokens: dict[str, Any]) -> bool:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return client.get("/auth/profile", headers=bearer).status_code == 200

    def signs_in(password: str) -> bool:
        return client.post("/auth/signin", json=signin | {"password": password}).is_success

    seen = (signs_in(OLD), signs_in(NEW), works(me), works(other))
    before, after = (True, False, True, True), (False, True, False, False)
    assert seen in {before, after}
