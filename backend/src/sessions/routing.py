"""The class of routes that need an access token."""

from src.database.routing import DatabaseRoute
from src.kit.problem import Problem
from src.ratelimit.errors import RateLimited
from src.sessions.dependencies import BEARER_PROBLEMS, bearer, optional_bearer
from src.sessions.writing import writing
from src.web.errors import Overloaded


class SessionRoute(DatabaseRoute):
    def refusals(self) -> tuple[type[Problem], ...]:
        asks = self.depends_on(bearer) or self.depends_on(optional_bearer)
        of_bearer = BEARER_PROBLEMS if asks else ()
        of_limits = (RateLimited, Overloaded) if self.depends_on(writing) else ()
        return *of_bearer, *of_limits, *super().refusals()
