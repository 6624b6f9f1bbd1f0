"""FastAPI: parameters that are the user, problem documents, OpenAPI, and the start."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from postern_auth import Claims, Postern, SettingsRefused
from postern_auth.fastapi import CurrentUser, LiveUser, OptionalUser, RecentlySignedIn
from postern_auth.testing import authorize
from world import ISSUER, World

router = APIRouter()


@router.get("/current")
def current(user: CurrentUser) -> int:
    return user.id


@router.get("/optional")
async def optional(user: OptionalUser) -> int | None:
    return user.id if user else None


@router.get("/live")
def live(user: LiveUser) -> int:
    return user.id


@router.get("/recent")
def recent(user: Annotated[Claims, RecentlySignedIn(minutes=10)]) -> int:
    return user.id


@router.get("/guarded", dependencies=[RecentlySignedIn(minutes=60)])
def guarded() -> str:
    return "here"


@router.websocket("/socket")
async def socket(websocket: WebSocket, user: CurrentUser) -> None:
    await websocket.accept()
    await websocket.send_text(str(user.id))
    await websocket.close()


@pytest.fixture
def app(postern: Postern) -> FastAPI:
    made = FastAPI()
    made.include_router(router)
    postern.install(made)
    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/current", "/optional", "/live", "/recent"])
def test_a_route_knows_its_user(world: World, client: TestClient, path: str) -> None:
    authorize(client, world.memory.user(id=7))
    assert client.get(path).json() == 7


def test_the_document_lists_the_refusal_of_routes_that_need_a_user(app: FastAPI) -> None:
    @app.get("/open")
    def open_to_all() -> str:
        return "here"

    @app.get("/own", responses={401: {"description": "Mine"}})
    def own(user: CurrentUser) -> int:
        return user.id

    for _ in range(2):  # FastAPI keeps the document
        paths = app.openapi()["paths"]
        for path in ("/current", "/optional", "/live", "/recent", "/guarded"):
            refusal = paths[path]["get"]["responses"]["401"]
            schema = refusal["content"]["application/problem+json"]["schema"]
            assert schema["required"] == ["type", "title", "status", "detail", "code"]
            assert "WWW-Authenticate" in refusal["headers"]
        assert "401" not in paths["/open"]["get"]["responses"]
        assert paths["/own"]["get"]["responses"]["401"] == {"description": "Mine"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bea"}])
def test_without_a_token(client: TestClient, header: dict[str, str]) -> None:
    for path in ("/current", "/live", "/recent", "/guarded"):
        answer = client.get(path, headers=header)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json() == {
            "type": f"{ISSUER}/problems/token_missing",
            "title": "Sign in first",
            "status": 401,
            "detail": "Sign in first",
            "code": "token_missing",
        }
    assert client.get("/optional", headers=header).json() is None


def test_a_token_that_is_not_valid_is_refused_even_where_none_is_needed(
    world: World, client: TestClient
) -> None:
    expired = world.memory.user(expired=True)
    for path in ("/current", "/optional", "/live", "/recent"):
        answer = client.get(path, headers=expired.headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert world.profiles == 0


def test_only_a_live_user_is_asked_about(world: World, client: TestClient) -> None:
    user = world.memory.user(revoked=True)
    assert client.get("/current", headers=user.headers).status_code == 200
    assert world.profiles == 0
    answer = client.get("/live", headers=user.headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_revoked")
    assert world.profiles == 1


def test_a_proof_that_is_too_old(world: World, client: TestClient) -> None:
    user = world.memory.user(signed_in_minutes_ago=11)
    answer = client.get("/recent", headers=user.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")
    assert answer.json()["type"] == f"{ISSUER}/problems/reauthentication_required"
    assert client.get("/guarded", headers=user.headers).json() == "here"


def test_while_postern_is_down(world: World, client: TestClient) -> None:
    world.stop()
    answer = client.get("/current", headers=world.memory.user().headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert (answer.json()["code"], answer.json()["type"]) == ("keys_unavailable", "about:blank")


def test_a_websocket_knows_its_user(world: World, client: TestClient) -> None:
    headers = world.memory.user(id=7).headers
    with client.websocket_connect("/socket", headers=headers) as connection:
        assert connection.receive_text() == "7"
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/socket"):
        pass
    assert (closed.value.code, closed.value.reason) == (1008, "token_missing")


def test_openapi_has_a_scheme_for_the_routes_with_a_user(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    scheme = document["components"]["securitySchemes"]["Postern"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    assert "POST /auth/signin" in scheme["description"]
    for path in ("/current", "/optional", "/live", "/recent", "/guarded"):
        assert document["paths"][path]["get"]["security"] == [{"Postern": []}]


def test_without_install_the_error_says_what_to_do() -> None:
    app = FastAPI()
    app.include_router(router)
    client = TestClient(app)
    with pytest.raises(TypeError, match=r"Call postern.install\(app\)"):
        client.get("/current", headers={"Authorization": "Bearer x"})
    with pytest.raises(TypeError, match=r"Call postern.install\(app\)"):
        client.get("/current")


class TestStart:
    def test_keeps_the_apps_own_start_and_end(self, postern: Postern) -> None:
        seen: list[str] = []

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, str]]:
            seen.append("start")
            yield {"state": "kept"}
            seen.append("end")

        app = FastAPI(lifespan=lifespan)
        postern.install(app)
        with TestClient(app) as client:
            assert client.app_state["state"] == "kept"
            assert seen == ["start"]
        assert seen == ["start", "end"]

    def test_with_the_issuer_of_another_postern_is_refused(self, world: World) -> None:
        app = FastAPI()
        Postern("http://localhost:8000").install(app)
        assert world.memory.issuer == ISSUER
        with pytest.raises(SettingsRefused, match=ISSUER), TestClient(app):
            pass

    def test_while_postern_is_down_works(
        self, world: World, app: FastAPI, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.stop()
        with TestClient(app) as client:
            assert client.get("/optional").json() is None
        assert "Postern does not answer" in caplog.text
