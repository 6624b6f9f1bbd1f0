"""The README: its examples run, and it names everything that can be imported."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import postern_auth
import postern_auth.fastapi
import postern_auth.testing
from postern_auth import Postern, TokenInvalid
from postern_auth.testing import PosternInMemory, TestUser
from world import World

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
ISSUER = "http://localhost:8000"


def example(containing: str) -> dict[str, Any]:
    """The names that the example with these words makes."""
    module: dict[str, Any] = {"__name__": "example"}
    exec(next(block for block in BLOCKS if containing in block), module)  # noqa: S102  a reader would run it too
    return module


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setenv("POSTERN_ISSUER", ISSUER)
    world.memory = PosternInMemory(ISSUER)


@pytest.fixture
def ada(world: World, _environment: None) -> TestUser:
    return world.memory.user(id=7, email="ada@example.com", name="Ada")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:30])
def test_every_example_is_python(block: str) -> None:
    compile(block, "README.md", "exec")


def test_the_seven_lines(ada: TestUser) -> None:
    with TestClient(example("CurrentUser) ->")["app"]) as client:
        assert client.get("/orders").status_code == 401
        assert client.get("/orders", headers=ada.headers).json() == {"user_id": 7}


def test_the_other_parameters(ada: TestUser, world: World) -> None:
    with TestClient(example("def greeting")["app"]) as client:
        assert client.get("/greeting").json() == "Hello"
        client.headers.update(ada.headers)
        assert client.get("/greeting").json() == "Hello, Ada"
        assert client.post("/payments").json() == 7
        assert client.delete("/shop").json() == 7
        world.memory.revoke(ada)
        assert client.post("/payments").json()["code"] == "session_revoked"


def test_verify_in_any_framework(ada: TestUser) -> None:
    module = example("def user_of")
    assert module["user_of"](ada.headers).id == 7
    with pytest.raises(TokenInvalid) as refused:
        module["user_of"]({"Authorization": "Bearer x"})
    body, status, headers = module["answer"](refused.value)
    assert (status, headers["Content-Type"]) == (401, "application/problem+json")
    assert b"token_invalid" in body


def test_the_middleware(ada: TestUser) -> None:
    client = TestClient(example("async def hello")["app"])
    assert client.get("/", headers=ada.headers).text == "7"
    assert client.get("/").status_code == 401


def test_the_websocket(ada: TestUser) -> None:
    client = TestClient(example("async def live")["app"])
    with client.websocket_connect("/live") as socket:
        socket.send_text(ada.token)
        assert socket.receive_text() == "Hello, 7"
    with client.websocket_connect("/live") as socket:
        socket.send_text("x")
        assert socket.receive() == {
            "type": "websocket.close",
            "code": 1008,
            "reason": "token_invalid",
        }


def test_the_example_without_pytest() -> None:
    example("memory.trusted()")


def test_alembic_looks_at_everything_but_posterns_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    include_name = example("postern_auth.alembic")["include_name"]
    assert not include_name("postern", "schema", {})
    assert include_name(None, "schema", {})
    assert include_name("postern", "table", {})
    monkeypatch.setenv("POSTERN_SCHEMA", "auth")
    assert include_name("postern", "schema", {})
    assert not include_name("auth", "schema", {})


EXPORTS = [
    *postern_auth.__all__,
    *(name for name in vars(Postern) if not name.startswith("_")),
    *("CurrentUser", "OptionalUser", "LiveUser", "RecentlySignedIn", "include_name"),
    *("PosternInMemory", "TestUser", "authorize", "forget", "trusted", "sign", "revoke"),
    *("postern_user", "signed_in", "postern_in_memory"),
    *("POSTERN_ISSUER", "POSTERN_INTERNAL_URL", "POSTERN_AUDIENCE", "POSTERN_SCHEMA"),
]


@pytest.mark.parametrize("name", EXPORTS)
def test_the_readme_names(name: str) -> None:
    assert re.search(rf"\b{name}\b", README)
