"""Reading and changing one's own profile."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]


class TestUpdate:
    def test_a_new_name_is_stored_and_changes_updated_at(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        before = client.get("/auth/profile", headers=me["headers"]).json()
        answer = client.patch("/auth/profile", headers=me["headers"], json={"name": " Ada "})
        assert answer.status_code == 200
        assert answer.json()["name"] == "Ada"
        assert answer.json()["created_at"] == before["created_at"]
        assert answer.json()["updated_at"] > before["updated_at"]
        assert client.get("/auth/profile", headers=me["headers"]).json() == answer.json()

    @pytest.mark.parametrize("nothing", [None, "", "  "])
    def test_an_empty_name_removes_the_name(
        self, client: httpx.Client, sign_up: SignUp, nothing: str | None
    ) -> None:
        me = sign_up()
        client.patch("/auth/profile", headers=me["headers"], json={"name": "Ada"})
        answer = client.patch("/auth/profile", headers=me["headers"], json={"name": nothing})
        assert answer.json()["name"] is None

    def test_an_empty_body_changes_nothing(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        before = client.get("/auth/profile", headers=me["headers"]).json()
        assert client.patch("/auth/profile", headers=me["headers"], json={}).json() == before

    @pytest.mark.parametrize(
        "field", ["id", "email", "password_hash", "email_verified", "created_at", "admin"]
    )
    def test_other_fields_are_refused_and_nothing_changes(
        self, client: httpx.Client, sign_up: SignUp, field: str
    ) -> None:
        me = sign_up()
        before = client.get("/auth/profile", headers=me["headers"]).json()
        body = {"name": "Eve", field: "x"}
        answer = client.patch("/auth/profile", headers=me["headers"], json=body)
        assert_problem(answer, 422, "validation_failed")
        assert client.get("/auth/profile", headers=me["headers"]).json() == before

    def test_a_token_gives_access_only_to_its_own_account(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        ada, eve = sign_up("ada@example.com"), sign_up("eve@example.com")
        client.patch("/auth/profile", headers=eve["headers"], json={"name": "Eve"})
        assert client.get("/auth/profile", headers=ada["headers"]).json()["name"] is None
        assert client.get("/auth/profile", headers=eve["headers"]).json()["id"] == eve["id"]

    def test_an_anonymous_change_is_refused(self, client: httpx.Client) -> None:
        assert_problem(client.patch("/auth/profile", json={"name": "x"}), 401, "token_missing")


def test_the_config_shows_the_public_rules(client: httpx.Client) -> None:
    assert client.get("/auth/config").json() == {
        "min_password_length": 8,
        "max_password_length": 1024,
        "min_password_guesses": 100_000,
        "signin_methods": ["password"],
        "passkeys": True,
        "signup_methods": ["password", "passkey"],
        "sends_mail": True,
        "requires_verified_email": False,
        "requires_second_factor": False,
        "trusted_device_days": 30,
        "reveals_accounts": True,
    }


def test_private_answers_are_not_cached(client: httpx.Client, sign_up: SignUp) -> None:
    me = sign_up()
    answer = client.get("/auth/profile", headers=me["headers"])
    assert answer.headers["cache-control"] == "no-store"
