"""Somebody in the same network cannot keep a person from an answer of a passkey or an attempt."""

from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from src.policies import with_overrides
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.authenticator import Authenticator
from tests.support.factors import second_step, sessions, signed_in
from tests.support.passkeys import added, first_step, proof_options, prove, sign_in, signin_options
from tests.support.passkeys import second_step as second_step_with_passkey
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
LIMITED = "rate_limited"


def limits(configure: Configure, changes: str, **more: bool) -> None:
    configure(rate_limits=True, rate_limit_policies=with_overrides(changes), **more)


@pytest.fixture
def passkey(client: httpx.Client, me: dict[str, Any]) -> Authenticator:
    return added(client, me)


class TestPasskeys:
    def test_asking_for_options_does_not_use_up_the_limit_of_answers(
        self, client: httpx.Client, passkey: Authenticator, configure: Configure
    ) -> None:
        limits(configure, "passkey_options_address=3+1/day")
        options = [signin_options(client) for _ in range(3)][-1]
        assert_problem(client.post("/auth/passkeys/signin/options"), 429, LIMITED)
        signed_in(sign_in(client, passkey.use(options)))

    def test_answers_have_a_limit_of_their_own(
        self, client: httpx.Client, passkey: Authenticator, configure: Configure, direct: Connection
    ) -> None:
        limits(configure, "passkey_address=3+1/day")
        for _ in range(3):
            refused = sign_in(client, {**passkey.use(signin_options(client)), "id": "AAAA"})
            assert refused.status_code in {401, 422}
        before = sessions(direct)
        assert_problem(sign_in(client, passkey.use(signin_options(client))), 429, LIMITED)
        assert sessions(direct) == before

    def test_answers_to_sign_in_do_not_use_up_proofs_in_a_session(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        passkey: Authenticator,
        configure: Configure,
    ) -> None:
        limits(configure, "passkey_address=1+1/day session_writes=2+1/day")
        signed_in(sign_in(client, passkey.use(signin_options(client))))
        assert_problem(sign_in(client, passkey.use(signin_options(client))), 429, LIMITED)
        answer = passkey.use(proof_options(client, me))
        assert prove(client, me, answer).status_code == 204
        assert_problem(prove(client, me, answer), 429, LIMITED)

    def test_answers_to_sign_in_do_not_use_up_the_second_step(
        self, client: httpx.Client, passkey: Authenticator, configure: Configure
    ) -> None:
        limits(configure, "passkey_address=1+1/day")
        signed_in(sign_in(client, passkey.use(signin_options(client))))
        assert_problem(sign_in(client, passkey.use(signin_options(client))), 429, LIMITED)
        step = first_step(client)
        answer = passkey.use(step["passkey_options"])
        signed_in(second_step_with_passkey(client, step["attempt"], answer))


class TestAttempts:
    @pytest.mark.parametrize("factor", ["totp", "recovery-code"])
    def test_invented_ones_are_counted_by_network(
        self, client: httpx.Client, configure: Configure, direct: Connection, factor: str
    ) -> None:
        limits(configure, "attempt_address=2+1/day")
        answers = [second_step(client, f"x{one}", "123456", factor=factor) for one in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert rows(direct, "SELECT count(*) FROM rate_limit") == [(1,)]

    def test_those_of_a_passkey_too(
        self, client: httpx.Client, configure: Configure, direct: Connection
    ) -> None:
        limits(configure, "attempt_address=2+1/day")
        answer = Authenticator(handle=b"h").use({"challenge": "AAAA", "rpId": "localhost"})
        answers = [second_step_with_passkey(client, f"x{one}", answer) for one in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert rows(direct, "SELECT count(*) FROM rate_limit") == [(1,)]

    def test_invented_ones_use_up_nothing_of_a_right_one(
        self, client: httpx.Client, passkey: Authenticator, configure: Configure
    ) -> None:
        limits(configure, "attempt_address=2+1/day")
        step = first_step(client)
        answers = [second_step(client, f"x{one}", "123456") for one in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        answer = passkey.use(step["passkey_options"])
        signed_in(second_step_with_passkey(client, step["attempt"], answer))

    @pytest.mark.parametrize("path", ["/auth/totp", "/auth/passkeys/options"])
    def test_one_that_adds_a_factor_has_a_limit_of_its_own(
        self,
        client: httpx.Client,
        configure: Configure,
        sign_up_only: Callable[[str], str],
        path: str,
    ) -> None:
        limits(configure, "session_writes=2+1/day", require_second_factor=True)
        eve, ada = sign_up_only("eve@example.com"), sign_up_only("ada@example.com")

        def begin(attempt: str) -> httpx.Response:
            return client.post(path, json={"attempt": attempt})

        assert [begin(eve).is_success for _ in range(2)] == [True] * 2
        assert_problem(begin(eve), 429, LIMITED)
        assert begin(ada).is_success

    def test_those_of_one_network_that_add_a_factor_share_a_wide_limit(
        self, client: httpx.Client, configure: Configure, direct: Connection
    ) -> None:
        limits(configure, "attempt_address=4+1/day", require_second_factor=True)
        paths = "/auth/totp", "/auth/passkeys/options"
        answers = [
            client.post(path, json={"attempt": f"x{one}"}) for path in paths for one in range(2)
        ]
        assert [answer.status_code for answer in answers] == [401] * 4
        refused = client.post("/auth/totp/confirm", json={"attempt": "x", "code": "123456"})
        assert_problem(refused, 429, LIMITED)
        assert rows(direct, "SELECT count(*) FROM rate_limit") == [(1,)]


@pytest.fixture
def sign_up_only(client: httpx.Client) -> Callable[[str], str]:
    """Sign somebody up, and give the attempt of a first sign-in."""

    def sign_up_only(email: str) -> str:
        body = {"email": email, "password": PASSWORD}
        assert client.post("/auth/signup", json=body).status_code == 201
        return str(first_step(client, email)["attempt"])

    return sign_up_only
