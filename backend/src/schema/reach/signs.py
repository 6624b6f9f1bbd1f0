"""What the client library and the server say if a connection fails, and what that means."""

from enum import StrEnum
from typing import NamedTuple


class ReachStep(StrEnum):
    """The steps of a connection, in order."""

    ADDRESS = "address"
    NAME = "name"
    PORT = "port"
    TLS = "tls"
    STARTING = "starting"
    CAPACITY = "capacity"
    PASSWORD = "password"  # noqa: S105  the name of a step
    DATABASE = "database"
    SESSION = "session"
    ANSWER = "answer"


class Sign(NamedTuple):
    """What the client library says, and what it means. Names in braces are filled in."""

    pattern: str
    step: ReachStep
    summary: str
    command: str


ADDRESS = "correct the host in {place}"
SIGNS = (
    Sign(
        r"could not translate host name|could not parse|Name or service not known",
        ReachStep.NAME,
        "the name {name} cannot be resolved",
        ADDRESS,
    ),
    Sign(
        r"invalid response to SSL negotiation|expected authentication request|unexpected message",
        ReachStep.ANSWER,
        "the program that listens on {host} is not PostgreSQL",
        "correct host and port in {place}",
    ),
    Sign(
        r"does not support SSL|SSL was required|server did not accept SSL",
        ReachStep.TLS,
        "the server at {host} offers no TLS, but the address requires it (sslmode={sslmode})",
        "turn TLS on there; or, on a private network, remove sslmode from {place}",
    ),
    Sign(
        # On a Unix socket ("[local]"), TLS would change nothing.
        r"^(?!.*\[local\]).*(no encryption|SSL off)"
        r"|SSL required|TLS required|connection is insecure|sslmode=require",
        ReachStep.TLS,
        "the server at {host} requires TLS, but the connection has none (sslmode={sslmode})",
        "add sslmode=require to {place}",
    ),
    Sign(
        r"root certificate file .* does not exist|weak sslmode",
        ReachStep.TLS,
        "no certificate authority is set that could check the server's certificate",
        "add sslrootcert=system (public authorities), or the path of your own, to {place}",
    ),
    Sign(
        r"private key|could not (read|open|load) certificate file|client certificate file",
        ReachStep.TLS,
        "the client's own certificate or key cannot be used",
        "correct sslcert and sslkey in {place}",
    ),
    Sign(
        r"certificate .*does not match host name",
        ReachStep.TLS,
        "the server's certificate is for another name than {name}",
        "use the certificate's name in {place}",
    ),
    Sign(
        r"certificate verify failed|certificate",
        ReachStep.TLS,
        "the server's certificate is not signed by an authority that this machine trusts",
        "add sslrootcert=<the path of the authority's certificate> to {place}",
    ),
    Sign(
        r"channel binding (is )?required|channel binding not supported",
        ReachStep.TLS,
        "the address requires channel binding, which the server at {host} does not offer",
        "remove channel_binding from {place}",
    ),
    Sign(
        r"SSL|TLS|tlsv1",
        ReachStep.TLS,
        "the server at {host} and this machine cannot agree on TLS",
        "check sslmode and the certificates in {place}",
    ),
    Sign(
        r"starting up|not yet accepting connections|shutting down|recovery mode"
        r"|not currently accepting",
        ReachStep.STARTING,
        "the server at {host} is starting or stopping; this ends by itself",
        "wait; the service recovers by itself",
    ),
    Sign(
        r"too many (clients|connections)|connection slots|no more connections allowed"
        r"|max_client_conn",
        ReachStep.CAPACITY,
        "the server at {host} has no connection left",
        "lower DB_POOL_SIZE in backend/.env, or use a pooled address in {place}",
    ),
    Sign(
        r"quota|is paused|suspended|tenant or user not found",
        ReachStep.CAPACITY,
        "the provider keeps the database at {host} switched off",
        "wake it in the provider's console",
    ),
    Sign(
        r"no password supplied",
        ReachStep.PASSWORD,
        'the server asks for the password of "{user}", but the address has none',
        "add the password to {place}",
    ),
    Sign(
        r"password authentication failed|authentication failed|SASL|no such user"
        r"|role .* does not exist|not permitted to log in|no pg_hba\.conf entry|pg_hba",
        ReachStep.PASSWORD,
        'the server at {host} does not let "{user}" in with this password, from this machine',
        "correct the user and the password in {place}",
    ),
    Sign(
        r"session is (not )?read-only|server is (not )?in hot standby mode",
        ReachStep.SESSION,
        "none of the servers at {host} is what target_session_attrs asks for",
        "correct target_session_attrs, or add a server that matches it, in {place}",
    ),
    Sign(
        r"database .* does not exist|no such database",
        ReachStep.DATABASE,
        'there is no database "{database}" on {host}',
        "psql '{maintenance}' -c 'CREATE DATABASE \"{database}\"', or correct {place}",
    ),
    Sign(
        r"permission denied for database|CONNECT privilege",
        ReachStep.DATABASE,
        '"{user}" may not connect to the database "{database}" on {host}',
        "psql '{maintenance}' -c 'GRANT CONNECT ON DATABASE \"{database}\" TO \"{user}\"'",
    ),
)
REFUSED_BY_CLIENT = Sign(
    "",
    ReachStep.ADDRESS,
    "PostgreSQL's own client refuses a parameter before it connects: {cause}",
    "correct that parameter in {place}",
)
REFUSED_BY_SERVER = Sign(
    "",
    ReachStep.SESSION,
    "the server at {host} refuses the connection: {cause}",
    "correct what the server names, on the server or in {place}",
)
NO_ADDRESS = Sign("", ReachStep.NAME, "the name {name} cannot be resolved", ADDRESS)
NO_SOCKET = Sign(
    "",
    ReachStep.PORT,
    "no PostgreSQL has a socket in {host}",
    "start the server, or correct {place}",
)
REFUSED = Sign(
    "",
    ReachStep.PORT,
    "nothing listens on {host}",
    "start PostgreSQL there, or correct host and port in {place}",
)
NO_ROUTE = Sign(
    "",
    ReachStep.PORT,
    "nothing answers on {host}: a firewall, another network, or a machine that is off",
    "allow connections to {host}, or correct host and port in {place}",
)
SILENT = Sign(
    "",
    ReachStep.ANSWER,
    "{host} accepts connections, but does not answer as PostgreSQL: it is frozen, overloaded, "
    "or another program",
    "restart the server at {host}, or correct the port in {place}",
)
BUNDLED = Sign("", ReachStep.PORT, "{cause}", "follow the message above")
