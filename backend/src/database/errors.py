"""What a client gets where the database cannot do its part."""

from src.kit.problem import Problem


class DatabaseUnavailable(Problem):
    status = 503
    code = "database_unavailable"
    title = "The database does not answer"
    why = (
        "The service runs, but its database is down, restarting, full or out of reach. Nothing of "
        "the request was saved. The service recovers by itself once the database answers."
    )
    fix = "Try again in a moment. Operators: `make doctor` says at which step the connection fails."
    retry_after = 2


class SchemaMismatch(Problem):
    status = 503
    code = "schema_mismatch"
    title = "The database lacks something that this version needs"
    why = (
        "A table or a column that the service relies on is not in the database it is connected to, "
        "or contradicts it: a migration is missing, the database was changed or restored by hand, "
        "or it is another database than you think."
    )
    fix = (
        "Operators: the log names the database, the setting it came from and the missing piece; "
        "`make doctor` shows the same, `make migrate` applies what is missing."
    )
    retry_after = 5


DATABASE_PROBLEMS = (DatabaseUnavailable, SchemaMismatch)
"""Of every route that asks the database."""
