"""Upkeep of second factors: old rows go, secrets follow SECRET_KEY, and factors are counted."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
from pydantic import SecretStr

from src.auth.factors.totp import PURPOSE, count_opened
from src.auth.upkeep import KEEP_ENROLMENT, count_factors, purge, seal_anew
from src.database.database import unit_of_work
from src.kit.clock import Clock
from src.settings import Settings, get_settings
from tests.support.factors import code_of, enrol, first_step, recovery_codes, second_step, signed_in
from tests.support.passkeys import added, sign_in, signin_options
from tests.support.postgres import rows
from tests.web.test_metrics import value
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
NEW = SecretStr("Hq3Vz8Lw2Nx7Rt5Yc1Bk9Mp4Js6Gd0FaUeOiTqXw")


class TestPurging:
    def test_expired_attempts_go_and_open_ones_stay(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock, direct: Connection
    ) -> None:
        enrol(client, sign_up())
        first_step(client)
        assert purge(threading.Event()) == 0
        moved.advance(timedelta(hours=1, minutes=6))
        first_step(client)
        assert purge(threading.Event()) == 1
        assert rows(direct, "SELECT count(*) FROM signin_attempt") == [(1,)]

    def test_an_enrolment_that_nobody_confirms_goes(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock, direct: Connection
    ) -> None:
        """The app of the second person stays, only its replacement goes."""
        first, second = sign_up(), sign_up("eve@example.com")
        enrol(client, second)
        for one in (first, second):
            client.post("/auth/totp", headers=one["headers"])
        assert purge(threading.Event()) == 0
        moved.advance(KEEP_ENROLMENT + timedelta(seconds=1))
        assert purge(threading.Event()) == 2
        left = rows(direct, "SELECT user_id, pending_secret FROM authenticator_app")
        assert left == [(second["id"], None)]

    def test_used_challenges_go_long_after_they_have_expired(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock, direct: Connection
    ) -> None:
        moved.advance(timedelta())
        key = added(client, sign_up())
        moved.advance(timedelta(minutes=4))
        signed_in(sign_in(client, key.use(signin_options(client))))
        moved.advance(timedelta(hours=1, minutes=3))
        assert purge(threading.Event()) == 1
        assert rows(direct, "SELECT count(*) FROM used_challenge") == [(1,)]


class TestSealing:
    def test_secrets_are_sealed_anew_after_a_rotation(
        self, client: httpx.Client, sign_up: SignUp, configure: Configure, moved: Clock
    ) -> None:
        secret = enrol(client, sign_up())
        former = get_settings().secret_key
        assert seal_anew(threading.Event()) == 0
        configure(secret_key=NEW, secret_key_previous=former)
        assert seal_anew(threading.Event()) == 1
        assert seal_anew(threading.Event()) == 0
        configure(secret_key=NEW, secret_key_previous=None)
        moved.advance(timedelta(seconds=30))
        signed_in(second_step(client, first_step(client), code_of(secret)))

    def test_a_secret_that_no_key_opens_stays_and_its_codes_are_refused(
        self, client: httpx.Client, sign_up: SignUp, configure: Configure, direct: Connection
    ) -> None:
        me = sign_up()
        secret = enrol(client, me)
        code = recovery_codes(client, me)[0]
        before = rows(direct, "SELECT sealed_secret FROM authenticator_app")
        configure(secret_key=NEW, secret_key_previous=None)
        assert seal_anew(threading.Event()) == 0
        assert rows(direct, "SELECT sealed_secret FROM authenticator_app") == before
        attempt = first_step(client)
        refused = second_step(client, attempt, code_of(secret, later=1))
        assert_problem(refused, 401, "code_invalid")
        signed_in(second_step(client, attempt, code, factor="recovery-code"))
        with unit_of_work() as db:
            assert count_opened(db, get_settings().secret_keys) == (0, 1)

    def test_they_have_a_purpose_of_their_own(self) -> None:
        from src.auth.devices import PURPOSE as DEVICES
        from src.keys.steps import PURPOSE as KEYS

        assert len({PURPOSE, DEVICES, KEYS}) == 3


def test_factors_are_counted(client: httpx.Client, sign_up: SignUp) -> None:
    me = sign_up()
    enrol(client, me)
    recovery_codes(client, me)
    other = sign_up("eve@example.com")
    client.post("/auth/totp", headers=other["headers"])
    count_factors(threading.Event())
    assert value(client, "postern_accounts_with_factor", factor="totp") == 1
    assert value(client, "postern_accounts_with_factor", factor="recovery_code") == 1
    assert value(client, "postern_accounts_without_second_factor") == 1
    assert value(client, "postern_accounts_with_factor", factor="passkey") == 0
    added(client, me)
    added(client, me)
    count_factors(threading.Event())
    assert value(client, "postern_accounts_with_factor", factor="passkey") == 1
