"""What each of our transactions sets before its first query. Pure.

A database, a role or an address may have defaults of its own for the isolation level, the
search_path and the timeouts. What is set here wins over them. It holds until the transaction ends,
so it works behind a transaction pooler. `default_transaction_read_only` is never overridden: the
schema state reports it.
"""


def opening(
    schema: str, *, statement_timeout: str, lock_timeout: str = "0", read_only: bool = False
) -> str:
    """Statements to send in one message, before the first query or together with it."""
    access = ", READ ONLY" if read_only else ""
    return "; ".join(
        (
            f"SET TRANSACTION ISOLATION LEVEL READ COMMITTED{access}",
            f"SET LOCAL search_path = {search_path(schema)}",
            f"SET LOCAL statement_timeout = '{statement_timeout}'",
            f"SET LOCAL lock_timeout = '{lock_timeout}'",
        )
    )


def search_path(schema: str) -> str:
    """Only the tables of this schema are found without naming a schema.

    PostgreSQL searches `pg_temp` first unless it is named: a temporary table would hide ours.
    """
    return f"{quoted(schema)}, pg_temp"


def quoted(name: str) -> str:
    """An identifier quoted for SQL. It may have any characters."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
