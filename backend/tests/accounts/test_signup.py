"""Which sign-ups are accepted, and what is stored."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg2
import pytest

from tests.support.asking import until_served
from tests.web.test_metrics import value
from tests.web.test_problems import assert_problem

PASSWORD = "testpass123"


def stored(direct: psycopg2.extensions.connection) -> list[tuple[str, ...]]:
    with direct.cursor() as cursor:
        cursor.execute('SELECT email, email_key, password_hash, name FROM "user" ORDER BY id')
        return cursor.fetchall()


class TestEmail:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("ada@example.com", "ada@example.com"),
            ("Ada.Lovelace@EXAMPLE.com", "Ada.Lovelace@example.com"),
            ("ada+tag@example.com", "ada+tag@example.com"),
            ("zoe\u0308@example.com", "zo\u00eb@example.com"),
            ("用户@例子.广告", "用户@例子.广告"),
            ("a@b.de", "a@b.de"),
            ("o'hara@example.com", "o'hara@example.com"),
        ],
    )
    def test_an_email_is_stored_in_nfc_with_a_lower_case_domain(
        self, client: httpx.Client, sent: str, kept: str
    ) -> None:
        answer = client.post("/auth/signup", json={"email": sent, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        assert answer.json()["email"] == kept

    @pytest.mark.parametrize(
        "email",
        [
            "",
            " ",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "ada@localhost",
            "ada@@example.com",
            "ada@exam ple.com",
            '"ada lovelace"@example.com',
            '"ada"@example.com',
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "ada@example.com,eve@example.net",
            "ada@example.com;eve@example.net",
            "ada@example.com eve@example.net",
            "ada(comment)@example.com",
            "ada@example.com(comment)",
            "ada@[127.0.0.1]",
            "ada\t@example.com",
            "ada\r\n@example.com",
            "ada@example.com\n",
            "ada@example.com\r\nBcc: eve@example.net",
            "ada\u200b@example.com",
            "ada\u202e@example.com",
            "ada..b@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "ada@-example.com",
            "ada@example..com",
            "a" * 65 + "@example.com",
            "a@" + "b" * 250 + ".com",
            "a" * 400,
            "mailto:ada@example.com",
        ],
    )
    def test_an_invalid_email_is_refused_and_nothing_is_stored(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, email: str
    ) -> None:
        answer = client.post("/auth/signup", json={"email": email, "password": PASSWORD})
        assert_problem(answer, 422, "validation_failed")
        assert [error["field"] for error in answer.json()["errors"]] == ["email"]
        assert stored(direct) == []

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("ada@example.com", "ADA@EXAMPLE.COM"),
            ("zoë@example.com", "ZOE\u0308@example.com"),
            ("straße@example.com", "STRASSE@example.com"),
            ("σίσυφος@example.com", "ΣΊΣΥΦΟΣ@example.com"),
            ("ada@bücher.example.com", "ada@xn--bcher-kva.example.com"),
        ],
    )
    def test_two_spellings_of_one_address_are_one_account(
        self,
        client: httpx.Client,
        direct: psycopg2.extensions.connection,
        first: str,
        second: str,
    ) -> None:
        created = client.post("/auth/signup", json={"email": first, "password": PASSWORD})
        assert created.status_code == 201, created.text
        answer = client.post("/auth/signup", json={"email": second, "password": PASSWORD})
        assert_problem(answer, 409, "email_taken")
        assert len(stored(direct)) == 1
        for spelling in (first, second):
            body = {"email": spelling, "password": PASSWORD}
            assert client.post("/auth/signin", json=body).status_code == 200

    def test_a_taken_address_costs_no_hash(self, client: httpx.Client) -> None:
        body = {"email": "ada@example.com", "password": PASSWORD}
        assert client.post("/auth/signup", json=body).status_code == 201
        hashed = value(client, "postern_hash_seconds_count")
        assert_problem(client.post("/auth/signup", json=body), 409, "email_taken")
        assert value(client, "postern_hash_seconds_count") == hashed

    def test_only_one_of_32_parallel_sign_ups_succeeds(
        self, client: httpx.Client, direct: psycopg2.extensions.connection
    ) -> None:
        def post(_: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=30) as own:
                return until_served(lambda: own.post("/auth/signup", json=body)).status_code

        body = {"email": "race@example.com", "password": PASSWORD}
        with ThreadPoolExecutor(32) as pool:
            codes = list(pool.map(post, range(32)))
        assert sorted(codes) == [201] + [409] * 31
        assert len(stored(direct)) == 1


LONG = "copper door lantern staple " * 37 + "to the end of it: the 1,0"


class TestPassword:
    @pytest.mark.parametrize("password", ["", "1234567", "🔑" * 7])
    def test_the_minimum_length_counts_characters(
        self, client: httpx.Client, password: str
    ) -> None:
        answer = client.post("/auth/signup", json={"email": "a@b.de", "password": password})
        assert_problem(answer, 422, "validation_failed")
        assert answer.json()["errors"][0]["code"] == "password_too_short"

    @pytest.mark.parametrize(
        "password",
        ["83920174", "🔑🚪🧱🪨🏰🕯️🐢🌷", " q w x z k ", LONG, "\t\n tulip", "пароль12", LONG[:73]],
    )
    def test_any_characters_are_allowed(self, client: httpx.Client, password: str) -> None:
        body = {"email": "ada@example.com", "password": password}
        assert client.post("/auth/signup", json=body).status_code == 201
        assert client.post("/auth/signin", json=body).status_code == 200
        wrong = {**body, "password": password + "x" if len(password) < 1024 else password[:-1]}
        assert client.post("/auth/signin", json=wrong).status_code == 401

    def test_more_than_1024_characters_are_refused(self, client: httpx.Client) -> None:
        answer = client.post("/auth/signup", json={"email": "a@b.de", "password": "a" * 1025})
        assert_problem(answer, 422, "validation_failed")
        assert answer.json()["errors"][0]["code"] == "password_too_long"

    def test_only_the_hash_is_stored(
        self, client: httpx.Client, direct: psycopg2.extensions.connection
    ) -> None:
        client.post("/auth/signup", json={"email": "a@b.de", "password": PASSWORD})
        [(_, _, password_hash, _)] = stored(direct)
        assert password_hash.startswith("$bcrypt-sha256$v=2,t=2b,r=4$")
        assert PASSWORD not in str(stored(direct))


class TestName:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [("Ada", "Ada"), ("  Ada  ", "Ada"), ("", None), ("  ", None), (None, None), ("李", "李")],
    )
    def test_a_name_is_trimmed_and_optional(
        self,
        client: httpx.Client,
        direct: psycopg2.extensions.connection,
        sent: str | None,
        kept: str | None,
    ) -> None:
        body = {"email": "a@b.de", "password": PASSWORD, "name": sent}
        assert client.post("/auth/signup", json=body).status_code == 201
        assert stored(direct)[0][3] == kept

    def test_a_name_that_is_too_long_is_refused_with_a_clear_message(
        self, client: httpx.Client
    ) -> None:
        body = {"email": "a@b.de", "password": PASSWORD, "name": "{0}" * 67}
        [error] = client.post("/auth/signup", json=body).json()["errors"]
        assert error["message"] == "Use at most 200 characters."

    @pytest.mark.parametrize("email", ["a{0}b@", "a{x}@{y}", "{}@@{}"])
    def test_braces_in_an_email_are_plain_characters(
        self, client: httpx.Client, email: str
    ) -> None:
        body = {"email": email, "password": PASSWORD}
        assert_problem(client.post("/auth/signup", json=body), 422, "validation_failed")

    @pytest.mark.parametrize("name", ["a\nb", "\x1bb", "a" * 201, "\x7f", "a\u202eb", "a\u2066b"])
    def test_control_characters_and_long_names_are_refused(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, name: str
    ) -> None:
        body = {"email": "a@b.de", "password": PASSWORD, "name": name}
        assert_problem(client.post("/auth/signup", json=body), 422, "validation_failed")
        assert stored(direct) == []
