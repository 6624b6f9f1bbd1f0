"""A token of each kind is refused wherever another kind is taken.

A new kind of token, or a new field that takes one, fails here until it has its row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg2
import pytest

from src.accounts.resets.commands import reset
from src.auth import devices
from src.kit.clock import now
from src.main import app
from src.settings import Settings, get_settings
from src.verification.asking import PURPOSES
from src.verification.tokens import MAX_LENGTH, Purpose
from tests.support.factors import code_of, enrol, first_step
from tests.support.mailbox import Mailbox

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
EMAIL, PASSWORD = "ada@example.com", "testpass123"

FIELDS = {
    ("/auth/email/verify", "token"): Purpose.VERIFY_EMAIL.value,
    ("/auth/password/reset", "token"): Purpose.RESET_PASSWORD.value,
    ("/auth/email/change/confirm", "token"): Purpose.CONFIRM_EMAIL.value,
    ("/auth/email/change/undo", "token"): Purpose.UNDO_EMAIL.value,
    ("/auth/magic-link/signin", "token"): Purpose.MAGIC_LINK.value,
    ("/auth/magic-link/signin", "attempt"): "attempt of a magic link",
    ("/auth/signin/totp", "attempt"): "attempt of a sign-in",
    ("/auth/signin/recovery-code", "attempt"): "attempt of a sign-in",
    ("/auth/totp", "attempt"): "attempt of a sign-in",
    ("/auth/totp/confirm", "attempt"): "attempt of a sign-in",
    ("/auth/refresh", "refresh_token"): "refresh",
    ("/auth/factors/reset/stop", "token"): Purpose.STOP_FACTOR_RESET.value,
}
"""The fields of requests that take a token, and the kind that each takes."""
OF_HEADERS = "access", "device"
"""The kinds that come in a header."""
NAMES = "token", "attempt"
REFUSALS = {"link_invalid", "attempt_invalid", "token_invalid", "refresh_token_invalid"}


@dataclass(frozen=True)
class Held:
    """One valid token of each kind, all of one account."""

    tokens: dict[str, str]
    secret: str
    """Of the authenticator app."""

    def body(self, path: str, field: str, token: str) -> dict[str, str]:
        """A request in which all other fields are right."""
        more = {
            ("/auth/password/reset", "token"): {"new_password": "copper lantern 77"},
            ("/auth/magic-link/signin", "token"): {
                "attempt": self.tokens["attempt of a magic link"]
            },
            ("/auth/magic-link/signin", "attempt"): {"token": self.tokens["magic_link"]},
            ("/auth/signin/totp", "attempt"): {"code": code_of(self.secret, later=1)},
            ("/auth/signin/recovery-code", "attempt"): {"code": "AAAA-AAAA-AAAA"},
            ("/auth/totp/confirm", "attempt"): {"code": code_of(self.secret, later=1)},
        }
        return {field: token, **more.get((path, field), {})}


@pytest.fixture
def held(client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, configure: Configure) -> Held:
    configure(magic_link=True)
    me = sign_up()
    body = {"new_email": "new@example.com", "password": PASSWORD}
    asked = client.post("/auth/email/change", json=body, headers=me["headers"])
    assert asked.status_code == 202
    assert client.post("/auth/password/forgot", json={"email": EMAIL}).status_code == 202
    asked = client.post("/auth/magic-link", json={"email": EMAIL})
    signed_in = client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
    tokens = {
        "access": signed_in.json()["access_token"],
        "refresh": signed_in.json()["refresh_token"],
        "device": signed_in.headers["Postern-Device"],
        "attempt of a magic link": asked.json()["attempt"],
    }
    secret = enrol(client, {"headers": {"Authorization": f"Bearer {tokens['access']}"}})
    assert list(reset(EMAIL, "she has lost her phone"))
    tokens |= {purpose.value: mailbox.token(kind.value) for kind, purpose in PURPOSES.items()}
    return Held(tokens | {"attempt of a sign-in": first_step(client)}, secret)


def state(direct: Connection) -> list[tuple[Any, ...]]:
    """What a token that was taken would change."""
    with direct.cursor() as cursor:
        cursor.execute(
            "SELECT 'mail', id, used_at, replaced_at FROM mailed_token UNION ALL "
            "SELECT 'session', id, ended_at, handed_out_at FROM session UNION ALL "
            "SELECT 'attempt', id, ended_at, NULL FROM signin_attempt UNION ALL "
            'SELECT email, id, email_verified_at, updated_at FROM "user" ORDER BY 1, 2'
        )
        return cursor.fetchall()


class TestTheTable:
    def test_it_has_every_kind_of_mailed_token(self) -> None:
        assert {purpose.value for purpose in Purpose} <= set(FIELDS.values())
        assert set(PURPOSES.values()) == set(Purpose)

    def test_it_has_every_field_that_takes_a_token(self) -> None:
        document = app.openapi()
        found = set()
        for path, operations in document["paths"].items():
            if "passkey" in path:  # test_passkey_challenges has the same for these
                continue
            for operation in operations.values():
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                choices = [schema, *schema.get("anyOf", [])]
                names = [one["$ref"].rpartition("/")[2] for one in choices if "$ref" in one]
                for name in names:
                    fields = document["components"]["schemas"][name]["properties"]
                    found |= {(path, field) for field in fields if field.endswith(NAMES)}
        assert found == FIELDS.keys()

    def test_the_fixture_holds_one_of_each_kind(self, held: Held) -> None:
        assert held.tokens.keys() == {*FIELDS.values(), *OF_HEADERS}


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_field_refuses_all_kinds_but_its_own(
    client: httpx.Client, held: Held, direct: Connection, path: str, field: str
) -> None:
    before = state(direct)
    for kind, token in held.tokens.items():
        if kind == FIELDS[path, field]:
            continue
        answer = client.post(path, json=held.body(path, field, token))
        assert answer.status_code in {400, 401, 422}, (kind, answer.text)
        code = answer.json()["code"]
        is_too_long = code == "validation_failed" and len(token) > MAX_LENGTH
        assert code in REFUSALS or is_too_long, (kind, answer.text)
    assert state(direct) == before


def test_only_an_access_token_is_a_bearer(client: httpx.Client, held: Held) -> None:
    for kind, token in held.tokens.items():
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get("/auth/profile", headers=headers)
        assert answer.status_code == (200 if kind == "access" else 401), kind


def test_only_a_device_token_names_a_device(held: Held) -> None:
    secrets = get_settings().secret_keys
    read = {kind: devices.read(secrets, token, now()) for kind, token in held.tokens.items()}
    assert [kind for kind, device in read.items() if device is not None] == ["device"]


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_field_takes_its_own_kind(
    client: httpx.Client, held: Held, path: str, field: str
) -> None:
    """Otherwise the refusals above would show nothing."""
    if field == "attempt" and path != "/auth/magic-link/signin":
        path = "/auth/signin/totp"
    token = held.tokens[FIELDS[path, field]]
    answer = client.post(path, json=held.body(path, field, token))
    assert answer.is_success or answer.json()["code"] == "second_factor_required", answer.text
