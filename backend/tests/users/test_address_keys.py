"""Accounts of the previous release get their keys, sign in before and after, and never merge."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from src.database.database import unit_of_work
from src.passwords.hashes import get_password_hash
from src.users import steps as users
from src.users import upkeep
from src.users.addresses import address_key, former_key
from src.users.errors import EmailTaken
from tests.support.scratch import Scratch
from tests.support.service import alembic
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
PASSWORD = "testpass123"
OTHER = "another passphrase"
SHARP, DOUBLE = "a@straße.de", "a@strasse.de"


class Previous:
    """Makes accounts as the previous release does."""

    def __init__(self, direct: Connection) -> None:
        self._direct = direct

    def sign_up(self, email: str, password: str = PASSWORD) -> int:
        with self._direct.cursor() as cursor:
            cursor.execute(
                'INSERT INTO "user" (email, email_key, password_hash, created_at, updated_at) '
                "VALUES (%s, %s, %s, now(), now()) RETURNING id",
                (email, email.casefold(), get_password_hash(password)),
            )
            row = cursor.fetchone()
        assert row
        return int(row[0])

    def stored(self) -> list[str | None]:
        with self._direct.cursor() as cursor:
            cursor.execute('SELECT address_key FROM "user" ORDER BY id')
            return [key for (key,) in cursor.fetchall()]


@pytest.fixture
def previous(client: httpx.Client, direct: Connection) -> Previous:  # noqa: ARG001  it wipes
    return Previous(direct)


def sign_in(client: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/auth/signin", json={"email": email, "password": password})


def sign_up(client: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/auth/signup", json={"email": email, "password": password})


def whose(client: httpx.Client, email: str, password: str = PASSWORD) -> int:
    """The id of the account that these sign in to."""
    answer = sign_in(client, email, password)
    assert answer.status_code == 200, answer.text
    header = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    return int(client.get("/auth/profile", headers=header).json()["id"])


def backfill(job: upkeep.AddressJob | None = None) -> int:
    return (job or upkeep.AddressJob()).run(threading.Event())


class TestTheJob:
    def test_gives_each_account_its_key_and_finds_nothing_the_next_time(
        self, previous: Previous
    ) -> None:
        emails = ["ada@example.com", SHARP, "ＥＶＥ@example.com"]
        for email in emails:
            previous.sign_up(email)
        assert previous.stored() == [None] * 3
        assert backfill() == 3
        assert previous.stored() == [address_key(email) for email in emails]
        assert backfill() == 0

    def test_works_in_batches(self, previous: Previous) -> None:
        for number in range(5):
            previous.sign_up(f"ada{number}@example.com")
        walk, seen = upkeep.AddressKeys(), []
        for _ in range(4):
            with unit_of_work() as db:
                seen.append(walk.batch(db, most=2))
        assert seen == [2, 2, 1, 0]
        assert None not in previous.stored()

    def test_catches_what_the_previous_release_adds_later(self, previous: Previous) -> None:
        backfill()
        previous.sign_up("late@example.com")
        assert backfill() == 1
        assert previous.stored() == ["late@example.com"]

    def test_leaves_rows_that_a_request_holds_for_the_next_time(
        self, previous: Previous, direct: Connection
    ) -> None:
        previous.sign_up("ada@example.com")
        direct.autocommit = False
        with direct.cursor() as cursor:
            cursor.execute('SELECT FROM "user" FOR NO KEY UPDATE')
            assert backfill() == 0
        direct.rollback()
        direct.autocommit = True
        assert backfill() == 1

    def test_begins_again_where_somebody_signs_up_at_the_same_moment(
        self, previous: Previous, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        previous.sign_up("ａda@example.com")
        store = upkeep.store
        times: list[dict[int, str]] = []

        def late(db: Any, keys: dict[int, str]) -> None:
            if not times:
                assert sign_up(client, "ada@example.com").status_code == 201
            times.append(keys)
            store(db, keys)

        monkeypatch.setattr(upkeep, "store", late)
        assert backfill() == 0
        assert [len(keys) for keys in times] == [1, 0]
        assert previous.stored() == [None, "ada@example.com"]


class TestTwoThatLookAlike:
    TWIN, SHADOW = "twin@example.com", "tw\ufe0fin@example.com"

    @pytest.fixture
    def ids(self, previous: Previous) -> tuple[int, int]:
        return previous.sign_up(self.SHADOW, OTHER), previous.sign_up(self.TWIN)

    def test_never_merge_the_older_gets_the_key_and_both_sign_in(
        self, client: httpx.Client, previous: Previous, ids: tuple[int, int]
    ) -> None:
        for _ in range(2):  # before the keys are made, and after
            assert whose(client, self.SHADOW, OTHER) == ids[0]
            assert whose(client, self.TWIN) == ids[1]
            assert_problem(sign_in(client, self.TWIN, OTHER), 401, "invalid_credentials")
            assert_problem(sign_in(client, self.SHADOW), 401, "invalid_credentials")
            backfill()
        assert previous.stored() == ["twin@example.com", None]
        assert_problem(sign_up(client, "ｔｗｉｎ@example.com"), 409, "email_taken")

    def test_are_logged_once_by_their_ids(
        self, ids: tuple[int, int], caplog: pytest.LogCaptureFixture
    ) -> None:
        job = upkeep.AddressJob()
        backfill(job)
        backfill(job)
        said = [line for line in caplog.messages if "addresses_alike" in line]
        assert len(said) == 1
        assert f"accounts {ids[0]} and {ids[1]} " in said[0]
        assert "example.com" not in said[0]

    def test_whoever_has_the_key_keeps_it(self, client: httpx.Client, previous: Previous) -> None:
        """Somebody signed up before the account of the previous release had its key."""
        first = previous.sign_up(self.SHADOW, OTHER)
        assert sign_up(client, self.TWIN).status_code == 201
        backfill()
        assert previous.stored() == [None, "twin@example.com"]
        assert whose(client, self.SHADOW, OTHER) == first
        assert whose(client, self.TWIN) != first


class TestTwoDomainsThatWereOne:
    @pytest.mark.parametrize("filled", [False, True], ids=["before its key", "after"])
    @pytest.mark.parametrize(("first", "second"), [(SHARP, DOUBLE), (DOUBLE, SHARP)])
    def test_have_an_account_each(
        self, client: httpx.Client, previous: Previous, first: str, second: str, *, filled: bool
    ) -> None:
        older = previous.sign_up(first)
        if filled:
            backfill()
        assert_problem(sign_in(client, second), 401, "invalid_credentials")
        assert sign_up(client, second, OTHER).status_code == 201
        backfill()
        assert previous.stored() == [address_key(first), address_key(second)]
        assert whose(client, first) == older
        assert whose(client, second, OTHER) != older
        for email, wrong in ((first, OTHER), (second, PASSWORD)):
            assert_problem(sign_in(client, email, wrong), 401, "invalid_credentials")
        for email in (first, second):
            assert_problem(sign_up(client, email), 409, "email_taken")

    def test_also_for_the_two_forms_of_sigma(self, client: httpx.Client) -> None:
        for email in ("a@όνομας.gr", "a@όνομασ.gr"):
            assert sign_up(client, email).status_code == 201

    def test_the_previous_release_is_not_shown_the_wrong_account(
        self, client: httpx.Client, previous: Previous, direct: Connection
    ) -> None:
        older = previous.sign_up(SHARP)
        assert sign_up(client, DOUBLE, OTHER).status_code == 201
        with direct.cursor() as cursor:
            cursor.execute('SELECT id FROM "user" WHERE email_key = %s', (former_key(DOUBLE),))
            assert cursor.fetchall() == [(older,)]


class TestSigningUp:
    def test_another_form_of_a_taken_address_is_refused(self, client: httpx.Client) -> None:
        assert sign_up(client, "twin@example.com").status_code == 201
        for email in ("ｔｗｉｎ@example.com", "𝐭𝐰𝐢𝐧@example.com", "twi\u0307n@example.com"):
            assert_problem(sign_up(client, email), 409, "email_taken")
            assert sign_in(client, email).status_code == 200

    def test_at_the_same_moment_the_index_decides(self, previous: Previous) -> None:
        with unit_of_work() as db:
            users.create(db, email="twin@example.com", password_hash=None, name=None)
        with pytest.raises(EmailTaken), unit_of_work() as db:
            users.create(db, email="ｔｗｉｎ@example.com", password_hash=None, name=None)
        assert previous.stored() == ["twin@example.com"]

    def test_with_something_unseen_is_refused_and_nothing_is_stored(
        self, client: httpx.Client, previous: Previous
    ) -> None:
        answer = sign_up(client, "tw\ufe0fin@example.com")
        assert_problem(answer, 422, "validation_failed")
        assert answer.json()["errors"][0]["code"] == "email_has_invisible_characters"
        assert previous.stored() == []


class TestLimits:
    def test_all_spellings_share_the_limits_against_guessing(
        self, client: httpx.Client, direct: Connection, configure: Callable[..., Any]
    ) -> None:
        """Otherwise each spelling would allow fifty more guesses at one account."""
        configure(rate_limits=True)
        sign_up(client, "twin@example.com")
        for email in ("twin@example.com", "ｔｗｉｎ@example.com", "TWİN@example.com"):
            sign_in(client, email, "wrong passphrase")
        with direct.cursor() as cursor:
            cursor.execute("SELECT failures FROM failure_streak")
            assert cursor.fetchall() == [(3,)]


def test_a_downgrade_and_an_upgrade_keep_the_accounts(scratch: Scratch) -> None:
    scratch.sql(
        'INSERT INTO "user" (email, email_key, address_key, created_at, updated_at) '
        "VALUES ('a@b.c', 'a@b.c', 'a@b.c', now(), now())"
    )
    alembic("downgrade", "8d41c7e2b5a9", settings=scratch.settings)
    alembic("upgrade", "head", settings=scratch.settings)
    assert scratch.sql('SELECT email, address_key FROM "user"') == [("a@b.c", None)]
