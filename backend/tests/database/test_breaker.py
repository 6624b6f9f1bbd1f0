"""One broken connection concerns one request; an outage concerns all."""

import psycopg2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from src.database.database import Database, current, unit_of_work, using
from src.database.deadline import deadline
from src.database.errors import DatabaseUnavailable
from src.settings import get_settings
from tests.support.ports import free_port


def is_open() -> bool:
    try:
        current().breaker.admit()
    except DatabaseUnavailable:
        return True
    return False


@pytest.mark.usefixtures("client")
def test_a_connection_that_breaks_fails_its_own_request_alone(
    direct: psycopg2.extensions.connection,
) -> None:
    def end_own_connection() -> None:
        with unit_of_work() as db, direct.cursor() as cursor:
            pid = db.execute(text("SELECT pg_backend_pid()")).scalar()
            cursor.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
            db.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        end_own_connection()
    assert not is_open()
    with unit_of_work() as db:
        assert db.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.usefixtures("client")
def test_a_late_answer_is_no_outage_while_the_database_answers_others() -> None:
    """As of a server process that is stopped, while all others work."""
    with pytest.raises(DatabaseUnavailable), deadline(0.5), unit_of_work() as db:
        db.execute(text("SELECT pg_sleep(1)"))
    assert not is_open()


def test_a_server_that_is_down_fails_the_next_requests_at_once() -> None:
    url = f"postgresql://ada@127.0.0.1:{free_port()}/postern"
    nowhere = get_settings().model_copy(update={"database_url": SecretStr(url)})
    with using(Database(nowhere)):
        with pytest.raises(DatabaseUnavailable), unit_of_work() as db:
            db.execute(text("SELECT 1"))
        assert is_open()
