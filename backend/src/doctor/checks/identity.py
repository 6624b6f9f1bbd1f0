"""Which database this is, and whether both endpoints lead to it."""

from src.doctor.case import Case
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome
from src.schema import read_only
from src.schema.command_lines import MIGRATE
from src.schema.identity import Identity, Verdict

TWO = Condition(
    "two_databases",
    "The app and the migrations use two different databases",
    "Migrations succeed in the other database, so the service still lacks what they add.",
    "Two databases",
)
UNPROVEN = Condition(
    "identity_unproven",
    "It cannot be proven that both endpoints are one database",
    "If they are two, migrations change the one that the service does not use.",
    "Two databases",
)
READ_ONLY = Condition(
    "database_read_only",
    "The database refuses writes",
    "It is a replica, or set to read-only. Nobody can sign up, and no migration can run.",
    "cannot execute INSERT in a read-only transaction",
)


def one_database(case: Case) -> Outcome:
    """Story: "Two databases"."""
    comparison = case.comparison
    app, direct = comparison.app, comparison.direct
    seen = [described("app", app)] if app else []
    seen += [described("direct", direct)] if direct else []
    match comparison.verdict:
        case Verdict.SAME:
            return Fine(comparison.reason, tuple(seen))
        case Verdict.DIFFERENT:
            fix = f"Set {_setting(direct)} to the direct address of the app's own database."
            return TWO.found(*seen, comparison.reason, fix=fix)
        case _:
            fix = f"Let the app's role write to endpoint_probe: {MIGRATE}, then run this again."
            return UNPROVEN.found(*seen, comparison.reason, fix=fix)


def _setting(identity: Identity | None) -> str:
    return identity.endpoint.place if identity else "DATABASE_URL_UNPOOLED in backend/.env"


def described(name: str, identity: Identity) -> str:
    """One line of evidence: everything that distinguishes one database from another."""
    state = "replica" if identity.in_recovery else "read-only" if identity.read_only else "writable"
    parts = (
        f"{name}: {identity.endpoint}",
        f'database "{identity.database}" ({identity.database_oid})',
        f'schema "{identity.schema}"',
        f'role "{identity.role}"',
        f"PostgreSQL {identity.server_version} {_where(identity)}",
        state,
        f"instance {identity.instance_id or 'none'}",
        *(["through a pooler"] if identity.between else []),
    )
    return ", ".join(parts)


def _where(identity: Identity) -> str:
    """The address that the server itself knows. The address of a pooler or proxy hides it."""
    if identity.server_address is None:
        return "on a Unix socket"
    return f"at {identity.server_address} port {identity.server_port}"


def writable(case: Case) -> Outcome:
    """Story: "cannot execute INSERT in a read-only transaction"."""
    identity = case.comparison.app
    if identity is None:
        raise CannotExamine("the database cannot be reached")
    place = identity.endpoint.place
    if identity.in_recovery:
        return READ_ONLY.found(
            described("app", identity), fix=f"change {place} to the primary's address"
        )
    if identity.read_only:
        fix = read_only.fix(
            identity.endpoint,
            identity.read_only,
            database=identity.database,
            role=identity.role,
        )
        return READ_ONLY.found(described("app", identity), fix=fix)
    if case.schema.status == "missing_privileges":
        raise CannotExamine(f'another check reports what its role "{identity.role}" may do')
    return Fine(f'database "{identity.database}", PostgreSQL {identity.server_version}')


CHECKS = (
    Check(Group.IDENTITY, "Both endpoints are one database", one_database),
    Check(Group.IDENTITY, "The database accepts writes", writable),
)
