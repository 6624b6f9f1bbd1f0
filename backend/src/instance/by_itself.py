"""Copies that are forked automatically: a developer's own, on this machine."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from src.database.origin import DEFAULT, Endpoint, app_endpoint, direct_endpoint
from src.instance.steps import Forked, fork
from src.schema import copies, identity
from src.schema.identity import Verdict
from src.schema.place import Standing
from src.schema.this_machine import writing_here
from src.settings import Environment, get_settings

log = logging.getLogger("postern.instance")

UNATTENDED = frozenset({Environment.DEVELOPMENT, Environment.TEST})


def fork_by_itself(standing: Standing) -> None:
    """Fork a developer's own copy: in development or test, on a server on this machine.

    In any other case, such as a laptop connected to a production database, no session ends.
    """
    settings, embedded = get_settings(), app_endpoint().source == DEFAULT
    if settings.environment not in UNATTENDED:
        return
    if "environment" not in settings.model_fields_set and not embedded:
        return  # it is also "development" on a server where somebody forgot to set it
    app, direct = app_endpoint(), direct_endpoint()
    if app.url != direct.url and identity.compare(app, direct).verdict is not Verdict.SAME:
        return
    try:
        forked = _fork_here(direct, standing)
    except SQLAlchemyError as error:
        log.warning("the copy could not be forked automatically: %s", type(error).__name__)
        return
    if forked is not None:
        log.warning(
            "%s is a copy on this machine (%s), so it was forked: it is now instance %s. "
            "%s sessions were ended, and new signing keys will be made",
            *(direct, get_settings().environment, forked.instance_id, forked.sessions),
        )


def _fork_here(direct: Endpoint, standing: Standing) -> Forked | None:
    with writing_here(direct) as connection:
        if connection is None:
            return None
        copies.hold(connection)
        now_seen = copies.read(connection)  # an operator may have kept it in the meantime
        if now_seen is None or not now_seen.is_a_copy:
            return None
        return fork(connection, standing.instance_id)
