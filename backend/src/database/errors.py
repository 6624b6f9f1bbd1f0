"""The answers to clients if the database fails."""

from src.kit.problem import Problem


class DatabaseUnavailable(Problem):
    status = 503
    code = "database_unavailable"
    title = "The database does not answer"
    why = (
        "The service runs, but its database is down, restarting, full or out of reach, or a "
        "connection to it broke. Nothing of the request was saved, unless the connection broke "
        "while the database confirmed it: then it may have been saved. It is safe to try again. "
        "The service recovers by itself when the database answers again."
    )
    fix = "Try again in a moment. Operators: `make doctor` says at which step the connection fails."
    retry_after = 2


class SchemaMismatch(Problem):
    status = 503
    code = "schema_mismatch"
    title = "The database lacks something that this version needs"
    why = (
        "A table or a column that the service needs is missing in the connected database, or is "
        "different. A migration is missing, the database was changed or restored by hand, or it is "
        "not the database that you think it is."
    )
    fix = (
        "Operators: the log names the database, the setting it came from and the missing piece; "
        "`make doctor` shows the same, `make migrate` applies what is missing."
    )
    retry_after = 5


DATABASE_PROBLEMS = (DatabaseUnavailable, SchemaMismatch)
"""The refusals of every route that uses the database."""
