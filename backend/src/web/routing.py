"""The base of all routes: strict JSON, and the refusals that every route of a kind may give.

A package whose dependency or transaction may refuse derives a class of its own, which declares
those refusals once: `database/routing.py`, `sessions/routing.py`, `auth/routing.py`.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from src.kit.problem import Problem
from src.web.errors import BODY_PROBLEMS
from src.web.limits import announces_body
from src.web.responses import with_problems
from src.web.strict_json import read_json


class JsonRoute(APIRoute):
    """A route that takes strict JSON, or no body."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401  FastAPI's
        super().__init__(path, endpoint, **options)
        self.responses = with_problems(self.responses, *self.refusals())

    def refusals(self) -> tuple[type[Problem], ...]:
        """What each route of this kind may refuse, in addition to what the route declares."""
        return BODY_PROBLEMS if self.body_field is not None else ()

    def depends_on(self, dependency: Callable[..., Any]) -> bool:
        """True if the endpoint needs it, directly or through another dependency."""
        waiting = [self.dependant]
        while waiting:
            one = waiting.pop()
            if one.call == dependency:
                return True
            waiting += one.dependencies
        return False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        body = self.body_field
        optional = body is not None and not body.field_info.is_required()

        async def strict(request: Request) -> Response:
            left_out = optional and not announces_body(dict(request.scope["headers"]))
            if body is not None and not left_out:
                await read_json(request)
            return await handle(request)

        return strict
