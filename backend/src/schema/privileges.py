"""Exactly the privileges that the service's role needs, and the SQL that grants them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from src.database.opening import quoted

READ = ("SELECT",)
WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")
VERSION_TABLE = "alembic_version"
READ_ONLY_TABLES = frozenset({VERSION_TABLE, "instance", "applied_migration"})
"""Only migrations and an operator's commands write to them."""
UNUSED_TABLES = frozenset({"endpoint_probe"})
"""Only the doctor uses them, through the direct endpoint."""


@dataclass(frozen=True)
class Privileges:
    """What a role may do, or may not do, with one thing in a database."""

    kind: str
    """`SCHEMA`, `TABLE` or `SEQUENCE`."""
    name: str
    """As it is written in SQL: quoted, and with its schema."""
    names: tuple[str, ...]
    owner: str

    def __str__(self) -> str:
        return f"{', '.join(self.names)} on {self.kind.lower()} {self.name}"

    @classmethod
    def on_table(cls, schema: str, table: str, names: tuple[str, ...], owner: str) -> "Privileges":
        return cls("TABLE", f"{quoted(schema)}.{quoted(table)}", names, owner)

    def granted_to(self, role: str) -> str:
        return f"GRANT {', '.join(self.names)} ON {self.kind} {self.name} TO {quoted(role)}"


def needed_on(table: str) -> tuple[str, ...]:
    """What requests do with the table."""
    if table in UNUSED_TABLES:
        return ()
    return READ if table in READ_ONLY_TABLES else WRITE


def for_new_tables(schema: str, owner: str, role: str) -> tuple[str, str]:
    """SQL that also grants the tables that the owner's next migrations create."""
    by = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(owner)} IN SCHEMA {quoted(schema)}"
    return (
        f"{by} GRANT {', '.join(WRITE)} ON TABLES TO {quoted(role)}",
        f"{by} GRANT USAGE ON SEQUENCES TO {quoted(role)}",
    )


def for_runtime(
    *, role: str, owner: str, database: str, schema: str, tables: Iterable[str]
) -> Iterator[str]:
    """All that a running service needs, and nothing that alters a table or reads other tables."""
    yield f"GRANT CONNECT ON DATABASE {quoted(database)} TO {quoted(role)}"
    yield f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {quoted(role)}"
    for table in filter(needed_on, tables):
        yield Privileges.on_table(schema, table, needed_on(table), owner).granted_to(role)
    yield from for_new_tables(schema, owner, role)


def for_references(*, role: str, schema: str) -> Iterator[str]:
    """What the owner of an app's tables needs for foreign keys to `user`."""
    yield f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {quoted(role)}"
    yield f'GRANT REFERENCES ON TABLE {quoted(schema)}."user" TO {quoted(role)}'
