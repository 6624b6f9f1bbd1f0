"""No default of a database, a role or an address changes how our transactions run."""

import pytest

from src.database.connecting import single_use_engine
from src.database.database import current
from src.database.opening import opening
from tests.support.scratch import Scratch

DEFAULTS = (
    ("default_transaction_isolation = 'serializable'", "transaction_isolation", "read committed"),
    ("search_path = nowhere", "search_path", "public, pg_temp"),
    ("statement_timeout = '77s'", "statement_timeout", "1500ms"),
    ("lock_timeout = '77s'", "lock_timeout", "0"),
    ("client_encoding = 'latin1'", "client_encoding", "UTF8"),
)


@pytest.mark.parametrize(("default", "setting", "ours"), DEFAULTS)
def test_a_default_of_the_database_changes_nothing(
    scratch: Scratch, default: str, setting: str, ours: str
) -> None:
    scratch.sql(f'ALTER DATABASE "{scratch.name}" SET {default}')
    asked = f"SELECT current_setting('{setting}')"
    with single_use_engine(scratch.endpoint.url).connect() as connection:
        connection.exec_driver_sql(current().opening)
        assert connection.exec_driver_sql(asked).scalar_one() == ours
    with single_use_engine(scratch.endpoint.url).connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        in_one_message = connection.exec_driver_sql(f"{current().opening}; {asked}")
        assert in_one_message.scalar_one() == ours


def test_the_settings_end_with_the_transaction(scratch: Scratch) -> None:
    asked = "SELECT current_setting('search_path'), current_setting('statement_timeout')"
    with single_use_engine(scratch.endpoint.url).connect() as connection:
        before = connection.exec_driver_sql(asked).one()
        connection.rollback()
        connection.exec_driver_sql(opening("elsewhere", statement_timeout="77s"))
        assert connection.exec_driver_sql(asked).one() == ("elsewhere, pg_temp", "77s")
        connection.commit()
        assert connection.exec_driver_sql(asked).one() == before


def test_read_only_stays_as_the_database_says(scratch: Scratch) -> None:
    scratch.sql(f'ALTER DATABASE "{scratch.name}" SET default_transaction_read_only = on')
    with single_use_engine(scratch.endpoint.url).connect() as connection:
        connection.exec_driver_sql(current().opening)
        shown = connection.exec_driver_sql("SELECT current_setting('transaction_read_only')")
        assert shown.scalar_one() == "on"


def test_a_temporary_table_does_not_hide_ours(scratch: Scratch) -> None:
    with single_use_engine(scratch.direct.url).connect() as connection:
        connection.exec_driver_sql('CREATE TEMPORARY TABLE "user" (id text)')
        connection.commit()
        connection.exec_driver_sql(current().opening)
        found = connection.exec_driver_sql("SELECT '\"user\"'::regclass = 'public.user'::regclass")
        assert found.scalar_one()
