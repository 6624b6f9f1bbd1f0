"""Authenticator apps and recovery codes of one's own account: enrolling, listing, removing."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

import httpx
import psycopg2

from src.auth.factors.totp import opened
from src.kit.clock import Clock
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
    signed_in,
    wrong_code,
)
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
NONE = {
    "password": True,
    "totp": False,
    "recovery_codes_left": 0,
    "passkeys": [],
    "reset_due_at": None,
    "required_from": None,
}


def factors(client: httpx.Client, me: dict[str, Any]) -> dict[str, Any]:
    answer = client.get("/auth/factors", headers=me["headers"])
    assert answer.status_code == 200, answer.text
    listed: dict[str, Any] = answer.json()
    return listed


def begin(client: httpx.Client, me: dict[str, Any]) -> dict[str, Any]:
    begun: dict[str, Any] = client.post("/auth/totp", headers=me["headers"]).json()
    return begun


def confirm(client: httpx.Client, me: dict[str, Any], code: str) -> httpx.Response:
    return client.post("/auth/totp/confirm", json={"code": code}, headers=me["headers"])


def apps(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute("SELECT user_id, sealed_secret, pending_secret FROM authenticator_app")
        return cursor.fetchall()


class TestEnrolling:
    def test_a_new_account_has_a_password_alone(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        assert factors(client, me) == NONE

    def test_the_answer_has_all_that_an_app_needs(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure
    ) -> None:
        configure(app_name="Ada & Söhne")
        begun = begin(client, me)
        assert set(begun) == {"secret", "otpauth_url", "qr_svg"}
        assert re.fullmatch(r"[A-Z2-7]{32}", begun["secret"])
        url = urlsplit(begun["otpauth_url"])
        assert (url.scheme, url.netloc) == ("otpauth", "totp")
        assert unquote(url.path) == f"/Ada & Söhne:{EMAIL}"
        asked = parse_qs(url.query)
        assert (asked["secret"], asked["issuer"]) == ([begun["secret"]], ["Ada & Söhne"])
        assert asked.get("algorithm", ["SHA1"]) == ["SHA1"]
        assert asked.get("digits", ["6"]) == ["6"]
        assert asked.get("period", ["30"]) == ["30"]
        picture = ET.fromstring(begun["qr_svg"])  # noqa: S314  made by us
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        assert "href" not in begun["qr_svg"]
        assert begun["secret"] not in begun["qr_svg"]

    def test_nothing_is_on_before_the_first_right_code(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        secret = begin(client, me)["secret"]
        assert_problem(confirm(client, me, wrong_code(secret)), 401, "code_invalid")
        assert factors(client, me) == NONE
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post("/auth/signin", json=body).status_code == 200
        assert confirm(client, me, code_of(secret)).status_code == 204
        assert factors(client, me) == {**NONE, "totp": True}
        assert client.post("/auth/signin", json=body).status_code == 403

    def test_beginning_again_replaces_the_secret(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        first, second = begin(client, me)["secret"], begin(client, me)["secret"]
        assert first != second
        assert_problem(confirm(client, me, code_of(first)), 401, "code_invalid")
        assert confirm(client, me, code_of(second)).status_code == 204

    def test_a_new_phone_replaces_the_app_with_its_first_code(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        old = enrol(client, me)
        new = begin(client, me)["secret"]
        moved.advance(timedelta(seconds=30))
        signed_in(second_step(client, first_step(client), code_of(old)))
        assert confirm(client, me, code_of(new)).status_code == 204
        moved.advance(timedelta(seconds=30))
        attempt = first_step(client)
        assert_problem(second_step(client, attempt, code_of(old)), 401, "code_invalid")
        signed_in(second_step(client, attempt, code_of(new)))

    def test_a_code_without_an_enrolment_is_refused(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        assert_problem(confirm(client, me, "123456"), 409, "totp_not_started")
        enrol(client, me)
        assert_problem(confirm(client, me, "123456"), 409, "totp_not_started")

    def test_an_enrolment_expires(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        secret = begin(client, me)["secret"]
        moved.advance(timedelta(hours=1))
        again = client.post(
            "/auth/reauthenticate", json={"password": PASSWORD}, headers=me["headers"]
        )
        assert again.status_code in {204, 401}
        body = {"email": EMAIL, "password": PASSWORD}
        fresh = signed_in(client.post("/auth/signin", json=body))
        assert_problem(confirm(client, fresh, code_of(secret)), 409, "totp_not_started")

    def test_the_secret_is_sealed_for_its_account(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        secret = enrol(client, me)
        ((user_id, sealed, pending),) = apps(direct)
        assert pending is None
        assert secret not in sealed
        assert opened(user_id, sealed) == secret
        assert opened(user_id + 1, sealed) is None

    def test_a_secret_counts_after_secret_key_has_changed(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure, moved: Clock
    ) -> None:
        from pydantic import SecretStr

        from src.settings import get_settings

        secret = enrol(client, me)
        before = get_settings().secret_key
        configure(secret_key=SecretStr("n" * 43 + "ew"), secret_key_previous=before)
        moved.advance(timedelta(seconds=30))
        signed_in(second_step(client, first_step(client), code_of(secret)))

    def test_the_person_gets_a_mail(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox
    ) -> None:
        enrol(client, me)
        assert "authenticator app" in mailbox.wait("factor_added")["text"]
        client.delete("/auth/totp", headers=me["headers"])
        assert "authenticator app" in mailbox.wait("factor_removed")["text"]


class TestRemoving:
    def test_a_password_is_enough_again(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        enrol(client, me)
        recovery_codes(client, me)
        assert client.delete("/auth/totp", headers=me["headers"]).status_code == 204
        assert factors(client, me) == NONE
        assert apps(direct) == []
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post("/auth/signin", json=body).status_code == 200

    def test_without_an_app_there_is_nothing_to_remove(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        assert_problem(client.delete("/auth/totp", headers=me["headers"]), 404, "not_found")

    def test_an_enrolment_can_be_given_up(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        begin(client, me)
        assert client.delete("/auth/totp", headers=me["headers"]).status_code == 204
        assert apps(direct) == []

    def test_a_lost_phone_is_replaced_with_a_recovery_code(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        enrol(client, me)
        code = recovery_codes(client, me)[0]
        moved.advance(timedelta(hours=1))
        answer = second_step(client, first_step(client), code, factor="recovery-code")
        back = signed_in(answer)
        assert client.delete("/auth/totp", headers=back["headers"]).status_code == 204
        enrol(client, back)

    def test_a_sign_in_and_the_removal_at_once_leave_no_weaker_session(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, moved: Clock
    ) -> None:
        """Either the sign-in came first, with its code, or its attempt has ended."""
        secret = enrol(client, me)
        moved.advance(timedelta(seconds=30))
        attempts, code = [first_step(client) for _ in range(8)], code_of(secret)

        def remove(own: httpx.Client) -> int:
            return own.delete("/auth/totp", headers=me["headers"]).status_code

        def finish(own: httpx.Client, attempt: str) -> int:
            return until_served(lambda: second_step(own, attempt, code)).status_code

        def one(number: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                return remove(own) if number == 4 else finish(own, attempts[number])

        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(one, range(8)))
        assert codes.pop(4) == 204
        assert set(codes) <= {200, 401}
        with direct.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM session WHERE amr = 'pwd otp'")
            assert cursor.fetchall() == [(1 + codes.count(200),)]
            cursor.execute("SELECT count(*) FROM session")
            assert cursor.fetchall() == [(1 + codes.count(200),)]

    def test_a_deleted_account_leaves_no_row(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        enrol(client, me)
        recovery_codes(client, me)
        first_step(client)
        body = {"password": PASSWORD}
        gone = client.post("/auth/profile/delete", json=body, headers=me["headers"])
        assert gone.status_code == 204
        with direct.cursor() as cursor:
            cursor.execute(
                "SELECT user_id FROM authenticator_app UNION ALL SELECT user_id FROM recovery_code "
                "UNION ALL SELECT user_id FROM signin_attempt"
            )
            assert cursor.fetchall() == []


class TestRecoveryCodes:
    def test_ten_readable_codes_are_shown_once(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        enrol(client, me)
        codes = recovery_codes(client, me)
        assert len(set(codes)) == 10
        for code in codes:
            assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}", code)
        assert factors(client, me)["recovery_codes_left"] == 10
        with direct.cursor() as cursor:
            cursor.execute("SELECT recovery_code::text FROM recovery_code")
            stored = str(cursor.fetchall())
        for code in codes:
            assert code not in stored
            assert code.replace("-", "").encode().hex() not in stored

    def test_a_new_set_replaces_the_former_one(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        enrol(client, me)
        old, new = recovery_codes(client, me), recovery_codes(client, me)
        attempt = first_step(client)
        refused = second_step(client, attempt, old[0], factor="recovery-code")
        assert_problem(refused, 401, "code_invalid")
        signed_in(second_step(client, attempt, new[0], factor="recovery-code"))
        assert factors(client, me)["recovery_codes_left"] == 9

    def test_two_sets_at_once_leave_one(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        enrol(client, me)

        def make(_: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                ask = lambda: own.post("/auth/recovery-codes", headers=me["headers"])  # noqa: E731
                return until_served(ask).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(make, range(8))) == {200}
        with direct.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT salt) FROM recovery_code")
            assert cursor.fetchall() == [(10, 1)]

    def test_a_mail_says_that_a_set_was_made(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox
    ) -> None:
        codes = recovery_codes(client, me)
        mail = mailbox.wait("recovery_codes_made")
        assert "The former codes no longer work" in mail["text"]
        assert not any(code in mail["text"] + mail["html"] for code in codes)

    def test_a_refused_set_is_no_mail(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock, direct: Connection
    ) -> None:
        moved.advance(timedelta(minutes=14))
        refused = client.post("/auth/recovery-codes", headers=me["headers"])
        assert_problem(refused, 403, "reauthentication_required")
        assert rows(direct, "SELECT count(*) FROM recovery_code") == [(0,)]
        assert rows(direct, "SELECT count(*) FROM mail WHERE kind = 'recovery_codes_made'") == [
            (0,)
        ]

    def test_by_themselves_they_demand_nothing_at_a_sign_in(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        recovery_codes(client, me)
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post("/auth/signin", json=body).status_code == 200
