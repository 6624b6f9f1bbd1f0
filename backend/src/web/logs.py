"""Log lines as text or JSON, each with the id of the request that it belongs to."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from src.settings import Settings, written_log_format
from src.web.context import request_id

log = logging.getLogger("postern")

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
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # A value without a JSON form, or a lone surrogate, must not break the line.
        return json.dumps(line, default=str)


def configure(settings: Settings) -> None:
    """Set one handler on the root logger, also for uvicorn's lines and warnings."""
    _configure(settings.log_format, settings.log_level)


@contextmanager
def from_the_first_line() -> Iterator[None]:
    """With LOG_FORMAT=json, a failed start and each traceback are lines of JSON, too.

    The settings that say so may be the ones that cannot be used.
    """
    if written_log_format() != "json":
        yield
        return
    _configure("json", "info")
    sys.excepthook = _unforeseen
    threading.excepthook = lambda args: _unforeseen(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
    sys.unraisablehook = lambda args: _unforeseen(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
    try:
        yield
    except SystemExit as ending:
        if not isinstance(ending.code, str):
            raise
        log.critical("%s", ending.code)
        raise SystemExit(1) from None


def _unforeseen(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    log.critical("unexpected error", exc_info=(kind, error, trace))


def _configure(form: str, level: str) -> None:
    handler = _Stderr()
    handler.addFilter(_RequestId())
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s")
    handler.setFormatter(_Json() if form == "json" else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(form == "json")
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.error").addFilter(_advice)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
