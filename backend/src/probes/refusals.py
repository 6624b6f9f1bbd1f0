"""What a refusal by the database means to a client, without details that are not public."""

from collections.abc import Callable

import anyio.to_thread
from fastapi import Request, Response

from src.database.errors import DatabaseUnavailable, SchemaMismatch
from src.kit.problem import Problem
from src.schema.state import SchemaState, SchemaStatus
from src.schema.watch.watch import SchemaWatch
from src.settings import Environment, get_settings
from src.web.responses import problem_response

# Its own threads: all worker threads may be waiting for the database whose state is asked here.
_threads = anyio.CapacityLimiter(4)


async def handle_database_problem(request: Request, error: Exception) -> Response:
    """Answer at once. The watch logs the finding once, even if many requests are refused.

    In development the client gets the finding itself, and waits a little longer for it.
    """
    assert isinstance(error, Problem)  # noqa: S101  registered for such classes only
    watch = watch_of(request)
    cause = error.log.get("cause")
    watch.suspect(None if cause is None else str(cause))
    if finding := error.log.get("finding"):
        detail = str(cause if shows_everything() else finding)
        return problem_response(request, type(error)(detail))
    if shows_everything():
        state = watch.fresh()
        if state is None and isinstance(error, SchemaMismatch):
            state = await in_thread(watch.finding)
        if state is not None and not state.ready and type(refusal_of(state)) is type(error):
            error = refusal_of(state)
    return problem_response(request, error)


def refusal_of(state: SchemaState | None) -> Problem:
    if state is None:
        return DatabaseUnavailable()
    unavailable = state.status in {SchemaStatus.UNREACHABLE, SchemaStatus.READ_ONLY}
    return (DatabaseUnavailable if unavailable else SchemaMismatch)(_detail(state))


def _detail(state: SchemaState) -> str:
    """Everything for a developer; in production only the code that an operator can look up."""
    if shows_everything():
        return f"{state.summary} To fix it: {state.command}"
    step = f" ({state.unreachable.step})" if state.unreachable else ""
    return f"{state.status}{step}"


def shows_everything() -> bool:
    return get_settings().environment is not Environment.PRODUCTION


def watch_of(request: Request) -> SchemaWatch:
    watch: SchemaWatch = request.app.state.schema_watch
    return watch


async def in_thread(look: Callable[[], SchemaState | None]) -> SchemaState | None:
    return await anyio.to_thread.run_sync(look, limiter=_threads)
