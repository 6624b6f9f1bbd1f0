"""Whether both endpoints answer, and if not, which step of connecting fails."""

from src.database.origin import Endpoint
from src.doctor.case import DATABASE_URLS, Case, unreadable
from src.doctor.report import Check, Condition, Fine, Group, Outcome, found_or_fine
from src.embedded import cluster
from src.schema.reach.reach import Unreachable

URL_UNREADABLE = Condition(
    "database_url_invalid",
    "The database's address cannot be read",
    "Without an address there is no connection, so nothing starts.",
    "DATABASE_URL cannot be read",
)
EMBEDDED = Condition(
    "embedded_postgres",
    "The bundled PostgreSQL does not start",
    "DATABASE_URL is not set, so this server is the database.",
    "The bundled PostgreSQL does not start",
)
UNREACHABLE = {
    step: Condition(f"unreachable_{step}", title, why, heading)
    for step, title, why, heading in (
        (
            "address",
            "The database's address has an invalid parameter",
            "PostgreSQL's own client refuses it before it connects.",
            "DATABASE_URL cannot be read",
        ),
        (
            "name",
            "The database's host name has no address",
            "A typing error, a name from another network (a container's), or no name service.",
            "could not translate host name",
        ),
        (
            "port",
            "No server answers at the database's port",
            "The server is down, the port is wrong, or a firewall blocks it.",
            "connection refused",
        ),
        (
            "tls",
            "The database and this machine do not agree on encryption",
            "One side requires TLS or a trusted certificate, and the other does not offer it.",
            "The server does not support SSL",
        ),
        (
            "starting",
            "The database is starting or stopping",
            "It refuses all connections until it is ready.",
            "the database system is starting up",
        ),
        (
            "capacity",
            "The database accepts no more connections",
            "All connections are in use, or the provider has switched the database off.",
            "too many clients already",
        ),
        (
            "password",
            "The database refuses this user or password",
            "The server answers, and does not accept this user from this machine.",
            "password authentication failed",
        ),
        (
            "database",
            "The server has no such database",
            "The server accepts the user. The database's name in the address is wrong.",
            'database "…" does not exist',
        ),
        (
            "session",
            "The database refuses the connection for another reason",
            "It is the wrong kind of server, or it refuses a parameter of the address.",
            "session is read-only",
        ),
        (
            "answer",
            "The server does not answer as a database",
            "The server hangs, or another program uses the port.",
            "The server accepts connections and does not answer",
        ),
    )
}
WRITE_URL = "Write it as postgresql://user:password@host:5432/database in {place}."


def readable_urls(case: Case) -> Outcome:
    """Story: "DATABASE_URL cannot be read"."""
    found = []
    for field in DATABASE_URLS:
        if reason := unreadable(case.url_of(field)):
            source = case.loaded.source_of(field)
            evidence = f"{field.upper()} (from {source}) {reason}"
            found.append(URL_UNREADABLE.found(evidence, fix=WRITE_URL.format(place=source)))
    return found_or_fine(found, _origins(case))


def _origins(case: Case) -> str:
    if case.settings.database_url is None:
        return "DATABASE_URL is not set: the bundled PostgreSQL"
    return f"DATABASE_URL from {case.loaded.source_of('database_url')}"


def embedded_server(case: Case) -> Outcome:
    """Story: "The bundled PostgreSQL does not start"."""
    if case.settings.database_url is not None:
        return Fine("not used")
    if not case.checkout.has_data:
        return Fine("it does not exist yet: make dev makes it")
    try:
        cluster.start(case.checkout.data)
    except cluster.EmbeddedPostgresError as error:
        said = [line for line in str(error).splitlines() if line.strip()]
        return EMBEDDED.found(*said, fix="Do what the sentence above says.")
    return Fine(f"runs on {case.checkout.shown(case.checkout.data)}")


def app_answers(case: Case) -> Outcome:
    """Story: "connection refused", and each section after it."""
    return _answers(case.endpoints[0], case.obstacles[0])


def direct_answers(case: Case) -> Outcome:
    """Story: "Neon's pooled host"."""
    app, direct = case.endpoints
    if direct.url == app.url:
        return Fine("the same address")
    return _answers(direct, case.obstacles[1])


def _answers(endpoint: Endpoint, obstacle: Unreachable | None) -> Outcome:
    if obstacle is None:
        return Fine(str(endpoint))
    seen = (str(endpoint), obstacle.summary, f"the server or client said: {obstacle.cause}")
    return UNREACHABLE[obstacle.step].found(*seen, fix=obstacle.command)


CHECKS = (
    Check(Group.REACHABILITY, "The addresses can be read", readable_urls),
    Check(Group.REACHABILITY, "The bundled PostgreSQL runs", embedded_server),
    Check(Group.REACHABILITY, "The app's endpoint answers", app_answers),
    Check(Group.REACHABILITY, "The direct endpoint answers", direct_answers),
)
