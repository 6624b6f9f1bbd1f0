"""The collection for Postman, and an import of `openapi.json`, as newman runs them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from src.settings import BACKEND
from tests.clients.conftest import Tools

ADOPT = BACKEND.parent / "docs" / "adopt"
IN_ORDER = ("signup", "signin", "read_profile", "update_profile", "list_sessions", "signout")


def summary(tools: Tools, tmp_path: Path, collection: Path, *options: str) -> dict[str, Any]:
    """What newman reports about a run."""
    report = tmp_path / "report.json"
    done = tools.run(
        *("newman", "run", str(collection), "--reporters", "json"),
        *("--reporter-json-export", str(report), *options),
    )
    assert report.exists(), done.stdout
    run: dict[str, Any] = json.loads(report.read_text())["run"]
    return run


def test_the_collection_runs_from_sign_up_to_a_refusal(
    client: httpx.Client, tools: Tools, tmp_path: Path
) -> None:
    run = summary(
        tools,
        tmp_path,
        ADOPT / "postern.postman_collection.json",
        *("--environment", str(ADOPT / "postern.postman_environment.json")),
        *("--env-var", f"base_url={client.base_url}".rstrip("/")),
    )
    assert run["failures"] == []
    assert run["stats"]["requests"]["total"] == 10
    assert run["stats"]["assertions"]["total"] >= 12
    codes = [execution["response"]["code"] for execution in run["executions"]]
    assert codes == [201, 200, 200, 200, 200, 200, 200, 401, 204, 401]


def requests_of(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield from requests_of(item["item"]) if "item" in item else [item]


def test_an_import_of_the_document_works_with_the_script_of_the_guide(
    client: httpx.Client, tools: Tools, tmp_path: Path, document: Path
) -> None:
    imported = tmp_path / "imported.json"
    by_example = ("-O", "parametersResolution=Example,requestParametersResolution=Example")
    files = ("-s", str(document), "-o", str(imported))
    made = tools.run("openapi2postmanv2", *files, *by_example)
    assert imported.exists(), made.stdout
    collection = json.loads(imported.read_text())
    [script] = re.findall(r"```js\n(.*?)```", (ADOPT / "postman.md").read_text(), re.DOTALL)
    exec_ = script.splitlines()
    collection["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": exec_}}]
    described = {
        operation["summary"]: operation["operationId"]
        for path in json.loads(document.read_text())["paths"].values()
        for operation in path.values()
    }
    found = {described.get(item["name"]): item for item in requests_of(collection["item"])}
    assert set(IN_ORDER) <= found.keys()
    collection["item"] = [found[name] for name in IN_ORDER]
    address = {"key": "baseUrl", "value": str(client.base_url).rstrip("/")}
    assert "baseUrl" in {one["key"] for one in collection["variable"]}
    collection["variable"] = [address]
    imported.write_text(json.dumps(collection))

    run = summary(tools, tmp_path, imported)
    codes = [execution["response"]["code"] for execution in run["executions"]]
    assert codes == [201, 200, 200, 200, 200, 204], json.dumps(run["executions"])[:2000]


@pytest.mark.parametrize("name", ["collection", "environment"])
def test_the_files_hold_no_token(name: str) -> None:
    text = (ADOPT / f"postern.postman_{name}.json").read_text()
    assert not re.search(r"eyJ[\w-]{10,}", text)
