"""Whether both endpoints answer, and if not, at which step the way ends."""

from typing import TYPE_CHECKING

from src.doctor.case import Case, unreadable
from src.doctor.report import Check, Condition, Fine, Group, Outcome, found_or_fine

if TYPE_CHECKING:
    from src.database.origin import Endpoint
    from src.schema.reach.reach import Unreachable

URL_UNREADABLE = Condition(
    "database_url_invalid",
    "The database's address cannot be read",
    "Nothing can be connected to, so nothing starts.",
    "DATABASE_URL cannot be read",
)
EMBEDDED = Condition(
    "embedded_postgres",
    "The embedded PostgreSQL does not start",
    "DATABASE_URL is not set, so the bundled server is the database.",
    "The embedded PostgreSQL does not start",
)
UNREACHABLE = {
    step: Condition(f"unreachable_{step}", title, why, heading)
    for step, title, why, heading in (
        (
            "address",
            "The database's address has a parameter that cannot be used",
            "PostgreSQL's own client refuses it before it connects.",
            "DATABASE_URL cannot be read",
        ),
        (
            "name",
            "The database's host name leads nowhere",
            "A typing error, a name of another network (a container's, say), or no name service.",
            "could not translate host name",
        ),
        (
            "port",
            "Nothing listens where the database should be",
            "The server is down, it is another port, or a firewall is between.",
            "connection refused",
        ),
        (
            "tls",
            "The database and this machine do not agree on encryption",
            "One of them demands TLS, or trust, that the other does not offer.",
            "The server does not support SSL",
        ),
        (
            "starting",
            "The database is starting or stopping",
            "It refuses everybody until it is ready.",
            "the database system is starting up",
        ),
        (
            "capacity",
            "The database lets nobody else in",
            "All its connections are in use, or its provider has switched it off.",
            "too many clients already",
        ),
        (
            "password",
            "The database refuses this user or password",
            "The server is there; who knocks is not known to it, or not from here.",
            "password authentication failed",
        ),
        (
            "database",
            "The server has no such database",
            "The server is there and the user is known; the name after the slash is wrong.",
            'database "…" does not exist',
        ),
        (
            "session",
            "The database refuses the connection for a reason of its own",
            "It is the wrong kind of server, or it does not take what the address asks for.",
            "session is read-only",
        ),
        (
            "answer",
            "What listens there does not answer as a database",
            "The server hangs, or another program has the port.",
            "The server accepts connections and does not answer",
        ),
    )
}
WRITE_URL = "Write it as postgresql://user:password@host:5432/database in {place}."


def readable_urls(case: Case) -> Outcome:
    found = []
    for field in ("database_url", "database_url_unpooled"):
        if reason := unreadable(case.url_of(field)):
            source = case.loaded.source_of(field)
            evidence = f"{field.upper()} (from {source}) {reason}"
            found.append(URL_UNREADABLE.found(evidence, mend=WRITE_URL.format(place=source)))
    return found_or_fine(found, _origins(case))


def _origins(case: Case) -> str:
    if case.settings.database_url is None:
        return "DATABASE_URL is not set: the embedded PostgreSQL"
    return f"DATABASE_URL from {case.loaded.source_of('database_url')}"


def embedded_server(case: Case) -> Outcome:
    from src.embedded import cluster

    case.refuse_unreadable_urls()
    if case.settings.database_url is not None:
        return Fine("not used")
    if not case.checkout.has_data:
        return Fine("not made yet: make dev does it")
    try:
        cluster.start(case.checkout.data)
    except cluster.EmbeddedPostgresError as error:
        said = [line for line in str(error).splitlines() if line.strip()]
        return EMBEDDED.found(*said, mend="Do what the sentence above says.")
    return Fine(f"runs on {case.checkout.shown(case.checkout.data)}")


def app_answers(case: Case) -> Outcome:
    return _answers(case.endpoints[0], case.obstacles[0])


def direct_answers(case: Case) -> Outcome:
    app, direct = case.endpoints
    if direct.url == app.url:
        return Fine("the same address")
    return _answers(direct, case.obstacles[1])


def _answers(endpoint: "Endpoint", obstacle: "Unreachable | None") -> Outcome:
    if obstacle is None:
        return Fine(str(endpoint))
    seen = (str(endpoint), obstacle.summary, f"in the words of server or client: {obstacle.cause}")
    return UNREACHABLE[obstacle.step].found(*seen, mend=obstacle.command)


CHECKS = (
    Check(Group.REACHABILITY, "The addresses can be read", readable_urls),
    Check(Group.REACHABILITY, "The embedded PostgreSQL runs", embedded_server),
    Check(Group.REACHABILITY, "The app's endpoint answers", app_answers),
    Check(Group.REACHABILITY, "The direct endpoint answers", direct_answers),
)
