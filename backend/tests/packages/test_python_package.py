"""packages/python with the running service: its own tokens, and its own answers."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from postern_auth import Postern, SessionRevoked, SettingsRefused, TokenInvalid
from src.settings import get_settings

SignUp = Callable[..., dict[str, Any]]


def test_a_token_of_signin_says_who_calls(sign_up: SignUp, postern: Postern) -> None:
    ada = sign_up()
    claims = postern.verify(ada["access_token"])
    assert claims.id == ada["id"]
    assert claims.amr == ("pwd",)
    assert claims.auth_time is not None
    assert abs(claims.auth_time.timestamp() - time.time()) < 600
    assert asyncio.run(postern.verify_async(ada["access_token"])) == claims
    with pytest.raises(TokenInvalid):
        postern.verify(ada["refresh_token"])


@pytest.mark.parametrize("path", ["/current", "/live", "/recent"])
def test_a_route_knows_its_user(sign_up: SignUp, app: httpx.Client, path: str) -> None:
    ada = sign_up()
    assert app.get(path, headers=ada["headers"]).json() == ada["id"]


def test_a_profile_is_the_one_of_the_service(
    client: httpx.Client, sign_up: SignUp, postern: Postern
) -> None:
    ada = sign_up(email="Ada@example.com")
    client.patch("/auth/profile", headers=ada["headers"], json={"name": "Ada"})
    profile = asyncio.run(postern.profile(postern.verify(ada["access_token"])))
    assert (profile.id, profile.email, profile.name) == (ada["id"], "Ada@example.com", "Ada")
    assert not profile.email_verified


def test_a_sign_out_ends_a_live_user_at_once(
    client: httpx.Client, sign_up: SignUp, app: httpx.Client, postern: Postern
) -> None:
    ada = sign_up()
    assert app.get("/live", headers=ada["headers"]).status_code == 200
    assert client.post("/auth/signout", headers=ada["headers"]).status_code == 204
    answer = app.get("/live", headers=ada["headers"])
    assert (answer.status_code, answer.json()["code"]) == (401, "session_revoked")
    assert app.get("/current", headers=ada["headers"]).status_code == 200
    with pytest.raises(SessionRevoked):
        asyncio.run(postern.live(postern.verify(ada["access_token"])))


def test_asking_about_a_session_proves_no_receipt_of_its_tokens(
    client: httpx.Client,
    sign_up: SignUp,
    app: httpx.Client,
    direct: psycopg2.extensions.connection,
) -> None:
    """A browser that never got the answer of its refresh may send the old token again."""
    ada = sign_up()
    refreshed = client.post("/auth/refresh", json={"refresh_token": ada["refresh_token"]}).json()
    headers = {"Authorization": f"Bearer {refreshed['access_token']}"}
    assert app.get("/live", headers=headers).status_code == 200
    with direct.cursor() as cursor:
        cursor.execute("SELECT generation, seen_generation FROM session")
        assert cursor.fetchone() == (2, 1)


def test_a_refusal_is_the_same_as_posterns(client: httpx.Client, app: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer not.a.token"}):
        ours = client.get("/auth/profile", headers=headers)
        theirs = app.get("/current", headers=headers)
        same = ("type", "title", "status", "code")
        assert [theirs.json()[name] for name in same] == [ours.json()[name] for name in same]
        for header in ("WWW-Authenticate", "Content-Type", "Cache-Control"):
            assert theirs.headers[header] == ours.headers[header]
        assert theirs.status_code == ours.status_code


def test_another_issuer_is_found_at_the_start(client: httpx.Client, postern: Postern) -> None:
    asyncio.run(postern.check())
    issuer = get_settings().api_url
    wrong = Postern("http://localhost:9999", internal_url=str(client.base_url))
    with pytest.raises(SettingsRefused, match=f"says its issuer is {issuer}, and POSTERN_ISSUER"):
        asyncio.run(wrong.check())
