"""Which proof makes a session recent: for the API itself, and for a service that reads its tokens.

A weak method never satisfies a strong demand, and both always say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from tests.conftest import PASSWORD
from tests.support import passkeys
from tests.support.authenticator import Authenticator
from tests.support.factors import (
    EMAIL,
    code_of,
    enrol,
    first_step,
    recovery_codes,
    second_step,
    signed_in,
)

Me = dict[str, Any]


@dataclass
class World:
    """Ada, who has the session `me` and the older session `before`."""

    client: httpx.Client
    app: httpx.Client
    direct: psycopg2.extensions.connection
    me: Me
    before: Me
    secret: str = ""
    codes: tuple[str, ...] = ()
    key: Authenticator | None = None

    def add_factors(self) -> None:
        self.secret = enrol(self.client, self.me)
        self.codes = tuple(recovery_codes(self.client, self.me))
        self.key = passkeys.added(self.client, self.me)

    def age_proofs(self) -> None:
        with self.direct.cursor() as cursor:
            cursor.execute("UPDATE session SET authenticated_at = authenticated_at - interval '1h'")

    def prove(self, me: Me, **proof: str) -> Me:
        answer = self.client.post("/auth/reauthenticate", json=proof, headers=me["headers"])
        assert answer.status_code == 204, answer.text
        return me

    def with_key(self, options: dict[str, Any]) -> dict[str, Any]:
        assert self.key is not None
        return self.key.use(options)

    def code(self) -> str:
        """The enrolment has used the code of this moment."""
        return code_of(self.secret, later=1)

    def claims_after_refresh(self, me: Me) -> dict[str, Any]:
        answer = self.client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]})
        me.update(signed_in(answer))
        said: dict[str, Any] = jwt.decode(me["access_token"], options={"verify_signature": False})
        return said

    def is_recent(self, me: Me) -> bool:
        """What the service with the package says. The API has to say the same."""
        service = self.app.get("/recent", headers=me["headers"])
        own = self.client.delete("/auth/sessions/999", headers=me["headers"])
        answers = {200: True, 403: False}[service.status_code], own.status_code != 403
        assert answers[0] == answers[1], (service.text, own.text)
        return answers[0]


@pytest.fixture
def world(
    client: httpx.Client,
    app: httpx.Client,
    direct: psycopg2.extensions.connection,
    me: Me,
) -> World:
    return World(client, app, direct, me, signed_in(_by_password(client)))


def _by_password(client: httpx.Client, headers: dict[str, str] | None = None) -> httpx.Response:
    return client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD}, headers=headers)


def nothing(world: World) -> Me:
    return world.me


def nothing_for_an_hour(world: World) -> Me:
    world.age_proofs()
    return world.me


def a_password_after_an_hour(world: World) -> Me:
    world.age_proofs()
    return world.prove(world.me, password=PASSWORD)


def a_password_beside_a_recent_factor(world: World) -> Me:
    return world.prove(world.me, password=PASSWORD)


def a_session_from_before(world: World) -> Me:
    return world.before


def a_password_in_a_session_from_before(world: World) -> Me:
    return world.prove(world.before, password=PASSWORD)


def a_code_in_a_session_from_before(world: World) -> Me:
    return world.prove(world.before, code=world.code())


def a_code_after_an_hour(world: World) -> Me:
    world.age_proofs()
    return world.prove(world.me, code=world.code())


def a_password_and_then_a_code(world: World) -> Me:
    world.age_proofs()
    world.prove(world.me, password=PASSWORD)
    return world.prove(world.me, code=world.code())


def a_recovery_code_after_an_hour(world: World) -> Me:
    world.age_proofs()
    return world.prove(world.me, code=world.codes[0])


def a_passkey_after_an_hour(world: World) -> Me:
    world.age_proofs()
    sent = world.with_key(passkeys.proof_options(world.client, world.me))
    assert passkeys.prove(world.client, world.me, sent).status_code == 204
    return world.me


def a_signin_with_a_code(world: World) -> Me:
    return signed_in(second_step(world.client, first_step(world.client), world.code()))


def a_signin_with_a_recovery_code(world: World) -> Me:
    attempt, factor = first_step(world.client), "recovery-code"
    return signed_in(second_step(world.client, attempt, world.codes[0], factor=factor))


def a_signin_with_a_passkey_as_second_factor(world: World) -> Me:
    first = passkeys.first_step(world.client)
    sent = world.with_key(first["passkey_options"])
    return signed_in(passkeys.second_step(world.client, first["attempt"], sent))


def a_signin_with_a_passkey_alone(world: World) -> Me:
    sent = world.with_key(passkeys.signin_options(world.client))
    return signed_in(passkeys.sign_in(world.client, sent))


def a_signin_on_a_trusted_device(world: World) -> Me:
    body = {"attempt": first_step(world.client), "code": world.code(), "trust_device": True}
    trusted = world.client.post("/auth/signin/totp", json=body)
    signed_in(trusted)
    device = {"Postern-Device": trusted.headers["Postern-Device"]}
    return signed_in(_by_password(world.client, device))


def a_code_on_a_trusted_device(world: World) -> Me:
    me = world.prove(a_signin_on_a_trusted_device(world), code=world.codes[0])
    world.claims_after_refresh(me)
    return me


def a_change_of_the_password(world: World) -> Me:
    body = {"current_password": PASSWORD, "new_password": "another pass phrase"}
    me = world.me
    return signed_in(world.client.post("/auth/password/change", json=body, headers=me["headers"]))


Way = Callable[[World], Me]
WITH_A_FACTOR: dict[Way, bool] = {
    nothing: True,  # it has added the factors
    nothing_for_an_hour: False,
    a_password_after_an_hour: False,
    a_password_beside_a_recent_factor: True,
    a_session_from_before: False,
    a_password_in_a_session_from_before: False,
    a_code_in_a_session_from_before: True,
    a_code_after_an_hour: True,
    a_password_and_then_a_code: True,
    a_recovery_code_after_an_hour: True,
    a_passkey_after_an_hour: True,
    a_signin_with_a_code: True,
    a_signin_with_a_recovery_code: True,
    a_signin_with_a_passkey_as_second_factor: True,
    a_signin_with_a_passkey_alone: True,
    a_signin_on_a_trusted_device: False,
    a_code_on_a_trusted_device: True,
    a_change_of_the_password: True,
}
WITH_A_PASSWORD_ONLY: dict[Way, bool] = {
    nothing: True,
    nothing_for_an_hour: False,
    a_password_after_an_hour: True,
    a_session_from_before: True,
    a_password_in_a_session_from_before: True,
    a_change_of_the_password: True,
}


@pytest.mark.parametrize("way", WITH_A_FACTOR, ids=lambda way: way.__name__)
@pytest.mark.parametrize("refreshed", [False, True], ids=["token as given", "next token"])
def test_with_a_second_factor_only_a_proof_with_one_is_recent(
    world: World, way: Way, refreshed: bool
) -> None:
    world.add_factors()
    me = way(world)
    if refreshed or me in (world.me, world.before):
        world.claims_after_refresh(me)
    assert world.is_recent(me) == WITH_A_FACTOR[way]


@pytest.mark.parametrize("way", WITH_A_PASSWORD_ONLY, ids=lambda way: way.__name__)
@pytest.mark.parametrize("has_codes", [False, True], ids=["no codes", "recovery codes"])
def test_without_a_second_factor_the_password_is_recent(
    world: World, way: Way, has_codes: bool
) -> None:
    if has_codes:
        recovery_codes(world.client, world.me)
    me = way(world)
    world.claims_after_refresh(me)
    assert world.is_recent(me) == WITH_A_PASSWORD_ONLY[way]


def test_a_session_that_never_showed_a_factor_has_no_auth_time(world: World) -> None:
    world.add_factors()
    said = world.claims_after_refresh(world.before)
    assert "auth_time" not in said
    assert (said["amr"], said["acr"]) == (["pwd"], "aal1")


def test_a_password_does_not_move_the_auth_time_of_a_factor(world: World) -> None:
    world.add_factors()
    world.age_proofs()
    before = world.claims_after_refresh(world.me)
    world.prove(world.me, password=PASSWORD)
    after = world.claims_after_refresh(world.me)
    assert (after["auth_time"], after["acr"]) == (before["auth_time"], "aal2")


def test_the_same_token_again_says_the_same(world: World) -> None:
    """The previous refresh token gives the current tokens again, after a lost answer."""
    world.add_factors()
    lost = {"refresh_token": world.before["refresh_token"]}
    for _ in range(2):
        assert "auth_time" not in world.claims_after_refresh({**lost})


def test_without_its_factors_an_account_needs_its_password_only(world: World) -> None:
    secret = enrol(world.client, world.me)
    assert secret
    removed = world.client.delete("/auth/totp", headers=world.me["headers"])
    assert removed.status_code == 204
    assert "auth_time" in world.claims_after_refresh(world.before)
    assert world.is_recent(world.before)
