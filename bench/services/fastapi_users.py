"""fastapi-users, as its documentation sets it up: bench/peers/fastapi_users/app.py."""

import re
from typing import ClassVar
from urllib.parse import urlencode

import httpx

from bench.services.base import PASSWORD, SECRET, Request, Service
from src.embedded import cluster


class FastapiUsers(Service):
    name = "fastapi-users"
    health = "/health"
    signup_path = "/auth/register"
    copy_people: ClassVar[str] = """
        INSERT INTO "user" (id, email, hashed_password, is_active, is_superuser, is_verified)
        SELECT gen_random_uuid(), 'person' || lpad(n::text, 8, '0') || '@example.com',
            hashed_password, true, false, true
        FROM "user", generate_series(%(first)s, %(last)s) n WHERE email = 'seed@example.com'"""
    look_up = (
        "SELECT id, email, hashed_password, is_active, is_superuser, is_verified "
        'FROM "user" WHERE lower(email) = lower(%(email)s)'
    )

    @property
    def python(self) -> str:
        return str(self.folder / ".venv" / "bin" / "python")

    def command(self, port: int) -> tuple[str, ...]:
        where = ("--host", "127.0.0.1", "--port", str(port))
        return (self.python, "-m", "uvicorn", "app:app", "--no-access-log", *where)

    def environment(self, port: int) -> dict[str, str]:  # noqa: ARG002  the port is in the command
        address = f"{cluster.SUPERUSER}@/{self.database}?host={self.socket_folder}"
        return {"DATABASE_URL": f"postgresql+asyncpg://{address}", "SECRET": SECRET}

    def hashing(self, seconds: float) -> tuple[str, ...]:
        return (self.python, str(self.folder / "hashing.py"), PASSWORD, str(seconds))

    def versions(self) -> dict[str, str]:
        lock = (self.folder / "requirements.txt").read_text()
        wanted = {"fastapi", "uvicorn", "sqlalchemy", "fastapi-users", "asyncpg", "argon2-cffi"}
        locked = re.findall(r"^([\w.-]+)==([^ \\]+)", lock, re.MULTILINE)
        return {name: number for name, number in locked if name in wanted}

    def signin(self, email: str, password: str = PASSWORD) -> Request:
        form = urlencode({"username": email, "password": password})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Request("POST", "/auth/jwt/login", headers, form)

    def profile(self, signed_in: httpx.Response) -> Request:
        token = signed_in.json()["access_token"]
        return Request("GET", "/users/me", {"Authorization": f"Bearer {token}"})
