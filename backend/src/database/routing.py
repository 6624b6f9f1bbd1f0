"""The class of routes that use the database."""

from src.database.errors import DATABASE_PROBLEMS
from src.kit.problem import Problem
from src.web.routing import JsonRoute


class DatabaseRoute(JsonRoute):
    def refusals(self) -> tuple[type[Problem], ...]:
        return *super().refusals(), *DATABASE_PROBLEMS
