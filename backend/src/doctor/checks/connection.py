"""What one connection of the service is: its endpoint, its database, encryption and speed."""

import time

from src.doctor.case import Case
from src.doctor.checks import identity, reachability
from src.doctor.checks.views import app_connection
from src.doctor.report import Check, Fine, Group, Outcome
from src.schema.state import looking_through

ENCRYPTION = """
SELECT coalesce((SELECT version || ', ' || cipher FROM pg_stat_ssl
                 WHERE pid = pg_backend_pid() AND ssl), 'not encrypted')
"""


def round_trip(case: Case) -> Outcome:
    """Story: "A script works and the app does not"."""
    app, _ = case.reached
    started = time.perf_counter()
    with looking_through(app) as connection:
        connected = time.perf_counter()
        one = connection.exec_driver_sql("SELECT 1").scalar_one()
        answered = time.perf_counter()
    to_connect, to_ask = ((connected - started) * 1000, (answered - connected) * 1000)
    return Fine(f"SELECT {one}: {to_connect:.0f} ms to connect, {to_ask:.1f} ms to ask")


def encryption(case: Case) -> Outcome:
    """Story: "The database connection may go unencrypted"."""
    with app_connection(case) as connection:
        found = connection.exec_driver_sql(ENCRYPTION).scalar_one()
    return Fine(f"the server says: {found}")


def what_is_connected(case: Case) -> Outcome:
    """Story: "Two databases"."""
    app = case.comparison.app
    return Fine(identity.described("app", app) if app else "nothing")


CHECKS = (
    *reachability.CHECKS,
    Check(Group.REACHABILITY, "A statement is answered", round_trip),
    Check(Group.REACHABILITY, "Encryption", encryption),
    *identity.CHECKS,
    Check(Group.IDENTITY, "What is connected", what_is_connected),
)
