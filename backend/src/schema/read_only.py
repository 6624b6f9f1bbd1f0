"""Why a database takes no writes by default, and how to change that."""

from src.database.opening import quoted
from src.database.origin import Endpoint
from src.schema.psql import psql

SETTING = "default_transaction_read_only"


def fix(endpoint: Endpoint, source: str, *, database: str, role: str) -> str:
    """The command or the edit that fixes it; `source` is the setting's one in `pg_settings`."""
    match source:
        case "database":
            return _reset(endpoint, f"DATABASE {quoted(database)}")
        case "user":
            return _reset(endpoint, f"ROLE {quoted(role)}")
        case "database user":
            return _reset(endpoint, f"ROLE {quoted(role)} IN DATABASE {quoted(database)}")
        case "client":
            return f"remove {SETTING} from the options of {endpoint.place}"
        case _:
            return f"set {SETTING} = off in the configuration of the server, and reload it"


def _reset(endpoint: Endpoint, what: str) -> str:
    """The session that runs it is read-only by the same default, so it asks for READ WRITE."""
    return psql(endpoint, f"BEGIN READ WRITE; ALTER {what} RESET {SETTING}; COMMIT")
