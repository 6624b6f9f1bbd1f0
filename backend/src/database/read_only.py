"""Why a database takes no writes by default, and what lets it take them again. Pure."""

from src.database.opening import quoted

SETTING = "default_transaction_read_only"
BEGIN = "BEGIN READ WRITE"


def fix(source: str, *, database: str, role: str, place: str) -> str:
    """SQL, or an edit of `place`, the setting that holds the address.

    `source` is that of the setting in `pg_settings`.
    """
    match source:
        case "database":
            return _reset(f"DATABASE {quoted(database)}")
        case "user":
            return _reset(f"ROLE {quoted(role)}")
        case "database user":
            return _reset(f"ROLE {quoted(role)} IN DATABASE {quoted(database)}")
        case "client":
            return f"remove {SETTING} from the options of {place}"
        case _:
            return f"set {SETTING} = off in the configuration of the server, and reload it"


def _reset(what: str) -> str:
    """The session that runs it is read-only by the same default, so it asks for READ WRITE."""
    return f"{BEGIN}; ALTER {what} RESET {SETTING}; COMMIT"
