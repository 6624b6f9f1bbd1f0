"""Whether the database is what the models and the migrations say."""

from functools import partial

from sqlalchemy.exc import ProgrammingError

from src.database import sequences
from src.database.faults import cause_of
from src.doctor.case import Case
from src.doctor.checks.views import app_connection
from src.doctor.report import (
    AutomaticFix,
    CannotExamine,
    Check,
    Condition,
    Fine,
    Group,
    Outcome,
    found_or_fine,
)
from src.models import metadata
from src.schema.command_lines import MIGRATE
from src.schema.identity import Verdict
from src.schema.migrations import runner
from src.schema.psql import psql
from src.schema.state import looking_through

CONDITIONS = {
    state: Condition(f"schema_{state}", title, why, heading)
    for state, title, why, heading in (
        (
            "empty",
            "The database is empty",
            "No migration was applied to it, so every request that needs a table is answered 503.",
            'relation "user" does not exist',
        ),
        (
            "behind",
            "Migrations are pending",
            "The code needs what they add. Requests that use it are answered 503 schema_mismatch.",
            "The database is behind",
        ),
        (
            "ahead",
            "The database is newer than this code",
            "A newer release migrated it. This release works while everything it needs is there.",
            "The database is ahead",
        ),
        (
            "unknown_revision",
            "The database records a revision that this code does not have",
            "Another branch or other code migrated it, so its contents are not known.",
            "Can't locate revision identified by",
        ),
        (
            "recorded_but_missing",
            "The database records migrations, but lacks tables or columns of them",
            "Alembic trusts its version table, so migrating again does nothing.",
            "column user.password_hash does not exist",
        ),
        (
            "drifted",
            "The database differs from the models",
            "It was changed by hand, or a model has no migration yet.",
            "The database has drifted",
        ),
        (
            "foreign",
            "Another application's tables have Postern's names",
            "A table that Postern needs exists, and belongs to another application.",
            "The tables of another application",
        ),
        (
            "wrong_search_path",
            "The tables are in another schema than the service uses",
            "Postern uses the schema that DATABASE_SCHEMA names, and no other.",
            "Wrong search_path",
        ),
        (
            "missing_privileges",
            "The service's role lacks privileges",
            "The tables exist. Requests that need a missing privilege are answered 503.",
            "permission denied for table",
        ),
    )
}
SEQUENCE_BEHIND = Condition(
    "sequence_behind",
    "A sequence is behind the rows of its table",
    "The next row gets a number that is already used, so sign-ups or sign-ins fail.",
    "duplicate key value violates unique constraint pk_user",
)
ENCODING = Condition(
    "database_encoding",
    "The database cannot store all text",
    "Names and addresses with other letters are refused, or come back changed.",
    "character has no equivalent in encoding",
)


def as_the_code_needs(case: Case) -> Outcome:
    """Story: "column user.password_hash does not exist", and each section after it."""
    state = case.schema
    if state.status == "ok":
        return Fine(f'"{state.database}" is at revision {state.revision}, and nothing differs')
    if state.status == "read_only":
        raise CannotExamine(state.summary)  # another check reports it
    theirs = state.status == "foreign"
    named = [] if theirs else [str(difference) for difference in state.differences]
    seen = [state.summary, *(text for text in named if text not in state.summary)]
    fix, automatic = _fix(case)
    return CONDITIONS[state.status].found(*seen, fix=fix, automatic=automatic)


def _fix(case: Case) -> tuple[str, AutomaticFix | None]:
    """What has to be done, and an automatic fix if it can work."""
    command = case.schema.command or "postern doctor"
    if command != MIGRATE:
        return command, None
    try:
        if case.hindrance:
            return case.hindrance.command, None
    except CannotExamine:
        return command, None
    return command, _migrate(case)


def _migrate(case: Case) -> AutomaticFix | None:
    """None unless it is proven that migrations reach the database that the service uses."""
    same = case.endpoints[0].url == case.endpoints[1].url
    if same or case.comparison.verdict is Verdict.SAME:
        return AutomaticFix(
            "applied the pending migrations", partial(runner.upgrade, only_safe=True)
        )
    return None


def sequences_ahead(case: Case) -> Outcome:
    """Report: getsentry/self-hosted 867, sequences after a restore.

    Looks through the direct endpoint, because the service's role needs no rights on sequences.
    """
    app, direct = case.reached
    try:
        with looking_through(direct) as connection:
            if not sequences.which(connection, metadata.tables, app.schema):
                raise CannotExamine("Postern has no tables here yet")
            behind = [*sequences.behind(connection, metadata.tables, app.schema)]
    except ProgrammingError as error:
        said = cause_of(error)
        raise CannotExamine(
            f"the role of {direct.setting} may not read sequences: {said}"
        ) from None
    found = [SEQUENCE_BEHIND.found(str(one), fix=psql(direct, one.sql)) for one in behind]
    return found_or_fine(found, "each gives numbers that no row has yet")


def stores_utf8(case: Case) -> Outcome:
    """Story: decision 0024."""
    with app_connection(case) as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        return ENCODING.found(
            f"the encoding of the database is {encoding}",
            fix="Dump it, create a database with ENCODING 'UTF8' from template0, and restore.",
        )
    return Fine("UTF8")


CHECKS = (
    Check(Group.SCHEMA, "The tables are what the code needs", as_the_code_needs),
    Check(Group.SCHEMA, "Sequences are ahead of their rows", sequences_ahead),
    Check(Group.SCHEMA, "The database can store all text", stores_utf8),
)
