"""A database that a test may change in any way."""

from dataclasses import dataclass

from src.database.database import get_endpoints
from src.database.endpoints import Endpoints
from src.database.origin import Endpoint
from src.models import metadata
from src.schema.state import Difference, SchemaState, inspect
from tests.support.postgres import connect, run

TEMPLATE = "migrated_template"


@dataclass(frozen=True)
class Scratch:
    """A database of one test."""

    name: str
    endpoints: Endpoints

    @property
    def endpoint(self) -> Endpoint:
        """As the app would use it: through PgBouncer in a pooled run."""
        return Endpoint(self.endpoints.app.set(database=self.name), source="backend/.env")

    @property
    def direct(self) -> Endpoint:
        url = self.endpoints.direct.set(database=self.name)
        return Endpoint(url, "DATABASE_URL_UNPOOLED", "backend/.env")

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.endpoint.url.render_as_string(hide_password=False),
            "DATABASE_URL_UNPOOLED": self.direct.url.render_as_string(hide_password=False),
        }

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        return run(connect(self.direct.url), statement)

    def look(self) -> SchemaState:
        return inspect(self.endpoint, metadata)


def maintain(statement: str) -> None:
    run(connect(get_endpoints().direct), statement)


def only(state: SchemaState) -> Difference:
    assert len(state.differences) == 1, state.differences
    return state.differences[0]
