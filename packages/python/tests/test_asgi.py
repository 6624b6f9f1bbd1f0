"""The plain ASGI middleware, around an app that knows nothing of frameworks."""

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from postern_auth import Postern, PosternMiddleware
from postern_auth.asgi import Receive, Scope, Send
from world import ISSUER, World


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})
        return
    user = scope.get("user")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(user and user.id).encode()})


@pytest.fixture
def client(postern: Postern) -> TestClient:
    return TestClient(PosternMiddleware(app, postern, public={"/health"}))


def test_the_app_knows_the_user(world: World, client: TestClient) -> None:
    assert client.get("/", headers=world.memory.user(id=7).headers).text == "7"


def test_without_a_token(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"{ISSUER}/problems/token_missing"
    assert client.get("/health").text == "None"
    assert client.get("/health/more").status_code == 401


def test_a_token_that_is_not_valid_is_refused_on_public_paths_too(
    world: World, client: TestClient
) -> None:
    headers = world.memory.user(issuer="https://evil.test").headers
    for path in ("/", "/health"):
        assert client.get(path, headers=headers).json()["code"] == "token_invalid"


def test_a_preflight_passes(client: TestClient) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Origin": "https://a.test"}
    assert client.options("/", headers=asks).status_code == 200
    assert client.options("/").status_code == 401


def test_a_websocket_without_a_token_is_closed(world: World, client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/"):
        pass
    assert (closed.value.code, closed.value.reason) == (1008, "token_missing")
    with client.websocket_connect("/", headers=world.memory.user().headers):
        pass


def test_while_postern_is_down(world: World, client: TestClient) -> None:
    world.stop()
    answer = client.get("/", headers=world.memory.user().headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
