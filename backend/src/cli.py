"""`postern`: what an operator does from a terminal."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

try:
    import typer
except ImportError as error:
    sys.stderr.write(f"{error}: Postern's packages are incomplete.\nTo fix it: make setup\n")
    raise SystemExit(2) from None

from src.web.server import Options

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys = typer.Typer(no_args_is_help=True, help="The keys that sign access tokens.")
app.add_typer(keys, name="keys")
limits = typer.Typer(no_args_is_help=True, help="What is counted against guessing.")
app.add_typer(limits, name="limits")
instance = typer.Typer(no_args_is_help=True, help="Which database this is: the original or a copy.")
app.add_typer(instance, name="instance")
sessions = typer.Typer(no_args_is_help=True, help="The sessions of all people.")
app.add_typer(sessions, name="sessions")
database = typer.Typer(no_args_is_help=True, help="Where Postern's tables are.")
app.add_typer(database, name="database")
mail = typer.Typer(no_args_is_help=True, help="The outbox: mails that wait or were given up.")
app.add_typer(mail, name="mail")
factors = typer.Typer(no_args_is_help=True, help="The second factors of an account.")
app.add_typer(factors, name="factors")


@contextmanager
def refusing() -> Iterator[None]:
    """A refusal ends the command with status 1 and one sentence. Unusable text: status 2."""
    from src.accounts.resets.errors import FactorsRefusal, ReasonUnusable
    from src.database.faults import NoServer, UnforeseenDatabaseError
    from src.instance.errors import InstanceRefusal
    from src.keys.errors import KeyRefusal
    from src.kit.problem import Problem
    from src.mail.commands import MailRefusal

    try:
        yield
    except (KeyRefusal, InstanceRefusal, MailRefusal, FactorsRefusal) as refusal:
        typer.echo(f"Nothing was changed: {refusal}", err=True)
        raise typer.Exit(2 if isinstance(refusal, ReasonUnusable) else 1) from None
    except Problem as problem:
        typer.echo(f"{problem.detail}. To find out why: make doctor", err=True)
        raise typer.Exit(1) from None
    except UnforeseenDatabaseError as fault:
        typer.echo(f"The database refused: {fault}. To find out why: make doctor", err=True)
        raise typer.Exit(1) from None
    except NoServer as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(1) from None


@app.callback()
def postern() -> None:
    """Authentication that knows which database it talks to."""


@app.command()
def migrate(
    *,
    only_safe: Annotated[
        bool, typer.Option("--only-safe", help="Apply nothing if a migration may remove data.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show the traceback if the server refuses.")
    ] = False,
) -> None:
    """Apply the migrations that the database lacks, on its direct endpoint."""
    from alembic.util import CommandError

    from src.database.faults import NoServer
    from src.schema.migrations import runner

    try:
        runner.upgrade(only_safe=only_safe, verbose=verbose, say=typer.echo)
    except (CommandError, NoServer) as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(1) from None


@app.command()
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="First fix what is safe to fix.")] = False,
    api_url: Annotated[
        str | None, typer.Option("--api-url", help="Where the service runs, if not at API_URL.")
    ] = None,
) -> None:
    """Find what is wrong and how to fix it. Exit status 0: all well, 1: findings, 2: unknown."""
    from src.doctor.answers import address
    from src.doctor.start import start

    try:
        where = address(api_url) if api_url else None
    except ValueError:
        typer.echo("--api-url needs an address: --api-url=http://localhost:8000", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(start("src.doctor.command:run", as_json=as_json, fix=fix, api_url=where))


@app.command()
def grants(
    role: str,
    *,
    references: Annotated[
        bool, typer.Option("--references", help="Only what foreign keys to Postern's users need.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Run it on the direct endpoint, and do not print it.")
    ] = False,
) -> None:
    """Print the SQL that grants a role what the service needs on Postern's tables.

    The SQL also covers tables that the same owner creates in that schema later. With
    DATABASE_SCHEMA, that is Postern's own schema.
    """
    from src.database.faults import NoServer
    from src.database.origin import direct_endpoint
    from src.models import metadata
    from src.schema import granting
    from src.users.names import has_control

    if has_control(role):
        typer.echo("The name of the role has a control character, or is not UTF-8.", err=True)
        raise typer.Exit(2)
    try:
        direct = direct_endpoint()
        granted = granting.statements(direct, [*metadata.tables], role, references=references)
        if apply:
            granting.apply(direct, granted)
    except (granting.GrantsRefused, NoServer) as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(1) from None
    for statement in granted:
        typer.echo(f"{statement};")
    if apply:
        typer.echo(f"Granted, on {direct}.", err=True)


@database.command("move-schema")
def move_schema(
    to: Annotated[str, typer.Argument(help="The schema to move to; it is made if it is missing.")],
) -> None:
    """Move Postern's tables from the schema of DATABASE_SCHEMA to another one: all or nothing.

    Stop the service first. Then set DATABASE_SCHEMA to the new schema, and start it again.
    """
    from alembic.util import CommandError

    from src.database.faults import NoServer
    from src.database.origin import direct_endpoint
    from src.kit.setting_values import schema_name
    from src.schema import moving

    try:
        direct = direct_endpoint()
        moved = moving.move(direct, schema_name(to))
    except ValueError as refusal:
        typer.echo(f"Nothing was moved: the name of a schema {refusal}.", err=True)
        raise typer.Exit(1) from None
    except (moving.MoveRefused, CommandError, NoServer) as refusal:
        typer.echo(f"Nothing was moved. {refusal}", err=True)
        raise typer.Exit(1) from None
    for line in moving.described(moved, direct):
        typer.echo(line)


@app.command()
def purge() -> None:
    """Remove sessions that ended a week ago, keys of expired tokens, and limits not in use."""
    import threading

    from src.keys import upkeep as keys
    from src.ratelimit import upkeep as limits
    from src.sessions import upkeep as sessions

    with refusing():
        counts = [purge(threading.Event()) for purge in (sessions.purge, keys.purge, limits.purge)]
    typer.echo(
        "Removed {} sessions, {} signing keys and {} limits that were not in use.".format(*counts)
    )


@app.command()
def upkeep() -> None:
    """Run the upkeep jobs that are due. The service does this itself; use it if it seldom runs."""
    from src.runtime import JOBS
    from src.upkeep.commands import JobsFailed, run

    try:
        with refusing():
            for line in run(JOBS):
                typer.echo(line)
    except JobsFailed as failed:
        typer.echo(failed, err=True)
        raise typer.Exit(1) from None


@keys.command("list")
def list_keys() -> None:
    """Show all signing keys and what they are for."""
    from src.keys.commands import describe

    with refusing():
        typer.echo(describe())


@keys.command("rotate")
def rotate_keys(
    *,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Sign with it now. Only for a key that has leaked.")
    ] = False,
) -> None:
    """Publish a new key. It signs after a quarter of an hour, when every verifier knows it."""
    from src.keys.commands import rotate

    with refusing():
        typer.echo(rotate(at_once=at_once))


@keys.command("retire")
def retire_key(
    kid: str,
    *,
    leaked: Annotated[
        bool, typer.Option("--leaked", help="Also while its tokens are valid: they are refused.")
    ] = False,
) -> None:
    """Remove a key that is no longer needed. While it is, this says how many seconds to wait."""
    from src.keys.commands import retire

    with refusing():
        typer.echo(retire(kid, leaked=leaked))


@limits.command("forget")
def forget_limits(email: str) -> None:
    """Forget the wrong passwords for an account, so that its user can sign in on a new device."""
    from src.auth.commands import forget_failures

    address = _address(email)
    with refusing():
        typer.echo(forget_failures(address))


def _address(email: str) -> str:
    """As the accounts have it. Ends the command if it is none."""
    from src.users.fields import normalize_email

    try:
        return normalize_email(email)
    except ValueError as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(1) from None


@factors.command("list")
def list_factors(email: str) -> None:
    """List the second factors of an account, its trusted devices, and a reset that is pending."""
    from src.accounts.resets.commands import listed

    address = _address(email)
    with refusing():
        for line in listed(address):
            typer.echo(line)


@factors.command("reset")
def reset_factors(
    email: str,
    *,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, for the record: at most 500 characters.")
    ] = "",
    stop: Annotated[bool, typer.Option("--cancel", help="Cancel a reset that is pending.")] = False,
) -> None:
    """Remove all second factors of a person who has lost them, after FACTOR_RESET_DELAY.

    The person gets a mail at once, with a link that stops it. When it is due, all sessions end.
    """
    from src.accounts.resets.commands import cancel, reset
    from src.settings import get_settings
    from src.web import logs

    logs.configure(get_settings())  # the event is a line of this command
    address = _address(email)
    with refusing():
        for line in [cancel(address)] if stop else reset(address, reason):
            typer.echo(line)


@instance.command("show")
def show_instance() -> None:
    """Show the instance's id, its last known place, and its place now."""
    from src.instance.commands import show

    with refusing():
        typer.echo(show())


@instance.command("keep")
def keep_instance() -> None:
    """Say that the original has moved here (a restore, an upgrade, a new host), and keep its id."""
    from src.instance.commands import keep

    with refusing():
        typer.echo(keep())


@instance.command("fork")
def fork_instance(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Say that this is a copy: it gets its own id and signing keys, and all its sessions end."""
    from src.database.origin import direct_endpoint
    from src.instance.commands import current, fork

    with refusing():
        standing = current()
        if not yes:
            what = f"End all sessions of {direct_endpoint()}, and make it another instance?"
            typer.confirm(what, abort=True)
        typer.echo(fork(standing))


@sessions.command("end")
def end_sessions(
    *,
    everybody: Annotated[
        bool, typer.Option("--all", help="End the sessions of all users.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """End all sessions: every user signs in again."""
    from src.database.origin import direct_endpoint
    from src.instance.commands import end_sessions

    if not everybody:
        raise typer.BadParameter("say which sessions to end: --all")
    with refusing():
        if not yes:
            typer.confirm(f"End all sessions of {direct_endpoint()}?", abort=True)
        typer.echo(end_sessions())


@mail.command("deliver")
def deliver_mail() -> None:
    """Send the mails that are due. The service does this itself."""
    from src.instance.commands import current
    from src.mail.commands import send
    from src.verification.asked import resolve

    with refusing():
        for line in send(resolve, is_copy=current().is_a_copy):
            typer.echo(line)


@mail.command("list")
def list_mail() -> None:
    """List the mails that wait or were given up, without what they say."""
    from src.mail.commands import listed

    with refusing():
        for line in listed():
            typer.echo(line)


@mail.command("retry")
def retry_mail(ids: Annotated[list[int] | None, typer.Argument()] = None) -> None:
    """Send these mails again; without numbers, all that were given up."""
    from src.mail.commands import retry

    with refusing():
        typer.echo(retry(ids or []))


@mail.command("drop")
def drop_mail(ids: list[int]) -> None:
    """Forget these mails, which were not sent."""
    from src.mail.commands import drop

    with refusing():
        typer.echo(drop(ids))


@mail.command("preview")
def preview_mail(folder: Annotated[Path, typer.Argument()] = Path("mail-preview")) -> None:
    """Write every mail in every language as files, with sample data."""
    from src.mail.commands import preview
    from src.verification.asking import lifetime_in

    for file in preview(folder, lifetime_in):
        typer.echo(file)


@app.command()
def serve(  # noqa: PLR0913  each is an option
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = Options.host,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = Options.port,
    workers: Annotated[
        int, typer.Option(min=1, envvar="WEB_CONCURRENCY", help="Processes that share the port.")
    ] = Options.workers,
    proxy_headers: Annotated[
        bool,
        typer.Option(help="Trust X-Forwarded-For from TRUSTED_PROXIES, or from no proxy."),
    ] = True,
    timeout_keep_alive: Annotated[
        int, typer.Option(min=1, help="Seconds that a connection may wait between two requests.")
    ] = Options.timeout_keep_alive,
    timeout_graceful_shutdown: Annotated[
        int, typer.Option(min=0, help="Seconds for requests to end after SIGTERM.")
    ] = Options.timeout_graceful_shutdown,
    limit_concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Connections of each process; beyond it the answer is 503."),
    ] = Options.limit_concurrency,
) -> None:
    """Serve the API in production: uvicorn, with limits on how a request may arrive."""
    from src.serving import serve

    options = Options(
        host=host,
        port=port,
        workers=workers,
        timeout_keep_alive=timeout_keep_alive,
        timeout_graceful_shutdown=timeout_graceful_shutdown,
        limit_concurrency=limit_concurrency,
    )
    serve(options, proxy_headers=proxy_headers)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of this version."""
    from src.main import app as service

    document = service.openapi()
    for own in ("termsOfService", "contact"):  # of this installation, not of this version
        document["info"].pop(own, None)
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    app()
