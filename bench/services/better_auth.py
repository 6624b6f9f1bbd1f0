"""better-auth, as its documentation sets it up: bench/peers/better_auth/auth.mjs."""

import json
import subprocess
from typing import ClassVar
from urllib.parse import quote

import httpx

from bench.services.base import JSON, PASSWORD, SECRET, Request, Service
from src.embedded import cluster


class BetterAuth(Service):
    name = "better-auth"
    health = "/api/auth/ok"
    signup_path = "/api/auth/sign-up/email"
    copy_people: ClassVar[str] = """
        WITH made AS (
            INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
            SELECT 'person' || n, name, 'person' || lpad(n::text, 8, '0') || '@example.com',
                true, now(), now()
            FROM "user", generate_series(%(first)s, %(last)s) n WHERE email = 'seed@example.com'
            RETURNING id)
        INSERT INTO account (id, "accountId", "providerId", "userId", password,
            "createdAt", "updatedAt")
        SELECT made.id, made.id, 'credential', made.id, password, now(), now()
        FROM made, account JOIN "user" ON "userId" = "user".id AND email = 'seed@example.com'"""
    look_up = 'SELECT * FROM "user" WHERE email = %(email)s'

    def command(self, port: int) -> tuple[str, ...]:  # noqa: ARG002  the port is in the environment
        return ("node", "server.mjs")

    def prepare(self) -> tuple[str, ...]:
        return ("node", "migrate.mjs")

    def environment(self, port: int) -> dict[str, str]:
        where = f"host={quote(self.socket_folder, safe='')}&user={cluster.SUPERUSER}"
        return {
            "DATABASE_URL": f"postgresql:///{self.database}?{where}",
            "PORT": str(port),
            "NODE_ENV": "production",
            "BETTER_AUTH_SECRET": SECRET,
            "BETTER_AUTH_URL": f"http://127.0.0.1:{port}",
            "BETTER_AUTH_TELEMETRY": "0",
        }

    def hashing(self, seconds: float) -> tuple[str, ...]:
        return ("node", str(self.folder / "hashing.mjs"), PASSWORD, str(seconds))

    def versions(self) -> dict[str, str]:
        lock = json.loads((self.folder / "package-lock.json").read_text())["packages"]
        node = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True)
        packages = {name: lock[f"node_modules/{name}"]["version"] for name in ("better-auth", "pg")}
        return {"node": node.stdout.strip(), **packages}

    def signin(self, email: str, password: str = PASSWORD) -> Request:
        body = json.dumps({"email": email, "password": password})
        return Request("POST", "/api/auth/sign-in/email", JSON, body)

    def profile(self, signed_in: httpx.Response) -> Request:
        cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
        return Request("GET", "/api/auth/get-session", {"Cookie": cookie})
