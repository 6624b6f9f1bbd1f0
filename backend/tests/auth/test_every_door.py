"""Every door asks for the second factor, and an attempt opens no other endpoint."""

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.main import app
from src.settings import Settings
from tests.support.factors import (
    EMAIL,
    code_of,
    first_step,
    second_step,
    sessions,
    signed_in,
    verify_addresses,
)
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection


class TestEveryDoor:
    """The second factor is asked for at each way to sign in."""

    def test_a_magic_link(
        self,
        client: httpx.Client,
        secret: str,
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(magic_link=True)
        verify_addresses(direct)
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        answer = client.post("/auth/magic-link/signin", json=body)
        assert_problem(answer, 403, "second_factor_required")
        again = client.post("/auth/magic-link/signin", json=body)
        assert_problem(again, 400, "link_used")
        done = second_step(client, answer.json()["attempt"], code_of(secret, later=1))
        tokens = signed_in(done)
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["otp", "mfa"], "aal2")

    def test_a_reset_of_the_password(
        self, client: httpx.Client, secret: str, mailbox: Mailbox, direct: Connection
    ) -> None:
        assert secret
        verify_addresses(direct)
        client.post("/auth/password/forgot", json={"email": EMAIL})
        new = "another pass phrase"
        body = {"token": mailbox.token("reset_password"), "new_password": new}
        answer = client.post("/auth/password/reset", json=body)
        assert (answer.status_code, answer.content) == (204, b"")
        signin = client.post("/auth/signin", json={"email": EMAIL, "password": new})
        assert_problem(signin, 403, "second_factor_required")
        open_ones = rows(direct, "SELECT count(*) FROM session WHERE ended_at IS NULL")
        assert open_ones == [(0,)]

    def test_the_address_is_asked_for_after_the_code(
        self, client: httpx.Client, secret: str, configure: Configure, direct: Connection
    ) -> None:
        configure(require_verified_email=True)
        before = sessions(direct)
        answer = second_step(client, first_step(client), code_of(secret, later=1))
        assert_problem(answer, 403, "email_not_verified")
        assert sessions(direct) == before


class TestAnAddressThatNobodyHadProved:
    """Somebody else may have opened the account, and added an app to keep its owner out."""

    def test_a_reset_removes_the_factors_of_somebody_else(
        self, client: httpx.Client, secret: str, mailbox: Mailbox, direct: Connection
    ) -> None:
        assert secret
        client.post("/auth/password/forgot", json={"email": EMAIL})
        new = "another pass phrase"
        body = {"token": mailbox.token("reset_password"), "new_password": new}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        signed_in(client.post("/auth/signin", json={"email": EMAIL, "password": new}))
        assert rows(direct, "SELECT count(*) FROM authenticator_app") == [(0,)]
        assert rows(direct, "SELECT count(*) FROM recovery_code") == [(0,)]

    def test_so_does_a_magic_link(
        self,
        client: httpx.Client,
        secret: str,
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        assert secret
        configure(magic_link=True)
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        signed_in(client.post("/auth/magic-link/signin", json=body))
        assert rows(direct, "SELECT count(*) FROM authenticator_app") == [(0,)]


def paths() -> list[tuple[str, str]]:
    """All methods and paths of the API."""
    document = app.openapi()["paths"]
    return [(method, path) for path, methods in document.items() for method in methods]


FINISHING = {f"/auth/signin/{factor}" for factor in ("totp", "recovery-code", "passkey")}
NEEDS_NO_TOKEN = {
    *("/auth/config", "/livez", "/readyz", "/metrics", "/dev/mail", "/problems/{code}"),
    *("/.well-known/jwks.json", "/.well-known/openid-configuration"),
    "/auth/passkeys/signin/options",
}


def opened_by(client: httpx.Client, attempt: str) -> list[tuple[str, str]]:
    """The endpoints that take an attempt for a proof, but for those that finish it with a code."""
    headers = {"Authorization": f"Bearer {attempt}"}
    bodies = [
        None,
        {"refresh_token": attempt},
        {"token": attempt},
        {"token": attempt, "new_password": "another pass phrase"},
        {"attempt": attempt},
        {"attempt": attempt, "token": attempt},
        {"attempt": attempt, "code": "123456"},
    ]
    opened = []
    for method, path in paths():
        if path in FINISHING | NEEDS_NO_TOKEN:
            continue
        for body in bodies:
            for sent in (headers, {}):
                place = path.replace("{id}", "1")
                answer = client.request(method, place, headers=sent, json=body)
                if answer.status_code < 400:
                    opened.append((method, path))
    return opened


class TestAnAttemptIsNoSession:
    """GHSA-xg6x-h9c9-2m83: a session that was usable before the second factor."""

    @pytest.mark.usefixtures("secret")
    def test_no_endpoint_takes_it_as_a_token(self, client: httpx.Client) -> None:
        assert opened_by(client, first_step(client)) == []

    def test_no_other_artefact_is_an_attempt(
        self,
        client: httpx.Client,
        secret: str,
        me: dict[str, Any],
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(magic_link=True)
        of_mail = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        client.post("/auth/password/forgot", json={"email": EMAIL})
        artefacts = [
            of_mail,
            mailbox.token("magic_link"),
            mailbox.token("reset_password"),
            me["refresh_token"],
            me["access_token"],
        ]
        before = sessions(direct)
        for artefact in artefacts:
            answer = second_step(client, artefact, code_of(secret, later=1))
            assert answer.status_code in {401, 422}, answer.text
        assert sessions(direct) == before
