"""`postern`: what an operator does from a terminal."""

import json
import sys
from typing import Annotated

try:
    import typer
except ImportError as error:
    sys.stderr.write(f"{error}: Postern's packages are incomplete.\nMend it with: make setup\n")
    raise SystemExit(2) from None

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def postern() -> None:
    """Authentication that knows which database it talks to."""


@app.command()
def migrate() -> None:
    """Apply the migrations that the database lacks, on its direct endpoint."""
    from alembic.util import CommandError

    from src.database import migrations
    from src.database.embedded import EmbeddedPostgresError

    try:
        migrations.upgrade()
    except (CommandError, EmbeddedPostgresError) as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(1) from None


@app.command()
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="First mend what is safe to mend.")] = False,
) -> None:
    """Find out what is wrong and what mends it. Ends with 0 (well), 1 (findings) or 2 (unknown)."""
    from src.doctor.command import run

    raise typer.Exit(run(as_json=as_json, fix=fix))


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of this version."""
    from src.main import app as service

    typer.echo(json.dumps(service.openapi(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    app()
