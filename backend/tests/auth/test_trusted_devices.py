"""Trusted devices: they take the place of the second factor for a while, and of nothing else."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.auth.upkeep import purge
from src.kit.clock import Clock
from src.sessions.trusted_devices import MOST
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.asking import until_served
from tests.support.factors import (
    EMAIL,
    code_of,
    enrol,
    first_step,
    recovery_codes,
    second_step,
    sessions,
    signed_in,
    verify_addresses,
)
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SECOND, FRESH = "second_factor_required", "reauthentication_required"
EVE = "eve@example.com"
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
STEP = timedelta(seconds=30)
NEW = "another pass phrase"


def trust(
    client: httpx.Client,
    moved: Clock,
    secret: str,
    *,
    email: str = EMAIL,
    device: dict[str, str] | None = None,
) -> dict[str, str]:
    """Sign in with a code, and trust the device. Returns its header."""
    moved.advance(STEP)
    attempt = first_step(client, email, headers=device)
    body = {"attempt": attempt, "code": code_of(secret), "trust_device": True}
    answer = client.post("/auth/signin/totp", json=body, headers=device)
    signed_in(answer)
    return {"Postern-Device": answer.headers["Postern-Device"]}


@pytest.fixture
def device(client: httpx.Client, moved: Clock, secret: str) -> dict[str, str]:
    return trust(client, moved, secret)


def signin(
    client: httpx.Client,
    device: dict[str, str],
    *,
    email: str = EMAIL,
    password: str = PASSWORD,
) -> httpx.Response:
    body = {"email": email, "password": password}
    return client.post("/auth/signin", json=body, headers=device)


def listed(
    client: httpx.Client, me: dict[str, Any], device: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    answer = client.get("/auth/devices", headers={**me["headers"], **(device or {})})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


class TestSigningIn:
    def test_a_trusted_device_needs_the_password_alone(
        self, client: httpx.Client, device: dict[str, str], direct: Connection
    ) -> None:
        answer = signin(client, device)
        tokens = signed_in(answer)
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["pwd"], "aal1")
        assert sessions(direct)[-1] == "pwd"
        again = {"Postern-Device": answer.headers["Postern-Device"]}
        assert signin(client, again).status_code == 200

    def test_a_wrong_password_is_refused_there_too(
        self, client: httpx.Client, device: dict[str, str]
    ) -> None:
        assert_problem(signin(client, device, password="wrong"), 401, "invalid_credentials")

    def test_so_does_a_link_from_a_mail(
        self,
        client: httpx.Client,
        device: dict[str, str],
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(magic_link=True)
        verify_addresses(direct)
        attempt = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": attempt, "token": mailbox.token("magic_link")}
        signed_in(client.post("/auth/magic-link/signin", json=body, headers=device))

    def test_a_recovery_code_can_trust_a_device_that_had_no_token(
        self, client: httpx.Client, me: dict[str, Any], secret: str
    ) -> None:
        assert secret
        code = recovery_codes(client, me)[0]
        body = {"attempt": first_step(client), "code": code, "trust_device": True}
        answer = client.post("/auth/signin/recovery-code", json=body)
        signed_in(answer)
        signed_in(signin(client, {"Postern-Device": answer.headers["Postern-Device"]}))

    def test_without_being_asked_no_device_is_trusted(
        self, client: httpx.Client, secret: str, moved: Clock, direct: Connection
    ) -> None:
        moved.advance(STEP)
        answer = second_step(client, first_step(client), code_of(secret))
        known = {"Postern-Device": answer.headers["Postern-Device"]}
        assert_problem(signin(client, known), 403, SECOND)
        assert rows(direct, "SELECT id FROM trusted_device") == []

    @pytest.mark.usefixtures("device")
    def test_another_device_needs_the_second_factor(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        before = sessions(direct)
        for header in ({}, {"Postern-Device": "not-a-token"}):
            assert_problem(signin(client, header), 403, SECOND)
        assert sessions(direct) == before

    def test_it_is_of_one_account(
        self, client: httpx.Client, device: dict[str, str], sign_up: SignUp, moved: Clock
    ) -> None:
        """Another account that is used on the same device needs its own factor there."""
        other = sign_up(EVE)
        of_other = enrol(client, other)
        assert_problem(signin(client, device, email=EVE), 403, "second_factor_required")
        moved.advance(STEP)
        attempt = first_step(client, EVE, headers=device)
        both = second_step(client, attempt, code_of(of_other), headers=device)
        signed_in(both)
        known = {"Postern-Device": both.headers["Postern-Device"]}
        assert_problem(signin(client, known, email=EVE), 403, "second_factor_required")
        assert signin(client, known).status_code == 200

    def test_it_expires(self, client: httpx.Client, device: dict[str, str], moved: Clock) -> None:
        moved.advance(timedelta(days=30) - timedelta(seconds=1))
        assert signin(client, device).status_code == 200
        moved.advance(timedelta(seconds=1))
        assert_problem(signin(client, device), 403, SECOND)

    @pytest.mark.parametrize("days", [0, 1])
    def test_the_setting_counts_at_once(
        self,
        client: httpx.Client,
        device: dict[str, str],
        moved: Clock,
        configure: Configure,
        days: int,
    ) -> None:
        configure(trusted_device_days=days)
        assert client.get("/auth/config").json()["trusted_device_days"] == days
        moved.advance(timedelta(days=1))
        assert_problem(signin(client, device), 403, SECOND)

    def test_with_0_days_no_device_becomes_trusted(
        self,
        client: httpx.Client,
        secret: str,
        moved: Clock,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(trusted_device_days=0)
        trust(client, moved, secret)
        assert rows(direct, "SELECT id FROM trusted_device") == []

    def test_an_unverified_address_is_refused_there_too(
        self,
        client: httpx.Client,
        device: dict[str, str],
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(require_verified_email=True)
        before = sessions(direct)
        assert_problem(signin(client, device), 403, "email_not_verified")
        assert sessions(direct) == before

    def test_the_number_is_stored_as_a_digest_and_the_log_names_the_row(
        self,
        client: httpx.Client,
        device: dict[str, str],
        direct: Connection,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level("INFO", logger="postern.audit"):
            signed_in(signin(client, device))
        ((row,),) = rows(direct, "SELECT id FROM trusted_device")
        assert f"trusted_device={row}" in caplog.text
        assert rows(direct, "SELECT length(digest) FROM trusted_device") == [(32,)]


class TestStepUp:
    """A trusted device never satisfies a demand for a fresh second factor."""

    @pytest.mark.parametrize(
        ("method", "path"),
        [("POST", "/auth/totp"), ("DELETE", "/auth/totp"), ("POST", "/auth/recovery-codes")],
    )
    def test_its_session_is_not_fresh(
        self, client: httpx.Client, device: dict[str, str], method: str, path: str
    ) -> None:
        there = signed_in(signin(client, device))
        refused = client.request(method, path, headers={**there["headers"], **device})
        assert_problem(refused, 403, FRESH)
        assert refused.json()["factors"] == ["totp"]

    def test_the_password_is_not_enough_either(
        self, client: httpx.Client, device: dict[str, str]
    ) -> None:
        there = signed_in(signin(client, device))
        headers = {**there["headers"], **device}
        body = {"password": PASSWORD}
        assert client.post("/auth/reauthenticate", json=body, headers=headers).status_code == 204
        assert_problem(
            client.delete("/auth/totp", headers=headers), 403, "reauthentication_required"
        )
        body = {"current_password": PASSWORD, "new_password": NEW}
        refused = client.post("/auth/password/change", json=body, headers=headers)
        assert_problem(refused, 403, FRESH)


class TestTheList:
    def test_a_person_sees_their_devices(
        self, client: httpx.Client, me: dict[str, Any], device: dict[str, str], sign_up: SignUp
    ) -> None:
        (one,) = listed(client, me, device)
        assert set(one) == {
            *("id", "created_at", "last_used_at", "expires_at", "ip", "user_agent", "current")
        }
        assert one["current"] is True
        assert one["user_agent"].startswith("python-httpx")
        (elsewhere,) = listed(client, me)
        assert elsewhere["current"] is False
        assert listed(client, sign_up(EVE), device) == []

    def test_a_device_that_is_ended_needs_the_second_factor(
        self, client: httpx.Client, me: dict[str, Any], device: dict[str, str], moved: Clock
    ) -> None:
        """It needs no fresh session, because it only makes signing in stricter."""
        moved.advance(timedelta(minutes=11))
        (one,) = listed(client, me)
        ended = client.delete(f"/auth/devices/{one['id']}", headers=me["headers"])
        assert ended.status_code == 204
        assert_problem(signin(client, device), 403, SECOND)
        assert listed(client, me) == []

    def test_nobody_else_can_end_it(
        self, client: httpx.Client, me: dict[str, Any], device: dict[str, str], sign_up: SignUp
    ) -> None:
        (one,) = listed(client, me)
        other = sign_up(EVE)
        refused = client.delete(f"/auth/devices/{one['id']}", headers=other["headers"])
        assert_problem(refused, 404, "not_found")
        assert signin(client, device).status_code == 200

    @pytest.mark.parametrize("number", ["0", "-1", "x", str(2**63)])
    def test_an_invalid_id_is_refused(
        self, client: httpx.Client, me: dict[str, Any], number: str
    ) -> None:
        refused = client.delete(f"/auth/devices/{number}", headers=me["headers"])
        assert_problem(refused, 422, "validation_failed")

    def test_it_needs_a_session(self, client: httpx.Client) -> None:
        assert_problem(client.get("/auth/devices"), 401, "token_missing")
        assert_problem(client.delete("/auth/devices/1"), 401, "token_missing")

    def test_the_oldest_is_forgotten_if_there_are_too_many(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        device: dict[str, str],
        secret: str,
        moved: Clock,
    ) -> None:
        for _ in range(MOST):
            newest = trust(client, moved, secret)
        assert len(listed(client, me)) == MOST
        assert_problem(signin(client, device), 403, SECOND)
        assert signin(client, newest).status_code == 200

    def test_trusting_a_device_again_begins_its_time_anew(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        device: dict[str, str],
        secret: str,
        moved: Clock,
    ) -> None:
        moved.advance(timedelta(days=31))
        again = trust(client, moved, secret, device=device)
        me = signed_in(signin(client, again))
        assert len(listed(client, me)) == 1


def change_password(client: httpx.Client, me: dict[str, Any], **_: Any) -> str:
    body = {"current_password": PASSWORD, "new_password": NEW}
    changed = client.post("/auth/password/change", json=body, headers=me["headers"])
    assert changed.status_code == 200, changed.text
    return NEW


def reset_password(client: httpx.Client, mailbox: Mailbox, **_: Any) -> str:
    """To the same password, so that only the row decides."""
    client.post("/auth/password/forgot", json={"email": EMAIL})
    body = {"token": mailbox.token("reset_password"), "new_password": PASSWORD}
    assert client.post("/auth/password/reset", json=body).status_code == 204
    return PASSWORD


def change_address(client: httpx.Client, me: dict[str, Any], mailbox: Mailbox, **_: Any) -> str:
    body = {"new_email": "new@example.com", "password": PASSWORD}
    assert client.post("/auth/email/change", json=body, headers=me["headers"]).status_code == 202
    confirmed = {"token": mailbox.token("confirm_email")}
    assert client.post("/auth/email/change/confirm", json=confirmed).status_code == 204
    return PASSWORD


def undo_address(client: httpx.Client, me: dict[str, Any], mailbox: Mailbox, **_: Any) -> str:
    body = {"new_email": "new@example.com", "password": PASSWORD}
    assert client.post("/auth/email/change", json=body, headers=me["headers"]).status_code == 202
    undone = {"token": mailbox.token("email_changing")}
    assert client.post("/auth/email/change/undo", json=undone).status_code == 204
    return ""


def add_factor(client: httpx.Client, me: dict[str, Any], **_: Any) -> str:
    enrol(client, me)
    return PASSWORD


def make_codes(client: httpx.Client, me: dict[str, Any], **_: Any) -> str:
    recovery_codes(client, me)
    return PASSWORD


def end_sessions(client: httpx.Client, me: dict[str, Any], **_: Any) -> str:
    assert client.delete("/auth/sessions", headers=me["headers"]).status_code == 204
    return PASSWORD


def remove_factor(client: httpx.Client, me: dict[str, Any], **_: Any) -> str:
    assert client.delete("/auth/totp", headers=me["headers"]).status_code == 204
    return ""


CHANGES = (
    *(change_password, reset_password, change_address, undo_address),
    *(add_factor, remove_factor, make_codes, end_sessions),
)


class TestWhatEndsIt:
    @pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
    def test_any_change_of_credentials(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        device: dict[str, str],
        mailbox: Mailbox,
        direct: Connection,
        change: Callable[..., str],
    ) -> None:
        verify_addresses(direct)
        password = change(client=client, me=me, mailbox=mailbox)
        assert rows(direct, "SELECT id FROM trusted_device") == []
        if password:
            ((email,),) = rows(direct, 'SELECT email FROM "user"')
            answer = signin(client, device, email=email, password=password)
            assert_problem(answer, 403, SECOND)

    def test_a_proof_of_an_address_that_nobody_had_proved(
        self, client: httpx.Client, device: dict[str, str], mailbox: Mailbox, direct: Connection
    ) -> None:
        assert device
        client.post("/auth/password/forgot", json={"email": EMAIL})
        body = {"token": mailbox.token("reset_password"), "new_password": PASSWORD}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        assert rows(direct, "SELECT id FROM trusted_device") == []

    def test_a_password_that_was_changed_in_the_database(
        self, client: httpx.Client, device: dict[str, str], sign_up: SignUp, direct: Connection
    ) -> None:
        sign_up(EVE, NEW)
        with direct.cursor() as cursor:
            cursor.execute(
                'UPDATE "user" SET password_hash = (SELECT password_hash FROM "user" '
                "WHERE email = 'eve@example.com') WHERE email = 'ada@example.com'"
            )
        assert_problem(signin(client, device, password=NEW), 403, SECOND)

    def test_a_disabled_account(
        self, client: httpx.Client, device: dict[str, str], direct: Connection
    ) -> None:
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
        assert_problem(signin(client, device), 403, "account_disabled")
        purge(threading.Event())
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = NULL')
        assert_problem(signin(client, device), 403, SECOND)

    @pytest.mark.usefixtures("device")
    def test_upkeep_removes_it_after_its_time(self, moved: Clock, direct: Connection) -> None:
        moved.advance(timedelta(days=29))
        purge(threading.Event())
        assert rows(direct, "SELECT count(*) FROM trusted_device") == [(1,)]
        moved.advance(timedelta(days=1, seconds=1))
        purge(threading.Event())
        assert rows(direct, "SELECT count(*) FROM trusted_device") == [(0,)]

    def test_ending_it_and_signing_in_at_once(
        self, client: httpx.Client, me: dict[str, Any], device: dict[str, str], direct: Connection
    ) -> None:
        """Each sign-in is before or after it: a session, or an attempt."""
        (one,) = listed(client, me)

        def end(own: httpx.Client) -> httpx.Response:
            return own.delete(f"/auth/devices/{one['id']}", headers=me["headers"])

        def ask(number: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                asked = (lambda: end(own)) if number == 3 else (lambda: signin(own, device))
                return until_served(asked).status_code

        before = len(sessions(direct))
        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(ask, range(8)))
        assert codes.pop(3) == 204
        assert set(codes) <= {200, 403}
        assert len(sessions(direct)) == before + codes.count(200)
        assert_problem(signin(client, device), 403, SECOND)
