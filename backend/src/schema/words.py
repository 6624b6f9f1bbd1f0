"""The sentence and the one command for each state of the schema. Pure."""

import shlex
from collections.abc import Iterable

from src.schema import read_only
from src.schema.command_lines import ALEMBIC, MERGE, MIGRATE
from src.schema.difference import Difference, DifferenceKind
from src.schema.evidence import Evidence, SchemaStatus
from src.schema.migrations.history import Migration, Piece
from src.schema.privileges import VERSION_TABLE, for_new_tables
from src.schema.psql import psql

NAMED_AT_MOST = 5
NEEDS_ONE_HEAD = (MIGRATE, ALEMBIC, "make migration")
"""Beginnings of commands that cannot work while two migrations claim to be the newest."""

Explanation = tuple[str, str | None]


def explain(status: SchemaStatus, evidence: Evidence) -> Explanation:
    """Which database, from which setting, at which revision, lacks what; and how to fix it."""
    summary, command = EXPLANATIONS[status](evidence)
    if command and command.startswith(NEEDS_ONE_HEAD) and (two := evidence.history.two_heads):
        return f"{summary} {two}", MERGE
    return summary, command


def _where(e: Evidence) -> str:
    return (
        f'The database "{e.live.database}" on {e.endpoint.host}, schema '
        f'"{e.live.schema}" ({e.endpoint.origin}),'
    )


def _listed(items: Iterable[object]) -> str:
    texts = [str(item) for item in items]
    rest = len(texts) - NAMED_AT_MOST
    return "; ".join(texts[:NAMED_AT_MOST]) + (f"; and {rest} more" if rest > 0 else "")


def _ok(e: Evidence) -> Explanation:
    return f"{_where(e)} is at revision {e.known}, as this version needs.", None


def _empty(e: Evidence) -> Explanation:
    return f"{_where(e)} is empty: {_migrations(e.pending)} still to be applied.", MIGRATE


def _behind(e: Evidence) -> Explanation:
    lacking = _listed(e.harmful) or f"{_migrations(e.pending)} still to be applied"
    gap = f"{len(e.pending)} behind {e.history.head}"
    return f"{_where(e)} is at revision {e.known}, {gap}: {lacking}.", MIGRATE


def _migrations(pending: tuple[Migration, ...]) -> str:
    return f"{'migration' if len(pending) == 1 else 'migrations'} {_listed(pending)}"


def _ahead(e: Evidence) -> Explanation:
    lost = _listed(item for item in e.harmful if item.missing)
    summary = (
        f"{_where(e)} is at revision {', '.join(e.unknown)}, which a newer version of Postern "
        f"applied after {e.history.head}, the newest that this one knows"
        f"{': ' + lost if lost else ''}."
    )
    return summary, "git pull, and restart the service"


def _unknown_revision(e: Evidence) -> Explanation:
    if not e.unknown:
        lacking = f": {_listed(e.harmful)}" if e.harmful else ""
        summary = f"{_where(e)} has Postern's tables, but records no revision{lacking}."
        return summary, f"{ALEMBIC} stamp {e.present_up_to}"
    summary = (
        f"{_where(e)} is at revision {', '.join(e.unknown)}. No migration of this code has that "
        f"revision, and nothing shows that it is newer than {e.history.head}."
    )
    revision = shlex.quote(e.unknown[0])
    return summary, f"git log --all --oneline -S {revision} -- backend/alembic/versions"


def _recorded_but_missing(e: Evidence) -> Explanation:
    stamped = ", ".join(e.never_run)
    note = f" Revision {stamped} was stamped there and never run." if stamped else ""
    lost = [item for item in e.unexplained if item.missing]
    summary = f"{_where(e)} records revision {e.known}, but {_listed(lost)}.{note}"
    if e.nothing_left_after_present:
        return summary, _migrating_again(e)
    return summary, f"restore it from a backup, or add it as its migration does: {_as_sql(e, lost)}"


def _migrating_again(e: Evidence) -> str:
    again = ALEMBIC.removeprefix("cd backend && ")
    return f"{ALEMBIC} stamp {e.present_up_to} && {again} upgrade head"


def _as_sql(e: Evidence, items: Iterable[Difference]) -> str:
    """Commands that print the SQL of the migrations that add or last change these pieces."""
    found = []
    for item in items:
        found.append(item.migration)
        if item.column:
            found.append(e.history.shaping(Piece("column", item.table, item.column)))
    known = dict.fromkeys(migration for migration in found if migration)
    ranges = [f"{''.join(one.before[:1]) or 'base'}:{one.revision}" for one in known]
    return "; ".join(f"{ALEMBIC} upgrade {one} --sql" for one in ranges)


def _drifted(e: Evidence) -> Explanation:
    summary = f"{_where(e)} is at revision {e.known}, but {_listed(e.harmful)}."
    if all(item.migration is None and item.missing for item in e.harmful):
        return summary, 'make migration m="say what it adds"'
    shown = _as_sql(e, e.harmful)
    right = f", so that it is again as its migration made it: {shown}" if shown else ""
    return summary, f"undo that change in the database{right}"


def _foreign(e: Evidence) -> Explanation:
    theirs = f", which says {', '.join(e.unknown)} in its {VERSION_TABLE}" if e.unknown else ""
    lacking = [item for item in e.harmful if item.kind is not DifferenceKind.MISSING_TABLE]
    summary = (
        f"{_where(e)} belongs to another application{theirs}: it has {_tables(e)}, but not "
        f"Postern's own tables{'; ' + _listed(lacking) if lacking else ''}."
    )
    return summary, (
        f"change {e.endpoint.place} to the address of Postern's own database; or, to keep both "
        f"here, set DATABASE_SCHEMA=postern in {e.endpoint.schema_file}"
    )


def _tables(e: Evidence) -> str:
    names = [f'"{name}"' for name in e.theirs]
    return f"the {'table' if len(names) == 1 else 'tables'} {', '.join(names)}"


def _wrong_search_path(e: Evidence) -> Explanation:
    summary = (
        f"{_where(e)} does not hold Postern's tables: Postern's tables are in the schema "
        f'"{e.home}", and DATABASE_SCHEMA from {e.endpoint.schema_source} is "{e.live.schema}".'
    )
    return summary, f"set DATABASE_SCHEMA={e.home} in {e.endpoint.schema_file}"


def _missing_privileges(e: Evidence) -> Explanation:
    role, lacking = e.live.role, e.live.lacking
    summary = f'{_where(e)} does not grant its role "{role}" what it needs: {_listed(lacking)}.'
    owner = lacking[0].owner
    granted = (item.granted_to(role) for item in lacking)
    statements = (*granted, *for_new_tables(e.live.schema, owner, role))
    return summary, psql(e.endpoint, *(f"{statement};" for statement in statements), role=owner)


def _read_only(e: Evidence) -> Explanation:
    if e.live.in_recovery:
        summary = f"{_where(e)} is a replica, which takes no writes."
        return summary, f"change {e.endpoint.place} to the primary's address"
    live = e.live
    summary = f"{_where(e)} takes no writes: {read_only.SETTING} is on by default."
    source = live.read_only or ""
    return summary, read_only.fix(e.endpoint, source, database=live.database, role=live.role)


EXPLANATIONS = {
    SchemaStatus.OK: _ok,
    SchemaStatus.EMPTY: _empty,
    SchemaStatus.BEHIND: _behind,
    SchemaStatus.AHEAD: _ahead,
    SchemaStatus.UNKNOWN_REVISION: _unknown_revision,
    SchemaStatus.RECORDED_BUT_MISSING: _recorded_but_missing,
    SchemaStatus.DRIFTED: _drifted,
    SchemaStatus.FOREIGN: _foreign,
    SchemaStatus.WRONG_SEARCH_PATH: _wrong_search_path,
    SchemaStatus.MISSING_PRIVILEGES: _missing_privileges,
    SchemaStatus.READ_ONLY: _read_only,
}
