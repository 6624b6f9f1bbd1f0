"""Signing keys in the database: made once, sealed, rotated, retired, and seldom read."""

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest
from pydantic import SecretStr

from src.database.database import unit_of_work
from src.keys import steps
from src.keys.commands import describe
from src.keys.errors import RetirementRefused, RotationRefused, UnknownKey
from src.keys.signing_keys import KeySet, KeyState
from src.kit.clock import Clock, clock, now
from src.settings import Settings, get_settings
from tests.support.live import forget_keys, part
from tests.support.statements import recorded
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection
JWKS = "/.well-known/jwks.json"
OTHER_SECRET = "Qm7Lk2Vx9Rt4Zc1Wn8Bp5Hy3Jd6Gs0FaUeOiTqXw"


def stored() -> KeySet:
    with unit_of_work() as db:
        return steps.load(db)


def kid_of(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


class TestTheFirstKey:
    def test_the_first_key_is_made_when_it_is_needed_and_kept(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        (key,) = client.get(JWKS).json()["keys"]
        assert kid_of(me["access_token"]) == key["kid"]
        assert [one.kid for one in stored().keys] == [key["kid"]]

    def test_parallel_requests_make_only_one_key(self) -> None:
        def keep_up(_: int) -> str:
            with unit_of_work() as db:
                return steps.keep_up(db).keys[0].kid

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(keep_up, range(32)))) == 1
        assert len(stored().keys) == 1


class TestAtRest:
    @pytest.fixture(autouse=True)
    def _made(self, client: httpx.Client) -> None:
        assert client.get(JWKS).status_code == 200

    def test_a_stored_key_is_sealed(self, direct: Connection) -> None:
        with direct.cursor() as cursor:
            cursor.execute("SELECT sealed_key, signing_key::text FROM signing_key")
            ((sealed, row),) = cursor.fetchall()
        assert sealed.startswith("v1.")
        (key,) = stored().keys
        private = key.private_key.private_numbers().private_value.to_bytes(32, "big")
        for secret in (private.hex(), b64encode(private).decode()[:40], "PRIVATE"):
            assert secret not in row

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE signing_key SET sealed_key = overlay(sealed_key placing 'AAAA' from 30)",
            "UPDATE signing_key SET sealed_key = 'v1.'",
            "UPDATE signing_key SET sealed_key = 'v2.' || sealed_key",
            "UPDATE signing_key SET sealed_key = 'v1.☃'",
            "UPDATE signing_key SET kid = 'another'",
            "UPDATE signing_key SET algorithm = 'HS256'",
        ],
    )
    def test_a_key_that_was_changed_in_the_database_is_not_used(
        self, client: httpx.Client, direct: Connection, change: str
    ) -> None:
        with direct.cursor() as cursor:
            cursor.execute(change)
        assert stored().keys == ()
        assert len(stored().unreadable) == 1
        forget_keys()
        (key,) = client.get(JWKS).json()["keys"]  # a new key, so the service continues
        assert key["kid"] not in stored().unreadable

    def test_another_secret_opens_no_key_and_makes_a_new_one(
        self,
        client: httpx.Client,
        configure: Callable[..., Settings],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        (before,) = client.get(JWKS).json()["keys"]
        configure(secret_key=SecretStr(OTHER_SECRET))
        (after,) = client.get(JWKS).json()["keys"]
        assert after["kid"] != before["kid"]
        assert stored().unreadable == (before["kid"],)
        assert "SECRET_KEY opens none of the 1 stored signing keys" in caplog.text
        assert OTHER_SECRET[:8] not in caplog.text

    def test_the_previous_secret_opens_keys_and_the_new_one_seals_them(
        self, client: httpx.Client, sign_up: SignUp, configure: Callable[..., Settings]
    ) -> None:
        me = sign_up()
        old = get_settings().secret_key
        configure(secret_key=SecretStr(OTHER_SECRET), secret_key_previous=old)
        assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
        body = {"refresh_token": me["refresh_token"]}
        refreshed = client.post("/auth/refresh", json=body)
        assert refreshed.status_code == 200
        assert "sealed under SECRET_KEY_PREVIOUS" in describe()
        with unit_of_work() as db:
            new = steps.rotate(db)
        assert describe().splitlines()[0].split("  ")[0] == new.kid
        assert "SECRET_KEY_PREVIOUS" not in describe().splitlines()[0]
        configure(secret_key=SecretStr(OTHER_SECRET), secret_key_previous=None)
        assert [key.kid for key in stored().keys] == [new.kid]
        body = {"refresh_token": refreshed.json()["refresh_token"]}
        assert client.post("/auth/refresh", json=body).status_code == 200
        body = {"refresh_token": me["refresh_token"]}  # made with the secret that is no longer set
        assert_problem(client.post("/auth/refresh", json=body), 401, "token_invalid")


class TestRotation:
    @pytest.fixture(autouse=True)
    def _first(self, client: httpx.Client) -> None:
        client.get(JWKS)

    def test_a_new_key_is_published_fifteen_minutes_before_it_signs(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        old = stored().keys[0].kid
        with unit_of_work() as db:
            new = steps.rotate(db).kid
        forget_keys()
        published = {key["kid"] for key in client.get(JWKS).json()["keys"]}
        assert published == {old, new}
        assert kid_of(sign_up("first@example.com")["access_token"]) == old
        moved.advance(timedelta(minutes=15))
        assert kid_of(sign_up("second@example.com")["access_token"]) == new

    def test_the_old_key_verifies_until_its_last_token_has_expired(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        with unit_of_work() as db:
            steps.rotate(db)
        forget_keys()
        moved.advance(timedelta(minutes=14, seconds=59))
        me = sign_up()
        moved.advance(timedelta(minutes=15, seconds=55))
        assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
        moved.advance(timedelta(minutes=2))
        assert len(client.get(JWKS).json()["keys"]) == 1

    def test_a_spent_key_verifies_no_token_even_if_it_is_still_stored(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me, old = sign_up(), stored().keys[0]
        with unit_of_work() as db:
            steps.rotate(db)
        claims = jwt.decode(me["access_token"], options={"verify_signature": False})
        for minutes, status in ((30, 200), (2, 401)):
            moved.advance(timedelta(minutes=minutes))
            forget_keys()
            times = {"iat": int(now().timestamp()), "exp": int(now().timestamp()) + 900}
            headers = {"kid": old.kid, "typ": "at+jwt"}
            token = jwt.encode(claims | times, old.private_key, "ES256", headers=headers)
            answer = client.get("/auth/profile", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == status
        assert old.kid in [key.kid for key in stored().keys]

    def test_an_old_key_is_rotated_automatically(self, client: httpx.Client, moved: Clock) -> None:
        moved.advance(timedelta(days=29))
        forget_keys()
        assert len(client.get(JWKS).json()["keys"]) == 1
        moved.advance(timedelta(days=1, minutes=1))
        forget_keys()
        assert len(client.get(JWKS).json()["keys"]) == 2
        forget_keys()
        assert len(client.get(JWKS).json()["keys"]) == 2

    def test_a_rotation_is_refused_while_a_published_key_waits(self) -> None:
        with unit_of_work() as db:
            steps.rotate(db)
        with pytest.raises(RotationRefused, match=r"signs in \d+ seconds"), unit_of_work() as db:
            steps.rotate(db)
        assert len(stored().keys) == 2

    def test_a_rotation_at_once_does_not_wait(self, client: httpx.Client, sign_up: SignUp) -> None:
        with unit_of_work() as db:
            steps.rotate(db)
            new = steps.rotate(db, at_once=True)
        forget_keys()
        assert kid_of(sign_up()["access_token"]) == new.kid
        assert len(client.get(JWKS).json()["keys"]) == 3

    def test_a_key_lives_longer_if_tokens_live_longer(
        self, client: httpx.Client, configure: Callable[..., Settings]
    ) -> None:
        configure(access_token_ttl=3600)
        client.get(JWKS)
        assert stored().keys[0].longest_ttl == timedelta(hours=1)
        configure(access_token_ttl=60)
        client.get(JWKS)
        assert stored().keys[0].longest_ttl == timedelta(hours=1)


class TestRetirement:
    def two(self) -> tuple[str, str]:
        with unit_of_work() as db:
            first = steps.keep_up(db).keys[0]
            return first.kid, steps.rotate(db, at_once=True).kid

    def test_retiring_a_key_with_valid_tokens_is_refused_with_the_wait(self) -> None:
        old, _ = self.two()
        words = r"may live for another (95\d|960) seconds"
        with pytest.raises(RetirementRefused, match=words), unit_of_work() as db:
            steps.retire(db, old)
        assert len(stored().keys) == 2

    def test_retiring_the_key_that_signs_is_refused(self) -> None:
        _, new = self.two()
        with pytest.raises(RetirementRefused, match="postern keys rotate"), unit_of_work() as db:
            steps.retire(db, new, leaked=True)

    def test_retiring_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(UnknownKey), unit_of_work() as db:
            steps.retire(db, "none")

    def test_retiring_a_leaked_key_ends_its_tokens(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        old, _ = self.two()
        with unit_of_work() as db:
            steps.retire(db, old, leaked=True)
        forget_keys()
        assert_problem(client.get("/auth/profile", headers=me["headers"]), 401, "token_invalid")

    def test_a_key_under_another_secret_is_retired_only_as_leaked(
        self, configure: Callable[..., Settings]
    ) -> None:
        with unit_of_work() as db:
            old = steps.keep_up(db).keys[0].kid
        configure(secret_key=SecretStr(OTHER_SECRET))
        assert describe() == f"{old}  sealed under another SECRET_KEY"
        with pytest.raises(RetirementRefused, match="in use"), unit_of_work() as db:
            steps.retire(db, old)
        with unit_of_work() as db:
            steps.retire(db, old, leaked=True)
        assert stored() == KeySet()

    def test_retiring_a_key_that_is_about_to_sign_is_refused(self, moved: Clock) -> None:
        with unit_of_work() as db:
            steps.keep_up(db)
            new = steps.rotate(db).kid
        moved.advance(timedelta(minutes=14))
        with pytest.raises(RetirementRefused, match="in a moment"), unit_of_work() as db:
            steps.retire(db, new)
        moved.advance(timedelta(minutes=-2))
        with unit_of_work() as db:
            steps.retire(db, new)

    def test_a_spent_key_can_be_retired(self) -> None:
        old, new = self.two()
        with clock.frozen(now() + timedelta(minutes=17)):
            assert stored().state(stored().keys[0], now()) is KeyState.SPENT
            with unit_of_work() as db:
                steps.retire(db, old)
        assert [key.kid for key in stored().keys] == [new]

    def test_only_spent_keys_are_removed(self) -> None:
        _, new = self.two()
        with unit_of_work() as db:
            assert steps.remove_spent(db) == 0
        with clock.frozen(now() + timedelta(minutes=17)), unit_of_work() as db:
            assert steps.remove_spent(db) == 1
        assert [key.kid for key in stored().keys] == [new]


class TestLookUps:
    def test_a_known_key_costs_no_query(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        with recorded() as statements:
            for _ in range(5):
                assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
        assert not [sql for sql in statements if "signing_key" in sql]

    def test_many_unknown_key_ids_cost_one_query_per_interval(
        self, live: httpx.Client, sign_up: SignUp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("look_up_every", "renew_every"):
            monkeypatch.setattr(part("keyring"), name, 600.0)
        me = sign_up()
        _, payload, signature = me["access_token"].split(".")

        def ask(number: int) -> int:
            forged = jwt.encode({}, "k" * 40, "HS256", headers={"kid": f"random-{number}"})
            token = f"{forged.split('.')[0]}.{payload}.{signature}"
            answer = live.get("/auth/profile", headers={"Authorization": f"Bearer {token}"})
            assert answer.json()["code"] == "token_invalid"
            return answer.status_code

        forget_keys()
        with recorded() as statements, ThreadPoolExecutor(16) as pool:
            assert set(pool.map(ask, range(400))) == {401}
        assert len([sql for sql in statements if "signing_key" in sql]) == 1

    def test_a_rotation_in_another_process_is_noticed(
        self, client: httpx.Client, sign_up: SignUp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        me = sign_up()
        with unit_of_work() as db:  # like another process: this one's key ring does not know
            new = steps.rotate(db, at_once=True)
        claims = jwt.decode(me["access_token"], options={"verify_signature": False})
        headers = {"kid": new.kid, "typ": "at+jwt"}
        token = jwt.encode(claims, new.private_key, "ES256", headers=headers)
        bearer = {"Authorization": f"Bearer {token}"}
        monkeypatch.setattr(part("keyring"), "look_up_every", 0.0)
        assert client.get("/auth/profile", headers=bearer).status_code == 200


class TestPublishing:
    def test_the_key_set_can_be_cached_and_revalidated(self, client: httpx.Client) -> None:
        answer = client.get(JWKS)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "public, max-age=300"
        tag = answer.headers["etag"]
        for offered in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = client.get(JWKS, headers={"If-None-Match": offered})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        assert client.get(JWKS, headers={"If-None-Match": '"x"'}).status_code == 200
        head = client.head(JWKS)
        assert (head.status_code, head.headers["etag"], head.content) == (200, tag, b"")

    def test_a_generic_verifier_finds_the_key_set(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        document = client.get("/.well-known/openid-configuration").json()
        assert document["issuer"] == "http://api.test"
        assert document["jwks_uri"] == "http://api.test/.well-known/jwks.json"
        keys = jwt.PyJWKSet.from_dict(client.get(JWKS).json())
        token = sign_up()["access_token"]
        claims = jwt.decode(
            token,
            keys[kid_of(token)],
            algorithms=["ES256"],
            audience="http://api.test",
            issuer=document["issuer"],
        )
        assert claims["sub"] == "1"
