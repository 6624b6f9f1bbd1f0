"""What `postern instance` does and says, on the direct endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from src.database.faults import cause_of
from src.database.origin import app_endpoint, direct_endpoint
from src.instance import steps
from src.instance.errors import InstanceRefusal
from src.schema import copies, identity
from src.schema.copies import FORK, KEEP
from src.schema.identity import Verdict
from src.schema.place import Standing
from src.schema.reach import reach
from src.sessions import steps as sessions
from src.sessions.steps import EndedBy


def show() -> str:
    standing = current()
    lines = [
        f"instance       {standing.instance_id}",
        f"at             {direct_endpoint()}",
        f"last known at  {standing.recorded}",
        f"seen at        {standing.seen}",
    ]
    if standing.is_a_copy:
        lines.append(f"Its place has changed. If it has moved: {KEEP}. If it is a copy: {FORK}")
    return "\n".join(lines)


def keep() -> str:
    standing = current()
    with _writing() as connection:
        if not copies.record(connection, standing):
            raise InstanceRefusal("another process has just forked it")
    return f"The instance stays {standing.instance_id}. Its place is now: {standing.seen}."


def fork(standing: Standing) -> str:
    with _writing() as connection:
        forked = steps.fork(connection, standing.instance_id)
    if forked is None:
        raise InstanceRefusal("another process has just forked it")
    return (
        f"This database is instance {forked.instance_id} now. {forked.sessions} sessions were "
        f"ended and {forked.signing_keys} signing keys removed. The next sign-in makes a new key."
    )


def end_sessions() -> str:
    current()
    with _writing() as connection, Session(connection) as db:
        ended = sessions.end_all(db, by=EndedBy.OPERATOR)
    return (
        f"{ended} sessions were ended. "
        "Services that verify tokens offline accept them until they expire."
    )


def current() -> Standing:
    """The instance, if the app uses the same one; raise `InstanceRefusal` otherwise."""
    app, direct = app_endpoint(), direct_endpoint()
    if app.url != direct.url and identity.compare(app, direct).verdict is Verdict.DIFFERENT:
        raise InstanceRefusal(f"{direct} is not the app's database. See: make doctor")
    with _writing() as connection:
        standing = copies.read(connection)
    if standing is None:
        raise InstanceRefusal(f"{direct} holds no instance of this version. See: make doctor")
    return standing


@contextmanager
def _writing() -> Iterator[Connection]:
    endpoint = direct_endpoint()
    try:
        with copies.writing_to(endpoint) as connection:
            yield connection
    except OperationalError as error:
        why = reach.explain(endpoint, error)
        raise InstanceRefusal(f"{endpoint}: {why.summary}. To fix it: {why.command}") from None
    except DBAPIError as error:  # such as a role that may not write there
        raise InstanceRefusal(f"{endpoint} refuses: {cause_of(error)}") from None
