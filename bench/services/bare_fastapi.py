"""FastAPI without an application: the upper limit for services that are built on it."""

import sys
from pathlib import Path

from bench.services.base import BENCH, Request
from bench.services.postern import Postern

PROFILE = Request("GET", "/auth/profile")


class BareFastapi(Postern):
    name = "bare FastAPI"
    health = PROFILE.path

    @property
    def folder(self) -> Path:
        return BENCH / "bare_fastapi"

    def command(self, port: int) -> tuple[str, ...]:
        where = ("--host", "127.0.0.1", "--port", str(port))
        return (sys.executable, "-m", "uvicorn", "app:app", "--no-access-log", *where)
