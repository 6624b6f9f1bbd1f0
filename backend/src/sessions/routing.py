"""Routes of which some ask who the bearer is."""

from src.database.routing import DatabaseRoute
from src.kit.problem import Problem
from src.sessions.dependencies import BEARER_PROBLEMS, bearer


class SessionRoute(DatabaseRoute):
    def refusals(self) -> tuple[type[Problem], ...]:
        of_bearer = BEARER_PROBLEMS if self.depends_on(bearer) else ()
        return *of_bearer, *super().refusals()
