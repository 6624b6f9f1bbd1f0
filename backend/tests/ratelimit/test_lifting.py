"""Who proves that an account is theirs signs in at once, whatever was guessed before."""

import httpx
import pytest

from src.policies import KNOWN_DEVICES, SESSIONS, UNKNOWN_DEVICES
from src.ratelimit.keys import key_of
from tests.ratelimit.conftest import (
    OTHER,
    PASSWORD,
    WRONG,
    Account,
    Connection,
    Limit,
    SignUp,
    Visit,
)
from tests.support.mailbox import Mailbox

EMAIL, NEW = "ada@example.com", "copper lantern 77"
OWN = "signin_account_address=3+1/minute signin_account=4+1/hour"


def reset(client: httpx.Client, mailbox: Mailbox) -> None:
    assert client.post("/auth/password/forgot", json={"email": EMAIL}).status_code == 202
    body = {"token": mailbox.token("reset_password"), "new_password": NEW}
    headers = {"X-Forwarded-For": "192.0.2.1"}
    assert client.post("/auth/password/reset", json=body, headers=headers).status_code == 204


@pytest.mark.usefixtures("moved")
class TestAReset:
    @pytest.mark.parametrize("ip", ["192.0.2.1", OTHER])
    def test_it_lifts_the_limits_of_sign_ins(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        limit: Limit,
        visitor: Visit,
        ip: str,
    ) -> None:
        """The clock stands still, so no limit ends by itself."""
        sign_up()
        limit(OWN)
        here = visitor()
        for refused in (401, 401, 401, 429):
            assert here.signin(WRONG).status_code == refused
        elsewhere = visitor(OTHER)
        assert elsewhere.signin(WRONG).status_code == 401
        assert elsewhere.signin(PASSWORD).status_code == 429  # the limit of the account
        reset(client, mailbox)
        assert visitor(ip).signin(NEW).status_code == 200

    def test_it_forgets_the_wrong_passwords_in_a_row(
        self,
        client: httpx.Client,
        ada: Account,
        mailbox: Mailbox,
        visitor: Visit,
        direct: Connection,
    ) -> None:
        me, streaks = visitor(), (UNKNOWN_DEVICES, KNOWN_DEVICES, SESSIONS)
        keys = [key_of(one.name, str(ada["id"]) if one is SESSIONS else EMAIL) for one in streaks]
        with direct.cursor() as cursor:
            for one, key in zip(streaks, keys, strict=True):
                cursor.execute(
                    "INSERT INTO failure_streak (key, failures, last_at) VALUES (%s, %s, now())",
                    (key, one.limit),
                )
            assert me.signin(PASSWORD).status_code == 429
            reset(client, mailbox)
            cursor.execute("SELECT count(*) FROM failure_streak WHERE key = ANY(%s)", (keys,))
            assert cursor.fetchone() == (0,)
        assert me.signin(NEW).status_code == 200


@pytest.mark.usefixtures("moved")
def test_a_sign_up_lifts_what_was_guessed_at_the_address_before(
    client: httpx.Client, limit: Limit, visitor: Visit
) -> None:
    limit(OWN)
    here = visitor()
    for refused in (401, 401, 401, 429):
        assert here.signin(WRONG).status_code == refused
    body = {"email": EMAIL, "password": PASSWORD}
    headers = {"X-Forwarded-For": here.ip}
    assert client.post("/auth/signup", json=body, headers=headers).status_code == 201
    assert here.signin().status_code == 200
