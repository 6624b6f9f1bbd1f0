"""What a person does with a passkey."""

from typing import Any

import httpx

from tests.conftest import PASSWORD
from tests.support.authenticator import Authenticator
from tests.support.factors import EMAIL

Options = dict[str, Any]


def new_options(client: httpx.Client, me: dict[str, Any]) -> Options:
    answer = client.post("/auth/passkeys/options", headers=me["headers"])
    assert answer.status_code == 200, answer.text
    found: Options = answer.json()
    return found


def add(
    client: httpx.Client, me: dict[str, Any], one: Authenticator, **more: str
) -> httpx.Response:
    attestation = one.make(new_options(client, me))
    body = {"attestation": attestation, **more}
    return client.post("/auth/passkeys", json=body, headers=me["headers"])


def added(
    client: httpx.Client, me: dict[str, Any], one: Authenticator | None = None
) -> Authenticator:
    one = one or Authenticator()
    answer = add(client, me, one)
    assert answer.status_code == 201, answer.text
    return one


def signin_options(client: httpx.Client) -> Options:
    answer = client.post("/auth/passkeys/signin/options")
    assert answer.status_code == 200, answer.text
    found: Options = answer.json()
    return found


def sign_in(client: httpx.Client, assertion: dict[str, Any]) -> httpx.Response:
    return client.post("/auth/passkeys/signin", json={"assertion": assertion})


def first_step(
    client: httpx.Client, email: str = EMAIL, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The refusal of a sign-in whose password is right."""
    body = {"email": email, "password": PASSWORD}
    answer = client.post("/auth/signin", json=body, headers=headers)
    assert answer.status_code == 403, answer.text
    found: dict[str, Any] = answer.json()
    return found


def second_step(
    client: httpx.Client,
    attempt: str,
    assertion: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    body = {"attempt": attempt, "assertion": assertion}
    return client.post("/auth/signin/passkey", json=body, headers=headers)


def proof_options(client: httpx.Client, me: dict[str, Any]) -> Options:
    answer = client.post("/auth/passkeys/reauthenticate/options", headers=me["headers"])
    assert answer.status_code == 200, answer.text
    found: Options = answer.json()
    return found


def prove(client: httpx.Client, me: dict[str, Any], assertion: dict[str, Any]) -> httpx.Response:
    body = {"assertion": assertion}
    return client.post("/auth/reauthenticate", json=body, headers=me["headers"])
