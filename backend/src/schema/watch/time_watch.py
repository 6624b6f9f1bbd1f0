"""Measures the database's clock. The service's clock follows it."""

from datetime import timedelta

from sqlalchemy import Connection, text

from src.kit.clock import clock

ASK = text("SELECT clock_timestamp()")
LONGEST = 1.0
"""Seconds. A longer round trip is not used, since the error can be half of it."""


def measure(connection: Connection) -> None:
    began = clock.counter()
    at = connection.execute(ASK).scalar_one()
    took = clock.counter() - began
    if took <= LONGEST:
        clock.follow(at, counter=began + took / 2, error=timedelta(seconds=took / 2))
