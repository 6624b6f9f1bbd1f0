"""For an app with its own Alembic in the same database: it leaves Postern's tables alone."""

import os
from collections.abc import Mapping
from typing import Any


def include_name(name: str | None, type_: str, parent_names: Mapping[str, Any]) -> bool:  # noqa: ARG001  Alembic passes it
    """For `context.configure(include_name=…)`: everything but Postern's schema.

    That schema is POSTERN_SCHEMA, or `postern`.
    """
    return not (type_ == "schema" and name == os.environ.get("POSTERN_SCHEMA", "postern"))
