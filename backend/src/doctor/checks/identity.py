"""Which database this is, and whether both endpoints lead to it."""

from typing import TYPE_CHECKING

from src.doctor.case import Case
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome

if TYPE_CHECKING:
    from src.schema.identity import Identity

TWO = Condition(
    "two_databases",
    "The app and the migrations use two different databases",
    "Migrations succeed, in the other database: the service goes on missing what they add, "
    "whatever is done.",
    "Two databases",
)
UNPROVEN = Condition(
    "identity_unproven",
    "It cannot be proven that both endpoints are one database",
    "If they are two, migrations go into the one that the service does not use.",
    "Two databases",
)
READ_ONLY = Condition(
    "database_read_only",
    "The database takes no writes",
    "It is a replica or set to read-only: nobody can sign up, and no migration can run.",
    "cannot execute INSERT in a read-only transaction",
)


def one_database(case: Case) -> Outcome:
    comparison = case.comparison
    from src.schema.command_lines import MIGRATE
    from src.schema.identity import Verdict

    app, direct = comparison.app, comparison.direct
    seen = [told("app", app)] if app else []
    seen += [told("direct", direct)] if direct else []
    match comparison.verdict:
        case Verdict.SAME:
            return Fine(comparison.reason, tuple(seen))
        case Verdict.DIFFERENT:
            mend = f"Set {_setting(direct)} to the direct address of the app's own database."
            return TWO.found(*seen, comparison.reason, mend=mend)
        case _:
            mend = f"Let the app's role write to endpoint_probe: {MIGRATE}, then look again."
            return UNPROVEN.found(*seen, comparison.reason, mend=mend)


def _setting(identity: "Identity | None") -> str:
    return identity.endpoint.place if identity else "DATABASE_URL_UNPOOLED in backend/.env"


def told(name: str, identity: "Identity") -> str:
    """One line of evidence: all that tells one database from another."""
    state = "replica" if identity.in_recovery else "read-only" if identity.read_only else "writable"
    parts = (
        f"{name}: {identity.endpoint.address} from {identity.endpoint.setting}",
        f'database "{identity.database}" ({identity.database_oid})',
        f'schema "{identity.schema}"',
        f'role "{identity.role}"',
        f"PostgreSQL {identity.server_version} {_where(identity)}",
        state,
        f"instance {identity.instance_id or 'none'}",
        *(["through a pooler"] if identity.between else []),
    )
    return ", ".join(parts)


def _where(identity: "Identity") -> str:
    """The server's own view of the way in, which a pooler's or a proxy's address hides."""
    if identity.server_address is None:
        return "on a Unix socket"
    return f"at {identity.server_address} port {identity.server_port}"


def writable(case: Case) -> Outcome:
    identity = case.comparison.app
    if identity is None:
        raise CannotExamine("the database cannot be reached")
    place = identity.endpoint.place
    if identity.in_recovery:
        return READ_ONLY.found(
            told("app", identity), mend=f"change {place} to the primary's address"
        )
    if identity.read_only:
        from src.schema import read_only

        fix = read_only.fix(
            identity.endpoint,
            identity.read_only,
            database=identity.database,
            role=identity.role,
        )
        return READ_ONLY.found(told("app", identity), mend=fix)
    if case.schema.status == "missing_privileges":
        raise CannotExamine(f'what its role "{identity.role}" may do is reported below')
    return Fine(f'database "{identity.database}", PostgreSQL {identity.server_version}')


CHECKS = (
    Check(Group.IDENTITY, "Both endpoints are one database", one_database),
    Check(Group.IDENTITY, "The database takes writes", writable),
)
