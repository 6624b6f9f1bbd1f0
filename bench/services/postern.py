"""Postern, as people run it: `postern serve`, one worker, production."""

import json
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

import httpx

from bench.services.base import BENCH, JSON, PASSWORD, SECRET, Request, Service
from src.embedded import cluster

BACKEND = BENCH.parent / "backend"
DEFAULT_ROUNDS = "12"


class Postern(Service):
    name = "postern"
    health = "/livez"
    signup_path = "/auth/signup"
    copy_people: ClassVar[str] = """
        INSERT INTO "user" (email, email_key, password_hash, email_verified_at,
            created_at, updated_at)
        SELECT email, email, password_hash, now(), now(), now()
        FROM (SELECT 'person' || lpad(n::text, 8, '0') || '@example.com' AS email, password_hash
            FROM "user", generate_series(%(first)s, %(last)s) n
            WHERE email_key = 'seed@example.com') made"""
    look_up = 'SELECT id, password_hash FROM "user" WHERE email_key = %(email)s'

    @property
    def readiness(self) -> str:
        return "/readyz"

    @property
    def folder(self) -> Path:
        return BACKEND

    def command(self, port: int) -> tuple[str, ...]:
        where = ("--host", "127.0.0.1", "--port", str(port))
        return (sys.executable, "-m", "src.cli", "serve", *where)

    def prepare(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "alembic", "upgrade", "head")

    def environment(self, port: int) -> dict[str, str]:
        url = f"postgresql://{cluster.SUPERUSER}@/{self.database}?host={self.socket_folder}"
        return {
            "ENVIRONMENT": "production",
            "SECRET_KEY": SECRET,
            "DATABASE_URL": url,
            "DATABASE_URL_UNPOOLED": url,
            "API_URL": f"http://127.0.0.1:{port}",
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "warning",  # no log line for each request, like the peers
            **self.options,
        }

    def hashing(self, seconds: float) -> tuple[str, ...]:
        rounds = self.options.get("BCRYPT_ROUNDS", DEFAULT_ROUNDS)
        program = BENCH / "services" / "bcrypt_alone.py"
        return (sys.executable, str(program), PASSWORD, str(seconds), rounds)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("fastapi", "uvicorn", "sqlalchemy", "bcrypt")}

    def signin(self, email: str, password: str = PASSWORD) -> Request:
        body = json.dumps({"email": email, "password": password})
        return Request("POST", "/auth/signin", JSON, body)

    def on_device(self, request: Request, signed_in: httpx.Response) -> Request:
        device = {"Postern-Device": signed_in.headers["Postern-Device"]}
        return replace(request, headers=request.headers | device)

    def profile(self, signed_in: httpx.Response) -> Request:
        token = signed_in.json()["access_token"]
        return Request("GET", "/auth/profile", {"Authorization": f"Bearer {token}"})

    def refresh(self, signed_in: httpx.Response) -> Request:
        body = json.dumps({"refresh_token": signed_in.json()["refresh_token"]})
        return Request("POST", "/auth/refresh", JSON, body, follow="refresh_token")
