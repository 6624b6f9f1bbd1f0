"""A Postern at the address that its tokens name, and the services that verify them offline."""

import atexit
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

import postern_auth.keys
from src.database.database import unit_of_work
from src.keys import steps as keys
from src.keys.signing_keys import SigningKey
from src.kit.clock import now
from src.main import create_app
from src.settings import BACKEND
from tests.support.http_client import make_client
from tests.support.ports import free_port
from tests.support.server import serving

ROOT = BACKEND.parent
EXAMPLES = ROOT / "examples"
NEXT = ROOT / "node_modules" / "next" / "dist" / "bin" / "next"
DOCUMENT = ROOT / "docs" / "verify-tokens.md"
DOCUMENTED = "http://localhost:8000"
"""The address of Postern in the document."""
JWKS = "/.well-known/jwks.json"
ORDERS = "/api/orders"
SNIPPET = "/api/snippet"
ACCOUNT = {"email": "ada@example.com", "password": "testpass123"}
WITHIN = 60.0

CONFIG = """
export default {
  agentRules: false,
  turbopack: { root: "/" }, // the packages are those of the web app, over a link
  typescript: { ignoreBuildErrors: true }, // `make check-web` has checked them
};
"""
SHIFTED_CLOCK = """
const { now } = Date;
Date.now = () => now() + 1000 * Number(require("node:fs").readFileSync(process.env.SHIFT));
"""
SNIPPET_ROUTE = """
export async function GET(request: Request) {
  const token = request.headers.get("Authorization")?.slice(7) ?? "";
  return verify(token).then(
    (claims) => Response.json({ user_id: Number(claims.sub) }),
    () => new Response(null, { status: 401 }),
  );
}
"""


class Postern:
    """The service in this process, to be stopped and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.fetches = 0
        """How often the key set was requested."""
        self._running = ExitStack()

    def start(self) -> None:
        app = create_app()

        @app.middleware("http")
        async def count(request: Request, call_next: Callable[[Request], Any]) -> Response:
            self.fetches += request.url.path == JWKS
            answer: Response = await call_next(request)
            return answer

        self._state = app.state
        self._client = self._running.enter_context(serving(app, self.port))

    def stop(self) -> None:
        self._running.close()

    def forget_keys(self) -> None:
        """Read the keys again at their next use."""
        self._state.keyring.forget()

    def sign_in(self) -> dict[str, Any]:
        """The tokens of a new session; the account is made if it does not exist."""
        signed_in = self._client.post("/auth/signin", json=ACCOUNT)
        if signed_in.status_code == httpx.codes.UNAUTHORIZED:
            self._client.post("/auth/signup", json=ACCOUNT).raise_for_status()
            signed_in = self._client.post("/auth/signin", json=ACCOUNT)
        tokens: dict[str, Any] = signed_in.raise_for_status().json()
        return tokens

    def access_token(self) -> str:
        return str(self.sign_in()["access_token"])

    def refresh(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """The next tokens of the session; the given ones must be valid."""
        assert self.profile(tokens).status_code == httpx.codes.OK
        body = {"refresh_token": tokens["refresh_token"]}
        refreshed: dict[str, Any] = (
            self._client.post("/auth/refresh", json=body).raise_for_status().json()
        )
        return refreshed

    def profile(self, tokens: dict[str, Any]) -> httpx.Response:
        header = {"Authorization": f"Bearer {tokens['access_token']}"}
        return self._client.get("/auth/profile", headers=header)

    def signing_key(self) -> SigningKey:
        with unit_of_work() as db:
            key = keys.load(db).signing(now())
        assert key is not None
        return key

    def rotate(self, *, at_once: bool = False, lead: timedelta = keys.LEAD) -> str:
        """Publish a new key, and let this process use it now instead of within a minute."""
        with unit_of_work() as db:
            key = keys.rotate(db, at_once=at_once, lead=lead)
        self.forget_keys()
        return key.kid


@dataclass(frozen=True)
class Verifier:
    """A running service that verifies tokens."""

    client: httpx.Client
    advance: Callable[[float], None]
    """Moves the clock of its cache of keys by seconds."""
    path: str = ORDERS

    def get(self, token: str) -> httpx.Response:
        return self.client.get(self.path, headers={"Authorization": f"Bearer {token}"})


Start = Callable[[str], AbstractContextManager[Verifier]]
"""Starts a service that knows this address of Postern, but no key yet."""


@contextmanager
def fastapi(postern_url: str) -> Iterator[Verifier]:
    """examples/resource_server in this process, so that its clock can be moved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSTERN_ISSUER", postern_url)
        patch.syspath_prepend(str(EXAMPLES / "resource_server"))
        app = importlib.import_module("main").app
        sys.modules.pop("main")  # the next one has its own keys
        advance = _moved_clock(patch, postern_auth.keys)
        with serving(app) as client:
            yield Verifier(client, advance)


@contextmanager
def python_snippet(postern_url: str) -> Iterator[Verifier]:
    """The document's example in Python, behind a route."""
    from jwt import InvalidTokenError, PyJWKClientError, jwks_client

    module: dict[str, Any] = {}
    exec(snippet("python", postern_url), module)  # noqa: S102  a reader would run it too
    app = FastAPI()

    @app.get(SNIPPET)
    def verified(request: Request) -> Response:
        try:
            module["verify"](request.headers["Authorization"].removeprefix("Bearer "))
        except (InvalidTokenError, PyJWKClientError):
            return Response(status_code=401)
        return Response()

    with pytest.MonkeyPatch.context() as patch, serving(app) as client:
        yield Verifier(client, _moved_clock(patch, jwks_client), SNIPPET)


def _moved_clock(patch: pytest.MonkeyPatch, module: Any) -> Callable[[float], None]:
    passed = 0.0

    def advance(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed)
    patch.setattr(module, "time", clock)
    return advance


@contextmanager
def nextjs(postern_url: str, path: str = ORDERS) -> Iterator[Verifier]:
    """examples/next_route as a Next.js server serves it, built for production."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="postern-") as made:
        shift, preload = Path(made) / "shift", Path(made) / "clock.cjs"
        shift.write_text("0")
        preload.write_text(SHIFTED_CLOCK)
        server = subprocess.Popen(
            _next("start", "--hostname", "127.0.0.1", "--port", str(port)),
            cwd=_built(),
            env=_environment(
                POSTERN_URL=postern_url, NODE_OPTIONS=f"--require {preload}", SHIFT=str(shift)
            ),
            stdout=subprocess.DEVNULL,
        )

        def advance(seconds: float) -> None:
            passed = float(shift.read_text()) + seconds
            (Path(made) / "next").write_text(str(passed))
            (Path(made) / "next").rename(shift)  # never read half-written

        try:
            with make_client(port) as client:
                wait_for(client, server)
                yield Verifier(client, advance, path)
        finally:
            server.terminate()
            server.wait(WITHIN)


@contextmanager
def typescript_snippet(postern_url: str) -> Iterator[Verifier]:
    """The document's example in TypeScript, behind a route of the same server."""
    with nextjs(postern_url, SNIPPET) as verifier:
        yield verifier


@cache
def _built() -> Path:
    """A copy of the example with the packages of the web app, built once in a run."""
    if not NEXT.exists():
        pytest.fail("node_modules is not there. Make it with: make setup", pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="postern-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(EXAMPLES / "next_route", folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "next.config.mjs").write_text(CONFIG)
    route = folder / "app" / "api" / "snippet" / "route.ts"
    route.parent.mkdir()
    known = f'(process.env.POSTERN_URL ?? "{DOCUMENTED}")'
    code = snippet("ts", DOCUMENTED).replace(f'"{DOCUMENTED}"', known)
    route.write_text(code + SNIPPET_ROUTE)
    with (folder / "build.log").open("w+") as log:
        built = subprocess.run(
            _next("build"), cwd=folder, env=_environment(), stdout=log, stderr=log, check=False
        )
        log.seek(0)
        assert built.returncode == 0, log.read()
    return folder


def _next(*arguments: str) -> tuple[str, ...]:
    return ("node", str(NEXT), *arguments)


def _environment(**values: str) -> dict[str, str]:
    """The example's settings, without the settings of this process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "NEXT_TELEMETRY_DISABLED": "1", **values}


def wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    """Return when it answers, with any status."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            client.get("/")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")


def snippet(language: str, postern_url: str) -> str:
    """The document's example, for a Postern at this address."""
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    assert DOCUMENTED in found[1]
    return found[1].replace(DOCUMENTED, postern_url)
