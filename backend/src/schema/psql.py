"""The psql command that an operator can paste. Pure; shows no password."""

import shlex

from src.database.endpoints import redacted
from src.database.origin import Endpoint


def psql(endpoint: Endpoint, *statements: str, role: str | None = None) -> str:
    """The command that runs the statements at `endpoint`, as `role` if another role must do it."""
    address = redacted(endpoint.url.set(username=role)) if role else endpoint.address
    program = f"{shlex.quote(endpoint.psql)} {shlex.quote(address)}"
    return f"{program} -c {shlex.quote(' '.join(statements))}" if statements else program
