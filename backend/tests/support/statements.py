"""The statements that the app sends to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The statements of this process's app for requests, without those that begin a transaction."""
    from src.database import reading
    from src.database.database import current

    opening, engine = current().opening, current().engine
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement != opening and not current().is_background:
            seen.append(" ".join(statement.split()))

    execute = reading.execute

    def note_and_execute(cursor: Any, statement: str, parameters: Any) -> Any:
        note(None, cursor, statement.removeprefix(f"{opening}; "))
        return execute(cursor, statement, parameters)

    event.listen(engine, "before_cursor_execute", note)
    reading.execute = note_and_execute  # type: ignore[assignment]  # the same but for its types
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
        reading.execute = execute
