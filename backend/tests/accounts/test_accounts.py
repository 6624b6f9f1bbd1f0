"""The three requests of the README: sign up, sign in, read the profile."""

from collections.abc import Callable
from typing import Any

import httpx
import jwt

SignUp = Callable[..., dict[str, Any]]
BODY = {"email": "bcrypt-test@example.com", "password": "testpass123"}


class TestTheReadme:
    def test_signup_answers_with_id_and_email(self, client: httpx.Client) -> None:
        answer = client.post("/auth/signup", json=BODY)
        assert answer.status_code == 201
        assert answer.json() == {"id": 1, "email": "bcrypt-test@example.com"}

    def test_signin_answers_with_a_bearer_token(self, client: httpx.Client) -> None:
        client.post("/auth/signup", json=BODY)
        answer = client.post("/auth/signin", json=BODY)
        assert answer.status_code == 200
        assert answer.json()["token_type"] == "bearer"
        assert answer.json()["expires_in"] == 900
        header = jwt.get_unverified_header(answer.json()["access_token"])
        assert header | {"kid": ""} == {"alg": "ES256", "typ": "at+jwt", "kid": ""}

    def test_profile_answers_with_the_account(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up("bcrypt-test@example.com")
        answer = client.get("/auth/profile", headers=me["headers"])
        assert answer.status_code == 200
        assert answer.json() | {"created_at": "", "updated_at": ""} == {
            "id": me["id"],
            "email": "bcrypt-test@example.com",
            "name": None,
            "email_verified": False,
            "created_at": "",
            "updated_at": "",
        }
        assert answer.json()["created_at"].endswith("Z")
