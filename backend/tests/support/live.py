"""The parts of the running app, which a test may reset or replace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def part(name: str) -> Any:
    """One part of the app that the tests share, such as `gate`; None before it has started."""
    from src.main import app

    return getattr(app.state, name, None)


def forget_keys() -> None:
    """The app reads its keys again at their next use."""
    if keyring := part("keyring"):
        keyring.forget()


def forget_refusals() -> None:
    """The app asks the database again about limits that it remembers as used up."""
    if limiter := part("limiter"):
        limiter.refusals.forget()


def forget_costs() -> None:
    """A refusal costs no more than a hash of today, whatever hashes were seen before."""
    if gate := part("gate"):
        gate.dearest = 0


def close_breaker() -> None:
    """The app asks the database again at once, although it did not answer before."""
    from src.database.database import current

    current().breaker.reset()


@contextmanager
def replaced(name: str, value: Any) -> Iterator[None]:
    """Inside this context the app uses another part."""
    from src.main import app

    before = getattr(app.state, name)
    setattr(app.state, name, value)
    try:
        yield
    finally:
        setattr(app.state, name, before)
