"""Adding a second factor while signing in, where one is required."""

import httpx


def begin(client: httpx.Client, attempt: str, **headers: str) -> httpx.Response:
    return client.post("/auth/totp", json={"attempt": attempt}, headers=headers)


def confirm(client: httpx.Client, attempt: str, code: str, **headers: str) -> httpx.Response:
    body = {"attempt": attempt, "code": code}
    return client.post("/auth/totp/confirm", json=body, headers=headers)


def secret_of(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    secret: str = answer.json()["secret"]
    return secret
