"""An address of the database, with the setting that gave it and where that setting came from."""

from dataclasses import dataclass, field

from sqlalchemy import URL

from src.database.database import get_endpoints
from src.database.endpoints import redacted
from src.database.urls.client_defaults import filled_in
from src.database.urls.hosts import hosts_of
from src.embedded import cluster
from src.settings import DEFAULT_SCHEMA, Loaded, get_loaded

DEFAULT = "the default"


@dataclass(frozen=True)
class Endpoint:
    """One endpoint of a database. `str()` and `repr()` of it show no secret."""

    url: URL = field(repr=False)
    setting: str = "DATABASE_URL"
    source: str = DEFAULT
    """Which source gave the setting its value: a file, the process environment, the default."""
    schema: str = DEFAULT_SCHEMA
    """The schema of our tables there: `DATABASE_SCHEMA`."""
    schema_source: str = DEFAULT

    @property
    def address(self) -> str:
        """The address with the client library's defaults filled in: it shows what is used."""
        return redacted(filled_in(self.url))

    @property
    def origin(self) -> str:
        if self.source == DEFAULT:
            return "the bundled PostgreSQL, as DATABASE_URL is not set"
        return f"{self.setting} from {self.source}"

    @property
    def place(self) -> str:
        """Where the operator changes it; the words after "change"."""
        if self.source == DEFAULT:
            return "DATABASE_URL in backend/.env"
        return f"{self.setting.split(maxsplit=1)[0]} in {self.source}"

    @property
    def schema_file(self) -> str:
        """Where the operator sets DATABASE_SCHEMA."""
        sources = (self.schema_source, self.source, "backend/.env")
        return next(source for source in sources if source != DEFAULT)

    @property
    def host(self) -> str:
        """Host and port, or the folder of the Unix socket. All hosts, if there are several."""
        return ", ".join(str(host) for host in hosts_of(filled_in(self.url)))

    @property
    def psql(self) -> str:
        """The psql program for it: the bundled server has its own."""
        return str(cluster.bundled("psql")) if self.source == DEFAULT else "psql"

    def __str__(self) -> str:
        return f"{self.address} ({self.origin})"


def app_endpoint() -> Endpoint:
    """What requests use: `DATABASE_URL`."""
    endpoints = get_endpoints()
    return endpoint(endpoints.app, endpoints.app_from, get_loaded())


def direct_endpoint() -> Endpoint:
    """What migrations use: `DATABASE_URL_UNPOOLED`, or the one derived from `DATABASE_URL`."""
    endpoints = get_endpoints()
    return endpoint(endpoints.direct, endpoints.direct_from, get_loaded())


def endpoint(url: URL, setting: str, loaded: Loaded) -> Endpoint:
    """The endpoint that `setting` gives, with the sources of these settings."""
    source = loaded.source_of(setting.split(maxsplit=1)[0].lower())
    schema = loaded.settings.database_schema
    return Endpoint(url, setting, source, schema, loaded.source_of("database_schema"))
