"""The checkout that is examined, and what earlier checks have found out about it."""

import os
import platform
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from src.database.endpoints import InvalidDatabaseUrl, parse, resolve
from src.database.origin import Endpoint, endpoint
from src.doctor.report import CannotExamine
from src.doctor.shown import shown
from src.embedded import cluster
from src.models import metadata
from src.schema import copies, identity
from src.schema import state as schema_state
from src.schema.identity import Comparison
from src.schema.migrations import obstacles
from src.schema.migrations.history import own_history
from src.schema.migrations.obstacles import Obstacle
from src.schema.place import Standing
from src.schema.reach import reach
from src.schema.reach.reach import Unreachable
from src.schema.state import SchemaState
from src.settings import BACKEND, BYSTANDERS, InvalidSettings, Loaded, Settings, load_settings

DATABASE_URLS = ("database_url", "database_url_unpooled")


@dataclass(frozen=True)
class Checkout:
    """Where everything is in one copy of Postern."""

    root: Path
    backend_name: str = "backend"
    """Name of the folder below the root. An image uses another name and has nothing beside it."""

    @property
    def backend(self) -> Path:
        return self.root / self.backend_name

    @property
    def env_file(self) -> Path:
        return self.backend / ".env"

    @property
    def data(self) -> Path:
        """Where the embedded PostgreSQL keeps its data."""
        return self.backend / ".data" / "postgres"

    @property
    def has_data(self) -> bool:
        """Also true if a link leads to nothing: the disk with the data may not be mounted."""
        above = self.data.parent
        return os.path.lexists(self.data) or (above.is_symlink() and not above.exists())

    @property
    def example(self) -> Path:
        return self.root / ".env.example"

    @property
    def frontend(self) -> Path:
        return self.root / "frontend"

    def shown(self, path: Path) -> str:
        """The path relative to the checkout, if it is inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


THIS_CHECKOUT = Checkout(BACKEND.parent, BACKEND.name)


class Case:
    """What the checks share. A property that cannot be had raises `CannotExamine`."""

    def __init__(self, checkout: Checkout = THIS_CHECKOUT, api_url: str | None = None) -> None:
        self.checkout = checkout
        self._api_url = api_url

    @cached_property
    def reading(self) -> Loaded | InvalidSettings:
        """The settings, or why they cannot be used."""
        bystanders = (path.relative_to(BACKEND.parent) for path in BYSTANDERS)
        files = tuple(self.checkout.root / path for path in bystanders)
        try:
            return load_settings(self.checkout.env_file, files)
        except InvalidSettings as invalid:
            return invalid

    @property
    def loaded(self) -> Loaded:
        if isinstance(self.reading, InvalidSettings):
            raise CannotExamine("the settings cannot be used")
        return self.reading

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @property
    def api_url(self) -> str:
        """Where the service runs. `make dev API_PORT=9000` does not change the settings."""
        return self._api_url or self.settings.api_url

    @cached_property
    def endpoints(self) -> tuple[Endpoint, Endpoint]:
        """The app's endpoint and the direct one."""
        for field in DATABASE_URLS:
            if unreadable(self.url_of(field)):
                raise CannotExamine(f"{field.upper()} cannot be read")
        found = resolve(self._app_url(), self.url_of("database_url_unpooled"))
        app = endpoint(found.app, found.app_from, self.loaded)
        return app, endpoint(found.direct, found.direct_from, self.loaded)

    def url_of(self, field: str) -> str | None:
        secret = getattr(self.settings, field)
        return secret.get_secret_value() if secret else None

    def _app_url(self) -> str:
        if url := self.url_of("database_url"):
            return url
        if not self.checkout.has_data:
            raise CannotExamine("the bundled PostgreSQL does not exist yet: make dev makes it")
        try:
            return cluster.start(self.checkout.data)
        except cluster.EmbeddedPostgresError:
            raise CannotExamine("the bundled PostgreSQL does not start") from None

    @cached_property
    def obstacles(self) -> tuple[Unreachable | None, Unreachable | None]:
        """Why the app's and the direct endpoint cannot be reached; None if they can."""
        app, direct = self.endpoints
        first = reach.diagnose(app)
        return first, first if direct.url == app.url else reach.diagnose(direct)

    @property
    def reached(self) -> tuple[Endpoint, Endpoint]:
        """The endpoints, if both answer."""
        if any(self.obstacles):
            raise CannotExamine("the database cannot be reached")
        return self.endpoints

    @property
    def app(self) -> Endpoint:
        """The app's endpoint, if it answers."""
        if self.obstacles[0]:
            raise CannotExamine("the database cannot be reached")
        return self.endpoints[0]

    @cached_property
    def comparison(self) -> Comparison:
        return identity.compare(*self.reached)

    @cached_property
    def schema(self) -> SchemaState:
        """The schema as the service sees it, through the app's endpoint."""
        return schema_state.inspect(self.app, metadata)

    def require_our_tables(self) -> None:
        """Raise `CannotExamine` if a query on the models could fail."""
        if self.schema.status not in {"ok", "ahead"}:
            raise CannotExamine("the tables are not what the code needs")

    @cached_property
    def hindrance(self) -> Obstacle | None:
        """Why the pending migrations cannot be applied; None if they can, or if none is pending."""
        if self.schema.status not in {"empty", "behind"}:
            return None
        if self.obstacles[1]:
            raise CannotExamine("the direct endpoint cannot be reached")
        direct = self.endpoints[1]
        try:
            with schema_state.looking_through(direct) as db:
                return obstacles.find(db, direct, own_history())
        except SQLAlchemyError:
            raise CannotExamine("the role of the migrations may not read the schema") from None

    @cached_property
    def standing(self) -> Standing | None:
        """Which instance the database is, and where; None if the database does not say."""
        return copies.look(self.app)

    @property
    def subject(self) -> str:
        """One line that says what was examined."""
        python = f"Python {platform.python_version()}"
        try:
            return f"{self.settings.environment} · {python} · {self.checkout.root}"
        except CannotExamine:
            return f"{python} · {self.checkout.root}"

    def shown_value(self, field: str, source: str) -> str | None:
        """The value that `source` gives for a setting, without secrets; None for a secret."""
        entry = self.loaded.provenance[field]
        if source == entry.source:
            default = getattr(self.settings, field)
            text = entry.text or (None if default is None else str(default))
        else:
            text = next(claim.text for claim in entry.losers if claim.source == source)
        return None if text is None else shown(field, text)


def unreadable(url: str | None) -> str | None:
    """What is wrong with a database URL, without any part of it; None if nothing is."""
    try:
        parse(url) if url else None
    except InvalidDatabaseUrl as error:
        return str(error)
    return None
