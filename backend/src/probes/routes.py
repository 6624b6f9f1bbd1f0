"""Shows whether the process is alive, whether it is ready, and its metrics."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from src.database.errors import DatabaseUnavailable, SchemaMismatch
from src.kit import metrics
from src.probes.refusals import in_thread, refusal_of, shows_everything, watch_of
from src.schema.state import SchemaStatus
from src.web.responses import ALWAYS_SENT, problem_response, responses

router = APIRouter(tags=["Health"])
measurements = APIRouter(tags=["Health"])
"""Served unless METRICS is off, as it is in production."""


class Alive(BaseModel):
    model_config = ALWAYS_SENT
    status: str = "alive"


class Ready(BaseModel):
    """`finding` is `ok` or `ahead`: a newer release has migrated, and this one still works."""

    model_config = ALWAYS_SENT
    status: str = "ready"
    finding: SchemaStatus
    notice: Literal["database_is_a_copy"] | None = None
    """What an operator must decide while requests are served: `postern doctor` says more."""
    instance: UUID | None = None
    """The id of the database's instance; not shown in production."""


@router.head("/livez", include_in_schema=False)
@router.get("/livez", summary="Is the process alive?")
async def livez() -> Alive:
    """Asks nothing else: restart the process if this does not answer."""
    return Alive()


@router.head("/readyz", include_in_schema=False, response_model=Ready)
@router.get(
    "/readyz",
    summary="Can it serve? If not: why",
    response_model=Ready,
    responses=responses(DatabaseUnavailable, SchemaMismatch),
)
async def readyz(request: Request) -> Response | Ready:
    """The database answers, is the one it was, and has what this version needs."""
    state = await in_thread(watch_of(request).check)
    if state is None or not state.ready:
        return problem_response(request, refusal_of(state))
    return Ready(
        finding=state.status,
        notice="database_is_a_copy" if watch_of(request).copies.undecided else None,
        instance=state.instance_id if shows_everything() else None,
    )


@measurements.get(
    "/metrics",
    summary="Counters and measurements, for Prometheus",
    response_class=PlainTextResponse,
)
async def read_metrics() -> Response:
    """Only numbers. Production needs METRICS=on, and a proxy that blocks this path."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)
