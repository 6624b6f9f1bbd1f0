"""The class of routes that check or hash a password."""

from src.auth.dependencies import caller
from src.kit.problem import Problem
from src.ratelimit.errors import RateLimited
from src.sessions.routing import SessionRoute
from src.web.errors import Overloaded


class PasswordRoute(SessionRoute):
    def refusals(self) -> tuple[type[Problem], ...]:
        of_hashing = (RateLimited, Overloaded) if self.depends_on(caller) else ()
        return *of_hashing, *super().refusals()
