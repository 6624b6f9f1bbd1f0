"""Whether the database is what the models and the migrations say, and in which state it is."""

from functools import partial

from src.doctor.case import Case
from src.doctor.checks.views import app_connection
from src.doctor.report import (
    CannotExamine,
    Check,
    Condition,
    Fine,
    Fix,
    Group,
    Outcome,
    found_or_fine,
)

CONDITIONS = {
    state: Condition(f"schema_{state}", title, why, heading)
    for state, title, why, heading in (
        (
            "empty",
            "The database is empty",
            "No migration was applied to it: every request that needs a table is answered 503.",
            'relation "user" does not exist',
        ),
        (
            "behind",
            "Migrations are still to be applied",
            "The code needs what they add: requests that use it are answered 503 schema_mismatch.",
            "The database is behind",
        ),
        (
            "ahead",
            "The database is of a newer version than this code",
            "A newer release migrated it. This one serves while nothing that it needs is gone.",
            "The database is ahead",
        ),
        (
            "unknown_revision",
            "The database records a revision that this code does not have",
            "It was migrated from another branch or by other code, so what it holds is not known.",
            "Can't locate revision identified by",
        ),
        (
            "recorded_but_missing",
            "The database claims migrations whose tables or columns it lacks",
            "Alembic believes its version table, so migrating again does nothing.",
            "column user.password_hash does not exist",
        ),
        (
            "drifted",
            "The database differs from the models",
            "Somebody changed it by hand, or a model has no migration yet.",
            "The database has drifted",
        ),
        (
            "foreign",
            "Another application's tables have our names",
            "A table that Postern needs is there, and it is somebody else's.",
            "The tables of another application",
        ),
        (
            "wrong_search_path",
            "The tables are in a schema where the service does not look",
            "Postern looks in the schema that DATABASE_SCHEMA names, and in no other.",
            "Wrong search_path",
        ),
        (
            "missing_privileges",
            "The role of the service may not do what requests need",
            "The tables are there. Requests that need what is not granted are answered 503.",
            "permission denied for table",
        ),
    )
}
SEQUENCE_BEHIND = Condition(
    "sequence_behind",
    "A sequence is behind the rows of its table",
    "The next row gets a number that another one has, and is refused: sign-ups or sign-ins fail.",
    "duplicate key value violates unique constraint pk_user",
)
ENCODING = Condition(
    "database_encoding",
    "The database cannot store all text",
    "Names and addresses with other letters are refused, or read back as something else.",
    "character has no equivalent in encoding",
)


def as_the_code_wants(case: Case) -> Outcome:
    state = case.schema
    if state.status == "ok":
        return Fine(f'"{state.database}" is at revision {state.revision}, and nothing differs')
    if state.status == "read_only":
        raise CannotExamine(state.summary)  # another check reports it
    theirs = state.status == "foreign"
    named = [] if theirs else [str(difference) for difference in state.differences]
    seen = [state.summary, *(text for text in named if text not in state.summary)]
    mend, fix = _remedy(case)
    return CONDITIONS[state.status].found(*seen, mend=mend, fix=fix)


def _remedy(case: Case) -> tuple[str, Fix | None]:
    """What has to be done, and a fix where it can work."""
    from src.schema.command_lines import MIGRATE  # not before: it needs settings that stand

    command = case.schema.command or "postern doctor"
    if command != MIGRATE:
        return command, None
    try:
        if case.hindrance:
            return case.hindrance.command, None
    except CannotExamine:
        return command, None
    return command, _migrate(case)


def _migrate(case: Case) -> Fix | None:
    """Where it is certain that the migrations reach the database that the service uses."""
    from src.schema.identity import Verdict
    from src.schema.migrations import runner

    same = case.endpoints[0].url == case.endpoints[1].url
    if same or case.comparison.verdict is Verdict.SAME:
        return Fix(
            "applied the migrations that were missing", partial(runner.upgrade, only_safe=True)
        )
    return None


def sequences_ahead(case: Case) -> Outcome:
    """Through the direct endpoint: the role of the service needs no rights on sequences."""
    app, direct = case.reached
    from sqlalchemy.exc import ProgrammingError

    from src.database import sequences
    from src.database.faults import cause_of
    from src.models import metadata
    from src.schema.psql import psql
    from src.schema.state import looking_through

    try:
        with looking_through(direct) as connection:
            if not sequences.which(connection, metadata.tables, app.schema):
                raise CannotExamine("there are no tables of Postern yet")
            behind = [*sequences.behind(connection, metadata.tables, app.schema)]
    except ProgrammingError as error:
        said = cause_of(error)
        raise CannotExamine(f"the role of {direct.setting} may not look: {said}") from None
    found = [SEQUENCE_BEHIND.found(str(one), mend=psql(direct, one.sql)) for one in behind]
    return found_or_fine(found, "each gives numbers that no row has yet")


def stores_utf8(case: Case) -> Outcome:
    with app_connection(case) as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        return ENCODING.found(
            f"the encoding of the database is {encoding}",
            mend="Dump it, create a database with ENCODING 'UTF8' from template0, and restore.",
        )
    return Fine("UTF8")


CHECKS = (
    Check(Group.SCHEMA, "The tables are what the code wants", as_the_code_wants),
    Check(Group.SCHEMA, "Sequences are ahead of their rows", sequences_ahead),
    Check(Group.SCHEMA, "The database can store all text", stores_utf8),
)
