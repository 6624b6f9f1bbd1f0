"""Services of other libraries, each set up as a line of the table in docs/verify-tokens.md says."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.examples.conftest import (  # noqa: F401  the same Postern as the examples'
    _wiped,
    postern,
)
from tests.support.http_client import make_client
from tests.support.ports import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
UV = ROOT / ".tools" / "bin" / "uv"
ROW = re.compile(r"^\| ([^|`]+?)(?:, `[^`]+`)? \| (`.+`) \| (.*)\|$", re.MULTILINE)
SERVICES = {
    "jose": "jose.mjs",
    "Hono": "hono.mjs",
    "passport-jwt, with jwks-rsa": "passport.mjs",
    "NestJS": "nestjs.mjs",
    "Fastify, with get-jwks": "fastify.mjs",
    "Express, express-oauth2-jwt-bearer": "express.mjs",
    "oauth4webapi": "oauth4webapi.mjs",
    "postern-auth": "package.py",
    "Flask, with PyJWT": "flask_pyjwt.py",
    "Flask-JWT-Extended": "extended.py",
    "djangorestframework-simplejwt": "simplejwt.py",
    "Authlib": "rfc9068.py",
}
"""The library of each line, and the service that uses the line."""
SOURCES: dict[str, Callable[[str], Path]] = {
    ".mjs": lambda name: HERE / "node" / name,
    ".py": lambda name: HERE / "python" / f"{name}.in",  # no code of ours: of no linter's concern
}


@dataclass(frozen=True)
class Line:
    library: str
    code: str
    note: str

    @property
    def checks_typ(self) -> bool:
        return not self.note.startswith("`typ`")


def lines() -> list[Line]:
    """The table's."""
    text = (ROOT / "docs" / "verify-tokens.md").read_text()
    return [
        Line(library, "\n".join(re.findall(r"`([^`]+)`", code)).replace("\\|", "|"), note)
        for library, code, note in ROW.findall(text)
    ]


Get = Callable[[str], httpx.Response]
Start = Callable[[Line, str], AbstractContextManager[Get]]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Starts the service of a line for a Postern at an address; gives what asks it with a token."""
    folder = tmp_path_factory.mktemp("verifiers")
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text((HERE / "node" / name).read_text())
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    subprocess.run(("npm", "ci", *quiet), cwd=folder, check=True)
    venv = folder / ".venv"
    subprocess.run((UV, "venv", "--quiet", venv), check=True)
    wanted = ("-r", HERE / "python" / "requirements.txt", ROOT / "packages" / "python")
    subprocess.run((UV, "pip", "install", "--quiet", "--python", venv, *wanted), check=True)

    @contextmanager
    def start(line: Line, issuer: str) -> Iterator[Get]:
        name, port = SERVICES[line.library], free_port()
        path = folder / name
        path.write_text(SOURCES[path.suffix](name).read_text().replace("__TABLE__", line.code))
        command = "node" if path.suffix == ".mjs" else venv / "bin" / "python"
        where = {"issuer": issuer, "jwks": f"{issuer}/.well-known/jwks.json", "PORT": str(port)}
        server = subprocess.Popen((command, path), env={"PATH": os.environ["PATH"], **where})
        try:
            from tests.support.resource_servers import wait_for

            with make_client(port) as client:
                wait_for(client, server)
                yield lambda token: client.get("/", headers={"Authorization": f"Bearer {token}"})
        finally:
            server.terminate()
            server.wait(20)

    return start
