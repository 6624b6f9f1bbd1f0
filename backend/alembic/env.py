"""Alembic's entry: the models' metadata, the direct endpoint, and a record of what was applied."""

import sys
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext, MigrationInfo

from src.database.opening import quoted, search_path
from src.database.origin import direct_endpoint
from src.kit.clock import now
from src.models import AppliedMigration, metadata
from src.schema.command_lines import MERGE, MIGRATE
from src.schema.difference import COMPARING
from src.schema.migrations.faults import explained
from src.schema.migrations.history import own_history
from src.schema.migrations.losses import Run
from src.schema.migrations.runner import (
    MigrationsRefused,
    WouldLoseData,
    make_schema,
    migration_connection,
)
from src.schema.ours import Ours
from src.schema.state import SchemaStatus, examine
from src.settings import DEFAULT_SCHEMA


def record(*, ctx: MigrationContext, step: MigrationInfo, **_: Any) -> None:  # noqa: ANN401
    """Keep `applied_migration` in the migration's own transaction; a stamp applies nothing."""
    table = AppliedMigration.__table__  # type: ignore[attr-defined]
    connection = ctx.connection
    if step.is_stamp or connection is None or not sa.inspect(connection).has_table(table.name):
        return
    connection.execute(table.delete().where(table.c.revision.in_(step.up_revision_ids)))
    if step.is_upgrade:
        rows = [{"revision": revision, "applied_at": now()} for revision in step.up_revision_ids]
        connection.execute(table.insert(), rows)


def command() -> str:
    """The name of the command, such as `upgrade`; called from code, it is an upgrade."""
    options = context.config.cmd_opts
    return options.cmd[0].__name__ if options else "upgrade"


def say_what_stays_lost(*, step: MigrationInfo, **_: Any) -> None:  # noqa: ANN401
    """A downgrade makes a table or a column again, but its data is lost."""
    if step.is_upgrade or step.is_stamp:
        return
    for revision in step.up_revision_ids:
        migration = own_history().get(revision)
        losses = migration.effects(Run()).losses if migration else []
        if losses:
            sys.stderr.write(
                f"Downgraded to before {migration}. What it removed is back, but empty: "
                f"it {'; '.join(losses)}.\n"
            )


def refuse_losses(connection: sa.Connection) -> None:
    """Automatic migrations: if one of them may remove something, none is applied."""
    if not context.config.attributes.get("only_safe"):
        return
    heads = MigrationContext.configure(connection).get_current_heads()
    connection.rollback()
    run = Run()
    for migration in own_history().lacking(heads):
        if losses := migration.effects(run).losses:
            raise WouldLoseData(
                f"Migration {migration} {'; '.join(losses)}, so it is not applied automatically. "
                "Nothing was applied.",
                fix=f"make a backup, then: {MIGRATE}",
            )


def verbose() -> bool:
    """Whether errors keep their traceback: `alembic --raiseerr`, `postern migrate --verbose`."""
    raised = getattr(context.config.cmd_opts, "raiseerr", False)
    return bool(raised or context.config.attributes.get("verbose"))


def refuse_foreign(connection: sa.Connection) -> None:
    """Do not touch another application's tables, and name the setting that led there."""
    state = examine(connection, metadata, direct_endpoint(), own_history())
    connection.rollback()
    if state.status is SchemaStatus.FOREIGN:
        raise MigrationsRefused(state.summary, fix=state.command)


def refuse_to_write_while_behind(connection: sa.Connection) -> None:
    """Alembic compares only with the newest revision, and its own refusal names no next step."""
    if not getattr(context.config.cmd_opts, "autogenerate", False):
        return
    history = own_history()
    pending = history.lacking(MigrationContext.configure(connection).get_current_heads())
    connection.rollback()
    if history.two_heads:
        raise MigrationsRefused(history.two_heads, fix=MERGE)
    if pending:
        said = f"{direct_endpoint()} lacks {len(pending)} migrations, so nothing is compared."
        raise MigrationsRefused(said, fix=MIGRATE)


def say(text: str) -> None:
    """Print it for a person at a terminal. A service that migrates at its start uses its log."""
    wanted = context.config.cmd_opts is not None and command() in {"upgrade", "downgrade"}
    speak = context.config.attributes.get("say") or (
        context.config.print_stdout if wanted else None
    )
    if speak:
        speak(text)


def say_step(*, step: MigrationInfo, **_: Any) -> None:  # noqa: ANN401
    done = "Applied" if step.is_upgrade else "Undid"
    if not step.is_stamp:
        for revision in step.up_revision_ids:
            say(f"{done} {own_history().get(revision) or revision}.")


def say_where_it_is(connection: sa.Connection) -> None:
    revision = (
        ", ".join(MigrationContext.configure(connection).get_current_heads()) or "no revision"
    )
    say(f"{direct_endpoint()} is at {revision}.")


def leave_out_empty(
    _context: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    """Write no migration if the models and the database are equal."""
    wanted = getattr(context.config.cmd_opts, "autogenerate", False)
    if wanted and all(
        script.upgrade_ops and script.upgrade_ops.is_empty() for script in directives
    ):
        directives.clear()
        context.config.print_stdout("The database matches the models: there is nothing to write.")


def migrate(*statements: str, **options: Any) -> None:  # noqa: ANN401
    ours = Ours(metadata, own_history())
    context.configure(
        target_metadata=metadata,
        include_name=ours.include_name,
        include_object=ours.include_object,
        **COMPARING,
        **options,
    )
    with context.begin_transaction():
        for statement in statements:
            context.execute(statement)
        context.run_migrations()


def migrate_offline() -> None:
    """Write the SQL. It begins in the same way as a migration over a connection."""
    schema = direct_endpoint().schema
    create = [] if schema == DEFAULT_SCHEMA else [f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}"]
    path = f"SET search_path = {search_path(schema)}"
    migrate(*create, path, dialect_name="postgresql", literal_binds=True)


if context.is_offline_mode():
    migrate_offline()
else:
    with (
        explained(upgrading=command() == "upgrade", verbose=verbose()),
        migration_connection() as connection,
    ):
        if command() in {"upgrade", "stamp"}:
            make_schema(connection, direct_endpoint())
        if command() == "upgrade":
            refuse_foreign(connection)
            refuse_losses(connection)
        refuse_to_write_while_behind(connection)
        migrate(
            connection=connection,
            transaction_per_migration=True,
            on_version_apply=[record, say_step, say_what_stays_lost],
            process_revision_directives=leave_out_empty,
        )
        say_where_it_is(connection)
