"""What the three scripts in `backend/` run."""

from contextlib import ExitStack

from src.doctor.checks import connection, views
from src.doctor.command import run
from src.doctor.examination import CHECKS
from src.doctor.flow import Flow


def diagnose_schema() -> int:
    """Five views of the schema, then all checks."""
    return run(checks=(*views.CHECKS, *CHECKS))


def show_connection() -> int:
    """What one connection of the service is."""
    return run(checks=connection.CHECKS)


def try_flow() -> int:
    """Sign-up, sign-in and profile through the real app, which is started for them."""
    with ExitStack() as running:
        return run(checks=Flow(running).checks())
