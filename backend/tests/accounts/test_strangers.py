"""Somebody else had the account, by opening it with my address or by stealing it: what ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from src.users.credentials import UNCLAIMED_FOR
from tests.accounts.test_passkey_signup import sign_up_with
from tests.support.authenticator import Authenticator
from tests.support.factors import enrol, signed_in
from tests.support.mailbox import Mailbox
from tests.support.passkeys import added, sign_in, signin_options
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
EMAIL, OTHER, OLD, NEW = "ada@example.com", "eve@example.com", "testpass123", "copper lantern 77"


def signin(
    client: httpx.Client, password: str, device: str | None = None, email: str = EMAIL
) -> httpx.Response:
    headers = {} if device is None else {"Postern-Device": device}
    body = {"email": email, "password": password}
    answer = client.post("/auth/signin", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def device_of(answer: httpx.Response) -> str:
    device: str = answer.headers["Postern-Device"]
    return device


def reset(client: httpx.Client, mailbox: Mailbox, *, ask: bool = True, count: int = 1) -> None:
    if ask:
        client.post("/auth/password/forgot", json={"email": EMAIL})
    body = {"token": mailbox.token("reset_password", count=count), "new_password": NEW}
    assert client.post("/auth/password/reset", json=body).status_code == 204


def notices(direct: Connection) -> int:
    with direct.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mail WHERE kind = 'new_device'")
        [(count,)] = cursor.fetchall()
    return int(count)


class TestTheDeviceOfAStranger:
    def test_it_is_unknown_after_the_reset_that_proved_the_address(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        direct: Connection,
    ) -> None:
        sign_up()
        device = device_of(signin(client, OLD))
        sign_up(OTHER)  # a sign-in to another account renews the token, and not the entry
        moved.advance(timedelta(minutes=5))
        reset(client, mailbox)
        moved.advance(timedelta(minutes=5))
        device = device_of(signin(client, OLD, device, OTHER))
        before = notices(direct)
        signin(client, NEW, device)
        assert notices(direct) == before + 1

    def test_it_is_unknown_after_a_theft_that_was_undone(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        direct: Connection,
    ) -> None:
        me = sign_up()
        verified = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=verified).status_code == 204
        moved.advance(timedelta(minutes=5))
        device = device_of(signin(client, OLD))
        body = {"new_email": OTHER, "password": OLD}
        asked = client.post("/auth/email/change", json=body, headers=me["headers"])
        assert asked.status_code == 202
        for path, kind in (("confirm", "confirm_email"), ("undo", "email_changing")):
            body = {"token": mailbox.token(kind)}
            done = client.post(f"/auth/email/change/{path}", json=body)
            assert done.status_code == 204, done.text
            moved.advance(timedelta(minutes=5))
        reset(client, mailbox, ask=False)
        before = notices(direct)
        signin(client, NEW, device)
        assert notices(direct) == before + 1


class TestAnOwnDevice:
    @pytest.fixture
    def device(self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, moved: Clock) -> str:
        """Of an account whose address was proved before."""
        sign_up()
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        moved.advance(timedelta(minutes=5))
        return device_of(signin(client, OLD))

    def test_it_stays_known_after_a_reset(
        self,
        client: httpx.Client,
        mailbox: Mailbox,
        moved: Clock,
        device: str,
        direct: Connection,
    ) -> None:
        moved.advance(timedelta(minutes=5))
        reset(client, mailbox)
        before = notices(direct)
        signin(client, NEW, device)
        assert notices(direct) == before

    def test_it_stays_known_if_the_address_is_proved_with_the_mail_of_the_sign_up(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        direct: Connection,
    ) -> None:
        sign_up()
        device = device_of(signin(client, OLD))
        moved.advance(timedelta(minutes=5))
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        before = notices(direct)
        signin(client, OLD, device)
        assert notices(direct) == before


class TestThePasskeyOfAStranger:
    """Somebody else opens an account with my address, and I click the link of its mail."""

    @pytest.fixture
    def theirs(self, client: httpx.Client) -> Authenticator:
        one = Authenticator()
        assert sign_up_with(client, one).status_code == 201
        return one

    def confirm(self, client: httpx.Client, mailbox: Mailbox) -> None:
        body = {"token": mailbox.token("verify_email")}
        answer = client.post("/auth/email/verify", json=body)
        assert answer.status_code == 204, answer.text

    def change_to(
        self, client: httpx.Client, mailbox: Mailbox, account: dict[str, Any], **headers: str
    ) -> None:
        asked = client.post(
            "/auth/email/change", json={"new_email": OTHER}, headers=account["headers"]
        )
        assert asked.status_code == 202, asked.text
        body = {"token": mailbox.token("confirm_email")}
        changed = client.post("/auth/email/change/confirm", json=body, headers=headers)
        assert changed.status_code == 204, changed.text

    def test_it_goes_with_the_reset_of_who_reads_the_mail(
        self, client: httpx.Client, mailbox: Mailbox, theirs: Authenticator
    ) -> None:
        self.confirm(client, mailbox)
        somebody = signed_in(sign_in(client, theirs.use(signin_options(client))))
        added(client, somebody)  # one more, after the click
        reset(client, mailbox)
        refused = sign_in(client, theirs.use(signin_options(client)))
        assert_problem(refused, 401, "passkey_unknown")
        ended = client.get("/auth/profile", headers=somebody["headers"])
        assert_problem(ended, 401, "session_revoked")
        assert mailbox.wait("factor_removed")
        me = signed_in(signin(client, NEW))
        found = client.get("/auth/factors", headers=me["headers"]).json()
        assert (found["passkeys"], found["totp"]) == ([], False)

    def test_it_goes_with_a_link_that_signs_in(
        self, client: httpx.Client, mailbox: Mailbox, configure: Configure, theirs: Authenticator
    ) -> None:
        configure(magic_link=True)
        self.confirm(client, mailbox)
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        signed_in(client.post("/auth/magic-link/signin", json=body))
        refused = sign_in(client, theirs.use(signin_options(client)))
        assert_problem(refused, 401, "passkey_unknown")

    @pytest.mark.parametrize("factor", ["totp", "passkey"])
    def test_a_factor_beside_a_password_goes_too(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, factor: str
    ) -> None:
        somebody = sign_up()
        if factor == "totp":
            enrol(client, somebody)
        else:
            added(client, somebody)
        self.confirm(client, mailbox)
        reset(client, mailbox)
        signed_in(signin(client, NEW))

    def test_it_goes_after_a_change_of_address_that_was_undone(
        self,
        client: httpx.Client,
        mailbox: Mailbox,
        moved: Clock,
        theirs: Authenticator,
    ) -> None:
        """They change the address to their own, and prove that one."""
        self.confirm(client, mailbox)
        moved.advance(timedelta(days=2))
        somebody = signed_in(sign_in(client, theirs.use(signin_options(client))))
        self.change_to(client, mailbox, somebody, **somebody["headers"])
        moved.advance(timedelta(days=6))
        body = {"token": mailbox.token("email_changing")}
        assert client.post("/auth/email/change/undo", json=body).status_code == 204
        reset(client, mailbox, ask=False)
        refused = sign_in(client, theirs.use(signin_options(client)))
        assert_problem(refused, 401, "passkey_unknown")

    def test_until_then_it_signs_in_where_addresses_must_be_confirmed(
        self, client: httpx.Client, mailbox: Mailbox, configure: Configure, theirs: Authenticator
    ) -> None:
        """It may be my own: I signed up on a computer, and clicked on my phone."""
        configure(require_verified_email=True)
        refused = sign_in(client, theirs.use(signin_options(client)))
        assert_problem(refused, 403, "email_not_verified")
        self.confirm(client, mailbox)
        signed_in(sign_in(client, theirs.use(signin_options(client))))

    def test_their_session_ends_with_a_link_that_signs_in_though_no_factor_is_left(
        self,
        client: httpx.Client,
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
        theirs: Authenticator,
    ) -> None:
        configure(magic_link=True)
        self.confirm(client, mailbox)
        somebody = signed_in(sign_in(client, theirs.use(signin_options(client))))
        [(passkey,)] = rows(direct, "SELECT id FROM passkey")
        kept = client.delete(f"/auth/passkeys/{passkey}", headers=somebody["headers"])
        assert_problem(kept, 409, "last_way_in")
        rows(direct, "DELETE FROM passkey RETURNING id")
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        signed_in(client.post("/auth/magic-link/signin", json=body))
        ended = client.get("/auth/profile", headers=somebody["headers"])
        assert_problem(ended, 401, "session_revoked")

    def test_nobody_gets_my_address_while_i_may_take_it_back(
        self, client: httpx.Client, mailbox: Mailbox, theirs: Authenticator
    ) -> None:
        self.confirm(client, mailbox)
        somebody = signed_in(sign_in(client, theirs.use(signin_options(client))))
        self.change_to(client, mailbox, somebody, **somebody["headers"])
        taken = client.post("/auth/signup", json={"email": EMAIL, "password": OLD})
        assert_problem(taken, 409, "email_taken")
        body = {"token": mailbox.token("email_changing")}
        assert client.post("/auth/email/change/undo", json=body).status_code == 204

    def test_it_goes_if_they_changed_their_address_to_mine_and_a_link_alone_confirmed_it(
        self, client: httpx.Client, mailbox: Mailbox, theirs: Authenticator
    ) -> None:
        """Here theirs is ada@example.com, and mine eve@example.com."""
        somebody = signed_in(sign_in(client, theirs.use(signin_options(client))))
        body = {"token": mailbox.token("verify_email")}
        client.post("/auth/email/verify", json=body, headers=somebody["headers"])
        self.change_to(client, mailbox, somebody)
        client.post("/auth/password/forgot", json={"email": OTHER})
        body = {"token": mailbox.token("reset_password"), "new_password": NEW}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        signed_in(signin(client, NEW, email=OTHER))
        refused = sign_in(client, theirs.use(signin_options(client)))
        assert_problem(refused, 401, "passkey_unknown")


class TestAnOwnPasskey:
    def test_it_stays_a_week_after_the_click(
        self, client: httpx.Client, mailbox: Mailbox, moved: Clock
    ) -> None:
        """An own account: nobody else took it in the meantime."""
        one = Authenticator()
        assert sign_up_with(client, one).status_code == 201
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        moved.advance(UNCLAIMED_FOR + timedelta(minutes=1))
        reset(client, mailbox)
        body = {"email": EMAIL, "password": NEW}
        assert_problem(client.post("/auth/signin", json=body), 403, "second_factor_required")
        signed_in(sign_in(client, one.use(signin_options(client))))

    def test_it_stays_if_a_session_of_the_account_showed_the_link_to_a_new_address(
        self, client: httpx.Client, mailbox: Mailbox
    ) -> None:
        one = Authenticator()
        assert sign_up_with(client, one).status_code == 201
        me = signed_in(sign_in(client, one.use(signin_options(client))))
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        changing = {"new_email": OTHER}
        asked = client.post("/auth/email/change", json=changing, headers=me["headers"])
        assert asked.status_code == 202, asked.text
        body = {"token": mailbox.token("confirm_email")}
        changed = client.post("/auth/email/change/confirm", json=body, headers=me["headers"])
        assert changed.status_code == 204, changed.text
        client.post("/auth/password/forgot", json={"email": OTHER})
        body = {"token": mailbox.token("reset_password"), "new_password": NEW}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        body = {"email": OTHER, "password": NEW}
        assert_problem(client.post("/auth/signin", json=body), 403, "second_factor_required")

    @pytest.mark.parametrize("when", ["at once", "later"])
    def test_it_stays_if_a_session_of_the_account_showed_the_link(
        self, client: httpx.Client, mailbox: Mailbox, when: str
    ) -> None:
        one = Authenticator()
        assert sign_up_with(client, one).status_code == 201
        me = signed_in(sign_in(client, one.use(signin_options(client))))
        links = 1
        if when == "later":
            body = {"token": mailbox.token("verify_email")}
            assert client.post("/auth/email/verify", json=body).status_code == 204
            again = client.post("/auth/email/verification", headers=me["headers"])
            assert again.status_code == 202
            links = 2
        body = {"token": mailbox.token("verify_email", count=links)}
        confirmed = client.post("/auth/email/verify", json=body, headers=me["headers"])
        assert confirmed.status_code == 204
        reset(client, mailbox)
        body = {"email": EMAIL, "password": NEW}
        refused = client.post("/auth/signin", json=body)
        assert_problem(refused, 403, "second_factor_required")
        signed_in(sign_in(client, one.use(signin_options(client))))

    def test_a_factor_that_was_added_after_the_click_stays(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me = sign_up()
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        one = added(client, me)
        reset(client, mailbox)
        signed_in(sign_in(client, one.use(signin_options(client))))
