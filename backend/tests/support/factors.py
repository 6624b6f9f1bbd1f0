"""A person's authenticator app, and what it is used for."""

from typing import Any

import httpx
import psycopg2
from pyotp import HOTP

from src.auth.factors.totp import step_at
from src.kit.clock import now
from tests.conftest import PASSWORD
from tests.support.postgres import rows

EMAIL = "ada@example.com"


def code_of(secret: str, *, later: int = 0) -> str:
    """The code that the app shows this many steps later."""
    return str(HOTP(secret).at(step_at(now()) + later))


def wrong_code(secret: str) -> str:
    """Six digits that the app shows neither now nor soon."""
    shown = {code_of(secret, later=later) for later in range(-3, 4)}
    return next(
        code
        for code in ("000000", "111111", "222222", *map(str, range(333333, 333343)))
        if code not in shown
    )


def enrol(client: httpx.Client, me: dict[str, Any]) -> str:
    """Add an authenticator app, with the code of this moment. Returns its secret."""
    begun = client.post("/auth/totp", headers=me["headers"])
    assert begun.status_code == 201, begun.text
    secret: str = begun.json()["secret"]
    body = {"code": code_of(secret)}
    done = client.post("/auth/totp/confirm", json=body, headers=me["headers"])
    assert done.status_code == 204, done.text
    return secret


def recovery_codes(client: httpx.Client, me: dict[str, Any]) -> list[str]:
    made = client.post("/auth/recovery-codes", headers=me["headers"])
    assert made.status_code == 200, made.text
    codes: list[str] = made.json()["codes"]
    return codes


def first_step(
    client: httpx.Client,
    email: str = EMAIL,
    password: str = PASSWORD,
    headers: dict[str, str] | None = None,
) -> str:
    """The attempt of a sign-in whose password is right."""
    body = {"email": email, "password": password}
    answer = client.post("/auth/signin", json=body, headers=headers)
    assert answer.status_code == 403, answer.text
    attempt: str = answer.json()["attempt"]
    return attempt


def second_step(
    client: httpx.Client,
    attempt: str,
    code: str,
    *,
    factor: str = "totp",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    body = {"attempt": attempt, "code": code}
    return client.post(f"/auth/signin/{factor}", json=body, headers=headers)


def signed_in(answer: httpx.Response) -> dict[str, Any]:
    """The tokens, with the header to send."""
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return {**tokens, "headers": {"Authorization": f"Bearer {tokens['access_token']}"}}


def sessions(direct: psycopg2.extensions.connection) -> list[str]:
    """The proofs of each session, the first one first."""
    return [amr for (amr,) in rows(direct, "SELECT amr FROM session ORDER BY id")]


def verify_addresses(direct: psycopg2.extensions.connection) -> None:
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET email_verified_at = now()')
