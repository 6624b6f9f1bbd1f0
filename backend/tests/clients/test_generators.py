"""Generators of clients: what they make signs up, signs in and reads the profile."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import Python, Tools

HERE = Path(__file__).parent / "generated"
PRINTED = ["1", "ada@example.com", "ada@example.com", "invalid_credentials"]
"""The id and the address of the new account, that of its profile, and a refusal."""


def schemas(document: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(document.read_text())["components"]["schemas"]
    return found


@pytest.fixture
def python_client(python: Python, document: Path, tmp_path: Path) -> Path:
    config = tmp_path / "config.yml"
    config.write_text("package_name_override: postern_client\n")
    done = python.run(
        *("openapi-python-client", "generate", "--path", str(document), "--config", str(config)),
        *("--output-path", str(tmp_path / "client")),
    )
    assert done.returncode == 0, done.stdout
    return tmp_path / "client"


def test_openapi_python_client_makes_one_file_for_a_schema(
    python_client: Path, document: Path
) -> None:
    """An inline schema would be a file of its own, once for each refusal."""
    models = {path.stem for path in python_client.glob("*/models/*.py")} - {"__init__"}
    own = {re.sub(r"_", "", name) for name in models}
    named = {name.lower() for name in schemas(document)}
    enums = {"problemcode"} | {name for name in own if name.endswith("methodsitem")}
    enums |= {name for name in own if name.endswith(("factorsitem", "enrolitem"))}
    # Options of passkeys are WebAuthn's own form, which this document leaves open.
    open_forms = {name for name in own if "passkey" in name and "options" in name} - named
    assert own - enums - open_forms == named
    assert len(enums) <= 6
    assert len(open_forms) <= 7


def test_openapi_python_client_signs_up_and_in(
    client: httpx.Client, python: Python, python_client: Path
) -> None:
    script = python_client / "main.py"
    script.write_text((HERE / "main.py.in").read_text())
    done = python.run("python", str(script), str(client.base_url).rstrip("/"), cwd=python_client)
    assert done.stdout.split() == PRINTED, done.stdout


def test_openapi_typescript_signs_up_and_in(
    client: httpx.Client, tools: Tools, document: Path
) -> None:
    with tools.folder() as folder:
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "tsconfig.json").write_text((HERE / "tsconfig.json").read_text())
        done = tools.run(
            *("openapi-typescript", str(document), "--output", "schema.d.ts"), cwd=folder
        )
        assert done.returncode == 0, done.stdout
        (folder / "main.ts").write_text((HERE / "main.ts").read_text())
        compiled = tools.run("tsc", "--project", ".", cwd=folder)
        assert compiled.returncode == 0, compiled.stdout
        ran = subprocess.run(
            ("node", "main.js", str(client.base_url).rstrip("/")),
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.stdout.split() == PRINTED
