"""Each challenge counts once, for five minutes, and only for what it was made for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
from pydantic import SecretStr

from src.kit.clock import Clock
from src.settings import Settings, get_settings
from tests.support.asking import until_served
from tests.support.authenticator import Authenticator
from tests.support.factors import signed_in
from tests.support.passkeys import (
    added,
    first_step,
    new_options,
    proof_options,
    prove,
    second_step,
    sign_in,
    signin_options,
)
from tests.support.service import service
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
ADDRESS = "new@example.com"


class Person:
    """Somebody with a passkey, an open attempt and a session: whatever can get a challenge."""

    def __init__(self, client: httpx.Client, me: dict[str, Any]) -> None:
        self.client, self.me = client, me
        self.key = added(client, me)
        self.refusal = first_step(client)

    def challenge(self, source: str) -> str:
        options: dict[str, Any]
        match source:
            case "sign-in":
                options = signin_options(self.client)
            case "attempt":
                options = self.refusal["passkey_options"]
            case "session":
                options = proof_options(self.client, self.me)
            case "enrolment":
                options = new_options(self.client, self.me)
            case _:
                body = {"email": ADDRESS}
                options = self.client.post("/auth/passkeys/signup/options", json=body).json()
        found: str = options["challenge"]
        return found

    def sent(self, target: str, challenge: str) -> dict[str, Any]:
        """What a browser sends there, with any challenge."""
        if target in {"enrolment", "sign-up"}:
            user = {"id": "aGFuZGxl"}
            options = {"challenge": challenge, "rp": {"id": "web.test"}, "user": user}
            return Authenticator().make(options)
        return self.key.use({"challenge": challenge, "rpId": "web.test"})

    def answer(
        self, target: str, sent: dict[str, Any], client: httpx.Client | None = None
    ) -> httpx.Response:
        client = client or self.client
        match target:
            case "sign-in":
                return sign_in(client, sent)
            case "attempt":
                return second_step(client, self.refusal["attempt"], sent)
            case "session":
                return prove(client, self.me, sent)
            case "enrolment":
                body, headers = {"attestation": sent}, self.me["headers"]
                return client.post("/auth/passkeys", json=body, headers=headers)
            case _:
                return client.post("/auth/passkeys/signup", json={"attestation": sent})


PLACES = ("sign-in", "attempt", "session", "enrolment", "sign-up")
REFUSED = {
    **dict.fromkeys(("sign-in", "attempt", "session"), (401, "challenge_invalid")),
    **dict.fromkeys(("enrolment", "sign-up"), (422, "attestation_invalid")),
}
RIGHT = {"sign-in": 200, "attempt": 200, "session": 204, "enrolment": 201, "sign-up": 201}


@pytest.fixture
def person(client: httpx.Client, sign_up: SignUp) -> Person:
    return Person(client, sign_up())


def everything(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute(
            'SELECT t::text FROM "user" t UNION SELECT t::text FROM passkey t '
            "UNION SELECT (id, ended_at, authenticated_at)::text FROM session "
            "UNION SELECT encode(digest, 'hex') FROM used_challenge ORDER BY 1"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("target", PLACES)
class TestEveryPlace:
    def test_its_own_challenge_counts(self, person: Person, target: str) -> None:
        answer = person.answer(target, person.sent(target, person.challenge(target)))
        assert answer.status_code == RIGHT[target], answer.text

    @pytest.mark.parametrize("source", PLACES)
    def test_a_challenge_of_another_place_is_refused(
        self, person: Person, direct: Connection, target: str, source: str
    ) -> None:
        if source == target:
            return
        sent, before = person.sent(target, person.challenge(source)), everything(direct)
        assert_problem(person.answer(target, sent), *REFUSED[target])
        assert everything(direct) == before

    def test_it_counts_once(self, person: Person, direct: Connection, target: str) -> None:
        sent = person.sent(target, person.challenge(target))
        assert person.answer(target, sent).status_code == RIGHT[target]
        before = everything(direct)
        again = person.answer(target, sent)
        if target == "attempt":
            assert_problem(again, 401, "attempt_invalid")
        else:
            assert_problem(again, *REFUSED[target])
        assert everything(direct) == before

    def test_of_32_uses_at_once_one_succeeds(
        self, person: Person, direct: Connection, target: str
    ) -> None:
        sent = person.sent(target, person.challenge(target))
        before = len(everything(direct))

        def one(_: int) -> int:
            with httpx.Client(base_url=person.client.base_url, timeout=60) as own:
                return until_served(lambda: person.answer(target, sent, own)).status_code

        with ThreadPoolExecutor(32) as pool:
            codes = sorted(pool.map(one, range(32)))
        assert codes.count(RIGHT[target]) == 1
        assert set(codes) - {RIGHT[target]} <= {401, 409, 422}
        more = {"session": 1, "sign-up": 3}.get(target, 2)  # the challenge, and what it made
        assert len(everything(direct)) == before + more

    def test_it_expires_after_five_minutes(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock, direct: Connection, target: str
    ) -> None:
        moved.advance(timedelta())
        person = Person(client, sign_up())
        sent = person.sent(target, person.challenge(target))
        moved.advance(timedelta(minutes=5))
        before = everything(direct)
        expected = (401, "attempt_invalid") if target == "attempt" else REFUSED[target]
        assert_problem(person.answer(target, sent), *expected)
        assert everything(direct) == before

    def test_one_of_another_secret_key_is_refused(
        self, person: Person, configure: Configure, target: str
    ) -> None:
        """While SECRET_KEY changes, the former one still opens it."""
        sent = person.sent(target, person.challenge(target))
        former = get_settings().secret_key
        new = SecretStr("Hq3Vz8Lw2Nx7Rt5Yc1Bk9Mp4Js6Gd0FaUeOiTqXw")
        configure(secret_key=new, secret_key_previous=None)
        refused = person.answer(target, sent)
        if target in {"session", "enrolment"}:
            assert refused.status_code in {401, 422}  # the token may no longer count either
        else:
            assert_problem(refused, *REFUSED[target])
        configure(secret_key=new, secret_key_previous=former)
        assert person.answer(target, sent).status_code == RIGHT[target]


def test_of_32_uses_in_two_processes_one_succeeds(
    person: Person, tmp_path: Path, direct: Connection
) -> None:
    """What was used is in the database, so a restart forgets nothing either."""
    with service(tmp_path, {}) as other:
        sent, before = person.sent("sign-in", person.challenge("sign-in")), everything(direct)
        places = person.client.base_url, other.client.base_url

        def one(number: int) -> int:
            with httpx.Client(base_url=places[number % 2], timeout=60) as own:
                return until_served(lambda: person.answer("sign-in", sent, own)).status_code

        with ThreadPoolExecutor(32) as pool:
            assert sorted(pool.map(one, range(32))) == [200] + [401] * 31
    assert len(everything(direct)) == len(before) + 2


class TestOfAnother:
    def test_session(self, client: httpx.Client, person: Person, direct: Connection) -> None:
        elsewhere = signed_in(sign_in(client, person.key.use(signin_options(client))))
        before = everything(direct)
        sent = person.key.use(proof_options(client, elsewhere))
        assert_problem(prove(client, person.me, sent), 401, "challenge_invalid")
        attestation = Authenticator().make(new_options(client, elsewhere))
        body, headers = {"attestation": attestation}, person.me["headers"]
        answer = client.post("/auth/passkeys", json=body, headers=headers)
        assert_problem(answer, 422, "attestation_invalid")
        assert everything(direct) == before

    def test_attempt(self, client: httpx.Client, person: Person, direct: Connection) -> None:
        before = everything(direct)
        sent = person.key.use(first_step(client)["passkey_options"])
        answer = second_step(client, person.refusal["attempt"], sent)
        assert_problem(answer, 401, "challenge_invalid")
        assert everything(direct) == before

    def test_account(
        self, client: httpx.Client, person: Person, sign_up: SignUp, direct: Connection
    ) -> None:
        other = Person.__new__(Person)
        other.client, other.me = client, sign_up("eve@example.com")
        before = everything(direct)
        attestation = Authenticator().make(new_options(client, other.me))
        body, headers = {"attestation": attestation}, person.me["headers"]
        answer = client.post("/auth/passkeys", json=body, headers=headers)
        assert_problem(answer, 422, "attestation_invalid")
        assert everything(direct) == before
