"""Log lines as text or JSON, each with the id of the request that it belongs to."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from src.settings import Settings
from src.web.context import request_id

QUIET = ("uvicorn.access", "alembic")
NO_ADVICE = ("Unsupported upgrade request.", "No supported WebSocket library")
"""uvicorn logs these for each `Upgrade`, but installing a WebSocket library would not help."""


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class _Advice(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(NO_ADVICE)


_advice = _Advice()


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what standard error is now, not to what it was when the service started."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": request_id.get(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(settings: Settings) -> None:
    """One handler on the root logger; uvicorn's own lines take the same form."""
    handler = _Stderr()
    handler.addFilter(_RequestId())
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s")
    handler.setFormatter(_Json() if settings.log_format == "json" else text)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.error").addFilter(_advice)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
