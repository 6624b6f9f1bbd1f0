"""Is the process alive, is it ready, what does it measure, and what database errors mean."""

from collections.abc import Callable
from typing import Literal
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from src.errors import DatabaseUnavailable, Problem, SchemaMismatch, problem_response, responses
from src.kit import metrics
from src.schema.state import SchemaState, SchemaStatus
from src.schema.watch.watch import SchemaWatch
from src.settings import Environment, get_settings

router = APIRouter(tags=["Health"])

# Threads of their own: the workers may all be waiting for the database that is asked about here.
_threads = anyio.CapacityLimiter(4)


class Alive(BaseModel):
    status: str = "alive"


class Ready(BaseModel):
    """`finding` is `ok`, or `ahead`: a newer release has migrated, and this one still serves."""

    status: str = "ready"
    finding: SchemaStatus
    notice: Literal["database_is_a_copy"] | None = None
    """What an operator has to decide, while requests are served: `postern doctor` says more."""
    instance: UUID | None = None
    """Of the database; not told in production."""


@router.head("/livez", include_in_schema=False)
@router.get("/livez", summary="Is the process alive?")
async def livez() -> Alive:
    return Alive()


@router.head("/readyz", include_in_schema=False, response_model=Ready)
@router.get(
    "/readyz",
    summary="Can it serve? If not: why",
    response_model=Ready,
    responses=responses(DatabaseUnavailable, SchemaMismatch),
)
async def readyz(request: Request) -> Response | Ready:
    state = await _in_thread(_watch(request).check)
    if state is None or not state.ready:
        return problem_response(request, _refusal(state))
    return Ready(
        finding=state.status,
        notice="database_is_a_copy" if _watch(request).copies.undecided else None,
        instance=state.instance_id if _tells_everything() else None,
    )


@router.get(
    "/metrics",
    summary="Counters and measurements, for Prometheus",
    response_class=PlainTextResponse,
)
async def prometheus() -> Response:
    """Numbers only. Where the world can reach this, a proxy should keep it from it."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


async def handle_database_problem(request: Request, error: Exception) -> Response:
    """Answer at once; the finding is logged by the watch, once, however many requests meet it.

    In development the client gets the finding itself, and waits a moment longer for it.
    """
    assert isinstance(error, Problem)  # noqa: S101  registered for such classes only
    watch = _watch(request)
    cause = error.log.get("cause")
    watch.suspect(None if cause is None else str(cause))
    if finding := error.log.get("finding"):
        detail = str(cause if _tells_everything() else finding)
        return problem_response(request, type(error)(detail))
    if _tells_everything():
        state = watch.fresh()
        if state is None and isinstance(error, SchemaMismatch):
            state = await _in_thread(watch.finding)
        if state is not None and not state.ready and type(_refusal(state)) is type(error):
            error = _refusal(state)
    return problem_response(request, error)


def _refusal(state: SchemaState | None) -> Problem:
    if state is None:
        return DatabaseUnavailable()
    unavailable = state.status in {SchemaStatus.UNREACHABLE, SchemaStatus.READ_ONLY}
    return (DatabaseUnavailable if unavailable else SchemaMismatch)(_detail(state))


def _detail(state: SchemaState) -> str:
    """All of it to a developer; to strangers no more than the word that operators look up."""
    if _tells_everything():
        return f"{state.summary} To mend it: {state.command}"
    step = f" ({state.unreachable.step})" if state.unreachable else ""
    return f"{state.status}{step}"


def _tells_everything() -> bool:
    return get_settings().environment is not Environment.PRODUCTION


def _watch(request: Request) -> SchemaWatch:
    watch: SchemaWatch = request.app.state.schema_watch
    return watch


async def _in_thread(look: Callable[[], SchemaState | None]) -> SchemaState | None:
    return await anyio.to_thread.run_sync(look, limiter=_threads)
