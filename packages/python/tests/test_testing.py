"""The fixtures that the package gives to the tests of others."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from postern_auth import (
    Postern,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
    network,
    pytest_plugin,
)
from postern_auth.testing import ISSUER, PosternInMemory, TestUser, authorize, forget

MakeUser = Callable[..., TestUser]
SignIn = Callable[[Any, TestUser], Any]

postern = Postern.from_env()
"""Made when the module is imported, as an app makes it."""


def test_a_user_is_whoever_the_test_wants(postern_user: MakeUser) -> None:
    user = postern_user(id=7, email="ada@example.com", name="Ada", email_verified=False)
    claims = postern.verify(user.token)
    profile = asyncio.run(postern.profile(claims))
    assert (claims.id, profile.email, profile.name) == (7, "ada@example.com", "Ada")
    assert not profile.email_verified


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_issuer_is_a_missing_one(monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    monkeypatch.setenv("POSTERN_ISSUER", empty)
    pytest_plugin.pytest_load_initial_conftests()
    assert os.environ["POSTERN_ISSUER"] == ISSUER


def test_a_user_has_usual_values(postern_user: MakeUser) -> None:
    user = postern_user()
    assert (user.id, user.email, user.name) == (1, "user1@example.com", None)
    assert postern_user().session_id != user.session_id


def test_an_expired_token(postern_user: MakeUser) -> None:
    with pytest.raises(TokenExpired):
        postern.verify(postern_user(expired=True).token)


def test_a_token_of_another_issuer(postern_user: MakeUser) -> None:
    with pytest.raises(TokenInvalid):
        postern.verify(postern_user(issuer="https://evil.test").token)


def test_a_revoked_session(postern_user: MakeUser, postern_in_memory: PosternInMemory) -> None:
    claims = postern.verify(postern_user(revoked=True).token)
    with pytest.raises(SessionRevoked):
        asyncio.run(postern.live(claims))
    user = postern_user()
    asyncio.run(postern.live(postern.verify(user.token)))
    postern_in_memory.revoke(user)
    with pytest.raises(SessionRevoked):
        asyncio.run(postern.live(postern.verify(user.token)))


def test_claims_of_a_tests_own(postern_user: MakeUser) -> None:
    claims = postern.verify(postern_user(claims={"amr": ["pwd", "otp"], "acr": "aal2"}).token)
    assert (claims.amr, claims.acr) == (("pwd", "otp"), "aal2")


@pytest.fixture(scope="module")
def shared() -> TestClient:
    async def echo(scope: Any, _receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = headers.get(b"authorization", b"nobody")
        await send({"type": "http.response.body", "body": body})

    return TestClient(echo)


class TestSignedIn:
    def test_a_client_sends_the_token(
        self, signed_in: SignIn, postern_user: MakeUser, shared: TestClient
    ) -> None:
        user = postern_user()
        assert signed_in(shared, user) is shared
        assert shared.get("/").text == f"Bearer {user.token}"

    def test_until_the_test_ends(self, shared: TestClient) -> None:
        assert shared.get("/").text == "nobody"

    @pytest.mark.parametrize("place", ["environ_base", "defaults"])
    def test_clients_of_flask_and_django(self, postern_user: MakeUser, place: str) -> None:
        client = type("Client", (), {})()
        setattr(client, place, {})
        user = postern_user()
        authorize(client, user)
        assert getattr(client, place) == {"HTTP_AUTHORIZATION": f"Bearer {user.token}"}
        forget(client)
        assert getattr(client, place) == {}

    def test_something_that_is_no_client(self, postern_user: MakeUser) -> None:
        with pytest.raises(TypeError, match="int is no client that this knows"):
            authorize(1, postern_user())


def test_no_request_leaves_the_process(postern_user: MakeUser) -> None:
    assert postern_user().token
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        network.get("https://example.com/").raise_for_status()


def test_after_the_test_the_network_is_back() -> None:
    assert network.in_use() is None


def test_a_new_postern_in_memory_is_noticed() -> None:
    """Keys and profiles of an earlier one are forgotten."""
    for _ in range(2):
        memory = PosternInMemory(os.environ["POSTERN_ISSUER"])
        with memory.trusted():
            claims = postern.verify(memory.user(name="Ada").token)
            assert asyncio.run(postern.profile(claims)).name == "Ada"


def test_an_issuer_with_a_path() -> None:
    memory = PosternInMemory("https://example.com/auth")
    with memory.trusted():
        assert Postern("https://example.com/auth").verify(memory.user().token).id == 1
