"""Resets of second factors by an operator: after a delay in which the person can stop them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest

from src.accounts.resets import upkeep
from src.accounts.resets.commands import cancel, listed, reset
from src.accounts.resets.errors import FactorsRefusal
from src.kit.clock import Clock
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.asking import at_once, until_served
from tests.support.commands import postern
from tests.support.factors import (
    EMAIL,
    code_of,
    enrol,
    first_step,
    recovery_codes,
    second_step,
    signed_in,
)
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
STOP = "/auth/factors/reset/stop"
WHY = "showed her passport at the desk"
BODY = {"email": EMAIL, "password": PASSWORD}
DAY = timedelta(days=1)
HELD = (
    "SELECT (SELECT count(*) FROM authenticator_app) + (SELECT count(*) FROM recovery_code), "
    "(SELECT count(*) FROM trusted_device), "
    "(SELECT count(*) FROM session WHERE ended_at IS NULL)"
)


@pytest.fixture
def secret(client: httpx.Client, me: dict[str, Any], moved: Clock) -> str:
    """Her app, with recovery codes and a device that she trusts."""
    moved.advance(timedelta())
    secret = enrol(client, me)
    recovery_codes(client, me)
    moved.advance(timedelta(seconds=30))
    body = {"attempt": first_step(client), "code": code_of(secret), "trust_device": True}
    signed_in(client.post("/auth/signin/totp", json=body))
    return secret


@pytest.fixture
def asked(secret: str) -> list[str]:
    assert secret
    return list(reset(EMAIL, WHY))


def carry_out() -> int:
    return upkeep.run(threading.Event())


def endings(direct: Connection) -> list[Any]:
    return rows(direct, "SELECT reason, ended_by FROM factor_reset ORDER BY id")


class TestWhenItIsDue:
    @pytest.mark.usefixtures("asked")
    def test_it_removes_all_factors_and_ends_all_sessions(
        self,
        client: httpx.Client,
        moved: Clock,
        mailbox: Mailbox,
        direct: Connection,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        attempt = first_step(client)
        moved.advance(DAY)
        with caplog.at_level("INFO", logger="postern.audit"):
            assert carry_out() == 1
        assert rows(direct, HELD) == [(0, 0, 0)]
        assert endings(direct) == [(WHY, "done")]
        assert rows(direct, "SELECT DISTINCT ended_by FROM session") == [("factor_reset",)]
        assert "factor_reset.done user_id=" in caplog.text
        assert "signed out" in mailbox.wait("factors_reset")["text"]
        assert_problem(second_step(client, attempt, "123456"), 401, "attempt_invalid")
        signed_in(client.post("/auth/signin", json=BODY))
        assert carry_out() == 0

    @pytest.mark.usefixtures("asked")
    def test_nothing_happens_before(
        self, client: httpx.Client, moved: Clock, direct: Connection
    ) -> None:
        before = rows(direct, HELD)
        moved.advance(DAY - timedelta(seconds=1))
        assert carry_out() == 0
        assert rows(direct, HELD) == before
        assert_problem(client.post("/auth/signin", json=BODY), 403, "second_factor_required")

    def test_without_a_delay_it_is_done_at_once(
        self, client: httpx.Client, secret: str, configure: Configure, direct: Connection
    ) -> None:
        assert secret
        configure(factor_reset_delay=0)
        assert list(reset(EMAIL, WHY)) == [
            "All second factors were removed, and all sessions ended."
        ]
        assert rows(direct, HELD) == [(0, 0, 0)]
        assert rows(direct, "SELECT count(*) FROM mail WHERE kind = 'factor_reset_asked'") == [(0,)]
        signed_in(client.post("/auth/signin", json=BODY))

    @pytest.mark.usefixtures("asked")
    def test_where_one_is_required_the_person_adds_another_one(
        self, client: httpx.Client, moved: Clock, configure: Configure
    ) -> None:
        configure(require_second_factor=True, second_factor_grace_days=0)
        moved.advance(DAY)
        carry_out()
        answer = client.post("/auth/signin", json=BODY)
        assert_problem(answer, 403, "second_factor_required")
        assert answer.json()["factors"] == []

    @pytest.mark.usefixtures("asked")
    def test_a_sign_in_with_the_factor_does_not_stop_it(
        self, client: httpx.Client, secret: str, moved: Clock
    ) -> None:
        """A thief may have the phone. The person stops it on purpose."""
        moved.advance(timedelta(seconds=30))
        signed_in(second_step(client, first_step(client), code_of(secret)))
        moved.advance(DAY)
        assert carry_out() == 1

    @pytest.mark.usefixtures("asked")
    def test_of_two_runs_at_once_one_does_it(self, moved: Clock, direct: Connection) -> None:
        moved.advance(DAY)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(lambda _: carry_out(), range(2))) == [0, 1]
        assert rows(direct, "SELECT count(*) FROM mail WHERE kind = 'factors_reset'") == [(1,)]


class TestStopping:
    def token(self, mailbox: Mailbox) -> str:
        return mailbox.token("factor_reset_asked")

    @pytest.mark.usefixtures("asked")
    def test_the_mail_comes_at_once_and_its_link_stops_it(
        self, client: httpx.Client, moved: Clock, mailbox: Mailbox, direct: Connection
    ) -> None:
        before = rows(direct, HELD)
        mail = mailbox.wait("factor_reset_asked")
        assert "/stop-factor-reset?token=" in mail["link"]
        assert "one day" in mail["text"]
        body = {"token": self.token(mailbox)}
        assert client.post(STOP, json=body).status_code == 204
        assert endings(direct) == [(WHY, "mail")]
        assert_problem(client.post(STOP, json=body), 400, "link_used")
        moved.advance(DAY)
        assert carry_out() == 0
        assert rows(direct, HELD) == before

    @pytest.mark.usefixtures("asked")
    @pytest.mark.parametrize("body", [None, {}, {"token": None}])
    def test_any_session_stops_it(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        direct: Connection,
        mailbox: Mailbox,
        body: dict[str, None] | None,
    ) -> None:
        token = self.token(mailbox)
        stopped = client.post(STOP, json=body, headers=me["headers"])
        assert stopped.status_code == 204, stopped.text
        assert endings(direct) == [(WHY, "session")]
        late = client.post(STOP, json={"token": token})
        assert_problem(late, 400, "link_replaced")
        again = client.post(STOP, json=body, headers=me["headers"])
        assert_problem(again, 404, "not_found")

    @pytest.mark.usefixtures("asked")
    def test_a_session_of_somebody_else_does_not(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
    ) -> None:
        other = sign_up("eve@example.com")
        assert_problem(client.post(STOP, headers=other["headers"]), 404, "not_found")
        crossed = client.post(STOP, json={"token": self.token(mailbox)}, headers=other["headers"])
        assert_problem(crossed, 403, "link_of_another_account")
        assert endings(direct) == [(WHY, None)]

    @pytest.mark.usefixtures("asked")
    def test_somebody_must_be_named(self, client: httpx.Client, direct: Connection) -> None:
        assert_problem(client.post(STOP), 422, "validation_failed")
        assert_problem(client.post(STOP, json={}), 422, "validation_failed")
        assert_problem(client.post(STOP, json={"token": "x"}), 400, "link_invalid")
        assert endings(direct) == [(WHY, None)]

    @pytest.mark.usefixtures("asked")
    def test_a_new_password_does_not_end_the_link(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox
    ) -> None:
        """A thief who has the password may have changed it."""
        body = {"current_password": PASSWORD, "new_password": "another pass phrase"}
        changed = client.post("/auth/password/change", json=body, headers=me["headers"])
        assert changed.status_code == 200, changed.text
        assert client.post(STOP, json={"token": self.token(mailbox)}).status_code == 204

    @pytest.mark.usefixtures("asked")
    def test_the_link_ends_with_the_reset(
        self, client: httpx.Client, moved: Clock, mailbox: Mailbox
    ) -> None:
        token = self.token(mailbox)
        moved.advance(DAY)
        carry_out()
        assert_problem(client.post(STOP, json={"token": token}), 400, "link_replaced")

    @pytest.mark.usefixtures("asked")
    def test_of_32_stops_at_once_one_stops_it(
        self, client: httpx.Client, mailbox: Mailbox, direct: Connection
    ) -> None:
        body = {"token": self.token(mailbox)}
        codes = at_once(client, lambda own, _: own.post(STOP, json=body))
        assert codes == [204] + [400] * 31
        assert endings(direct) == [(WHY, "mail")]

    @pytest.mark.usefixtures("asked")
    def test_a_stop_and_the_reset_at_once_are_one_or_the_other(
        self, client: httpx.Client, mailbox: Mailbox, moved: Clock, direct: Connection
    ) -> None:
        before, body = rows(direct, HELD), {"token": self.token(mailbox)}
        moved.advance(DAY - timedelta(seconds=1))
        with direct.cursor() as cursor:
            cursor.execute("UPDATE factor_reset SET due_at = due_at - interval '1 hour'")

        def one(number: int) -> int:
            if number:
                return carry_out()
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                return until_served(lambda: own.post(STOP, json=body)).status_code

        with ThreadPoolExecutor(2) as pool:
            stopped, done = pool.map(one, range(2))
        assert (stopped, done) in {(204, 0), (400, 1)}
        assert rows(direct, HELD) == (before if stopped == 204 else [(0, 0, 0)])

    @pytest.mark.usefixtures("asked")
    def test_the_factors_say_when_it_is_due(self, client: httpx.Client, me: dict[str, Any]) -> None:
        def due() -> str | None:
            said: str | None = client.get("/auth/factors", headers=me["headers"]).json()[
                "reset_due_at"
            ]
            return said

        assert due() is not None
        client.post(STOP, headers=me["headers"])
        assert due() is None


class TestTheCommand:
    def test_it_is_due_after_the_delay(self, asked: list[str]) -> None:
        assert asked[0].startswith("The reset is due in one day, at ")
        assert asked[0].endswith("A mail with a link that stops it is on its way.")

    @pytest.mark.usefixtures("asked")
    def test_a_second_one_is_refused(self, direct: Connection) -> None:
        with pytest.raises(FactorsRefusal, match="pending already"):
            list(reset(EMAIL, "again"))
        assert endings(direct) == [(WHY, None)]

    @pytest.mark.usefixtures("asked")
    def test_the_operator_cancels_it(
        self, client: httpx.Client, mailbox: Mailbox, direct: Connection
    ) -> None:
        token = mailbox.token("factor_reset_asked")
        assert "due at" in list(listed(EMAIL))[3]
        cancel(EMAIL)
        assert endings(direct) == [(WHY, "operator")]
        assert_problem(client.post(STOP, json={"token": token}), 400, "link_replaced")
        with pytest.raises(FactorsRefusal, match="no reset is pending"):
            cancel(EMAIL)

    def test_an_account_without_factors_is_refused(
        self, me: dict[str, Any], direct: Connection
    ) -> None:
        assert me
        with pytest.raises(FactorsRefusal, match="no second factor"):
            list(reset(EMAIL, WHY))
        assert endings(direct) == []

    @pytest.mark.usefixtures("asked")
    def test_an_account_with_a_password_keeps_it(
        self, moved: Clock, mailbox: Mailbox, direct: Connection
    ) -> None:
        before = rows(direct, 'SELECT password_hash FROM "user"')
        assert "Your password stays." in mailbox.wait("factor_reset_asked")["text"]
        moved.advance(DAY)
        carry_out()
        assert "Your password stays." in mailbox.wait("factors_reset")["text"]
        assert rows(direct, 'SELECT password_hash FROM "user"') == before

    def test_an_account_without_a_password_learns_how_to_sign_in(
        self, client: httpx.Client, secret: str, moved: Clock, mailbox: Mailbox, direct: Connection
    ) -> None:
        assert secret
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = NULL')
        (said,) = reset(EMAIL, WHY)
        assert said.endswith("The account has no password: its person needs a mail to choose one.")
        announced = mailbox.wait("factor_reset_asked")
        moved.advance(DAY)
        carry_out()
        for mail in (announced, mailbox.wait("factors_reset")):
            for text in (mail["text"], mail["html"]):
                assert "Your account has no password" in text
                assert "password stays" not in text
        client.post("/auth/password/forgot", json={"email": EMAIL})
        body = {"token": mailbox.token("reset_password"), "new_password": PASSWORD}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        signed_in(client.post("/auth/signin", json=BODY))

    def test_where_no_mail_is_sent_an_account_without_a_password_has_no_way_in(
        self, secret: str, configure: Configure, direct: Connection
    ) -> None:
        from src.settings import Environment

        assert secret
        configure(environment=Environment.PRODUCTION, factor_reset_delay=0)
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = NULL')
        (said,) = reset(EMAIL, WHY)
        assert "no password, and this service sends no mail" in said

    def test_where_no_mail_is_sent_it_says_so(
        self, secret: str, configure: Configure, direct: Connection
    ) -> None:
        from src.settings import Environment

        assert secret
        configure(environment=Environment.PRODUCTION)
        (said,) = reset(EMAIL, WHY)
        assert "only a session can stop it" in said
        assert rows(direct, "SELECT count(*) FROM mail WHERE kind = 'factor_reset_asked'") == [(0,)]

    def test_from_a_terminal(self, client: httpx.Client, me: dict[str, Any]) -> None:
        enrol(client, me)
        shown = postern("factors", "list", EMAIL)
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.splitlines()[0].split() == ["second", "factors", "totp"]
        for arguments, says in (
            (("reset", EMAIL), "--reason needs a few words"),
            (("reset", "nobody@example.com", "--reason", WHY), "no account has that address"),
            (("list", "nobody@example.com"), "no account has that address"),
        ):
            refused = postern("factors", *arguments)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert says in refused.stderr
        asked = postern("factors", "reset", EMAIL, "--reason", WHY)
        assert asked.returncode == 0, asked.stderr
        assert f"factor_reset.asked user_id={me['id']} reason='{WHY}'" in asked.stderr
        assert postern("factors", "reset", EMAIL, "--cancel").returncode == 0

    @pytest.mark.parametrize(
        ("reason", "says"),
        [
            ("x" * 501, "at most 500 characters, and this one has 501"),
            ("desk\nfactor.reset user_id=1", "control or invisible character"),
            ("red \x1b[31m", "control or invisible character"),
            ("turned \u202e around", "control or invisible character"),
            ("not UTF-8 \udcff", "control or invisible character"),
        ],
    )
    def test_an_unusable_reason_is_refused(
        self, secret: str, direct: Connection, reason: str, says: str
    ) -> None:
        assert secret
        refused = postern("factors", "reset", EMAIL, "--reason", reason)
        assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
        assert says in refused.stderr
        assert "Traceback" not in refused.stderr
        assert "factor_reset.asked" not in refused.stderr
        assert rows(direct, "SELECT count(*) FROM factor_reset") == [(0,)]

    @pytest.mark.usefixtures("secret")
    def test_a_long_reason_in_another_language_is_kept(self, direct: Connection) -> None:
        reason = "Pass gezeigt, Büro 3 — नमस्ते " * 20
        assert list(reset(EMAIL, reason[:500]))
        assert endings(direct) == [(reason[:500].strip(), None)]


def test_the_record_goes_after_90_days(
    client: httpx.Client, asked: list[str], moved: Clock, direct: Connection
) -> None:
    assert asked
    assert client.get("/livez").status_code == 200
    cancel(EMAIL)
    moved.advance(upkeep.KEEP)
    carry_out()
    assert len(endings(direct)) == 1
    moved.advance(timedelta(seconds=1))
    carry_out()
    assert endings(direct) == []
