"""Measures the database's clock, which the service's one clock follows."""

from datetime import timedelta

from sqlalchemy import Connection, text

from src.kit.clock import clock

ASK = text("SELECT clock_timestamp()")
LONGEST = 1.0
"""Seconds of a round trip. The answer may be off by half of it, so a longer one is not used."""


def measure(connection: Connection) -> None:
    began = clock.counter()
    at = connection.execute(ASK).scalar_one()
    took = clock.counter() - began
    if took <= LONGEST:
        clock.follow(at, counter=began + took / 2, error=timedelta(seconds=took / 2))
