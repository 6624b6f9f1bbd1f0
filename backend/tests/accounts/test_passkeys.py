"""The passkeys of one's own account: adding, listing, renaming, removing; and the last way in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import jwt
import psycopg2
import pytest
from pydantic import SecretStr

from src.accounts.passkeys.steps import MOST
from src.auth.passkeys.makers import NAMES
from src.kit.clock import Clock
from src.settings import Environment, Settings, get_settings
from tests.conftest import PASSWORD
from tests.support import factors
from tests.support.asking import until_served
from tests.support.authenticator import BE, BS, EDDSA, ES256, RS256, UP, UV, Authenticator, b64
from tests.support.factors import EMAIL, enrol, recovery_codes, signed_in
from tests.support.mailbox import Mailbox
from tests.support.passkeys import (
    add,
    added,
    first_step,
    new_options,
    proof_options,
    prove,
    second_step,
    sign_in,
    signin_options,
)
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
LONG = timedelta(minutes=10, seconds=1)


def listed(client: httpx.Client, me: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get("/auth/factors", headers=me["headers"])
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["passkeys"]
    return found


def change(direct: Connection, statement: str) -> None:
    with direct.cursor() as cursor:
        cursor.execute(statement)


def verify(direct: Connection) -> None:
    change(direct, 'UPDATE "user" SET email_verified_at = now()')


def remove(client: httpx.Client, me: dict[str, Any], passkey_id: int) -> httpx.Response:
    return client.delete(f"/auth/passkeys/{passkey_id}", headers=me["headers"])


def remove_password(client: httpx.Client, me: dict[str, Any]) -> httpx.Response:
    return client.delete("/auth/password", headers=me["headers"])


class TestAdding:
    def test_the_options_are_those_of_the_settings(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure
    ) -> None:
        configure(web_url="https://Example.com/app", app_name="Ada & Söhne")
        options = new_options(client, me)
        assert options["rp"] == {"id": "example.com", "name": "Ada & Söhne"}
        assert options["pubKeyCredParams"] == [
            {"type": "public-key", "alg": alg} for alg in (ES256, EDDSA, RS256)
        ]
        assert options["attestation"] == "none"
        assert options["authenticatorSelection"] == {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "preferred",
        }
        assert options["excludeCredentials"] == []
        assert (options["user"]["name"], options["user"]["displayName"]) == (EMAIL, EMAIL)
        assert len(options["user"]["id"]) == 43  # 32 random bytes
        assert options["timeout"] == 300_000

    @pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
    def test_the_answer_is_the_passkey(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox, algorithm: int
    ) -> None:
        answer = add(client, me, Authenticator(algorithm))
        assert answer.status_code == 201, answer.text
        shown = answer.json()
        assert set(shown) == {"id", "name", "created_at", "last_used_at", "backed_up"}
        assert (shown["name"], shown["backed_up"]) == ("Bitwarden", True)
        assert shown["last_used_at"] is None
        assert listed(client, me) == [shown]
        assert "A passkey was added" in mailbox.wait("factor_added")["text"]

    def test_the_body_may_be_the_form_of_webauthn_itself(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        sent = Authenticator().make(new_options(client, me))
        sent["response"]["more"] = {"a": [1]}
        sent["name"] = "My phone"
        answer = client.post("/auth/passkeys", json=sent, headers=me["headers"])
        assert answer.status_code == 201, answer.text
        assert answer.json()["name"] == "My phone"

    def test_the_session_has_shown_it(self, client: httpx.Client, me: dict[str, Any]) -> None:
        added(client, me)
        answer = client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]})
        tokens = signed_in(answer)
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["pwd", "swk", "mfa"], "aal2")
        added(client, tokens)

    def test_the_others_are_excluded_and_the_handle_stays(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me)
        options = new_options(client, me)
        assert options["excludeCredentials"] == [
            {
                "id": b64(one.credential_id),
                "type": "public-key",
                "transports": ["internal", "hybrid"],
            }
        ]
        assert one.handle is not None
        assert options["user"]["id"] == b64(one.handle)

    @pytest.mark.parametrize(
        ("aaguid", "name"),
        [
            (next(iter(NAMES)), "Google Password Manager"),
            ("0" * 8 + "-0000" * 3 + "-" + "0" * 12, "Passkey"),
        ],
    )
    def test_it_is_named_after_its_maker(
        self, client: httpx.Client, me: dict[str, Any], aaguid: str, name: str
    ) -> None:
        one = Authenticator(aaguid=bytes.fromhex(aaguid.replace("-", "")))
        assert add(client, me, one).json()["name"] == name

    def test_a_name_that_another_passkey_has_gets_a_number(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        names = [add(client, me, Authenticator()).json()["name"] for _ in range(3)]
        assert len(set(names)) == 3
        assert names[1:] == [f"{names[0]} 2", f"{names[0]} 3"]
        first = listed(client, me)[0]
        assert remove(client, me, first["id"]).status_code == 204
        # The name of the removed one is free again.
        assert add(client, me, Authenticator()).json()["name"] == names[0]
        assert add(client, me, Authenticator(), name=names[1]).json()["name"] == names[1]

    def test_a_name_beside_it_wins(self, client: httpx.Client, me: dict[str, Any]) -> None:
        answer = add(client, me, Authenticator(), name="  My phone\u200b ")
        assert answer.json()["name"] == "My phone"

    def test_unknown_transports_are_left_out(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        added(client, me, Authenticator(transports=("usb", "pigeon", "usb", "nfc")))
        assert rows(direct, "SELECT transports FROM passkey") == [("usb nfc",)]

    @pytest.mark.parametrize(
        "said",
        [
            {"origin": "https://evil.example"},
            {"rp_id": "evil.example"},
            {"flags": UV | BE | BS},
            {"client": {"crossOrigin": True}},
            {"client": {"challenge": b64(b"made up")}},
            {"twist_object": lambda _: b"\x81" * 3000},
            {"twist_object": lambda _: b"\x9b" + b"\xff" * 8},
            {"twist_key": lambda key: {**key, 3: -35}},
        ],
        ids=["origin", "rp", "presence", "frame", "challenge", "nesting", "huge", "algorithm"],
    )
    def test_a_wrong_answer_adds_nothing(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, said: dict[str, Any]
    ) -> None:
        one = Authenticator(**said)
        assert_problem(add(client, me, one), 422, "attestation_invalid")
        assert rows(direct, "SELECT * FROM passkey") == []
        assert rows(direct, "SELECT * FROM used_challenge") == []

    @pytest.mark.parametrize(
        "change_body",
        [
            lambda sent: sent.pop("rawId"),
            lambda sent: sent.update(type="other"),
            lambda sent: sent.update(rawId="="),
            lambda sent: sent.update(id="a"),
            lambda sent: sent.update(rawId="ab+/"),
            lambda sent: sent.update(rawId="A" * 1367),
            lambda sent: sent["response"].update(attestationObject="A" * 8001),
            lambda sent: sent["response"].update(clientDataJSON=5),
            lambda sent: sent["response"].update(transports=["a" * 51]),
            lambda sent: sent.update(response=[]),
        ],
    )
    def test_a_broken_body_is_refused(
        self, client: httpx.Client, me: dict[str, Any], change_body: Callable[[Any], Any]
    ) -> None:
        sent = Authenticator().make(new_options(client, me))
        change_body(sent)
        body = {"attestation": sent}
        answer = client.post("/auth/passkeys", json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")

    def test_a_stale_session_adds_nothing(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock, direct: Connection
    ) -> None:
        moved.advance(timedelta(minutes=9))
        sent = Authenticator().make(new_options(client, me))
        moved.advance(timedelta(minutes=2))
        refused = client.post("/auth/passkeys/options", headers=me["headers"])
        assert_problem(refused, 403, "reauthentication_required")
        body = {"attestation": sent}
        refused = client.post("/auth/passkeys", json=body, headers=me["headers"])
        assert_problem(refused, 403, "reauthentication_required")
        assert rows(direct, "SELECT * FROM passkey") == []

    def test_a_second_factor_has_to_be_shown_first(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        body = {"email": EMAIL, "password": PASSWORD}
        elsewhere = signed_in(client.post("/auth/signin", json=body))
        enrol(client, me)
        refused = client.post("/auth/passkeys/options", headers=elsewhere["headers"])
        assert_problem(refused, 403, "reauthentication_required")
        assert refused.json()["factors"] == ["totp"]

    def test_a_credential_belongs_to_one_account(
        self, client: httpx.Client, me: dict[str, Any], sign_up: SignUp, direct: Connection
    ) -> None:
        one = added(client, me)
        other = sign_up("eve@example.com")
        for who in (me, other):
            stolen = Authenticator(credential_id=one.credential_id)
            assert_problem(add(client, who, stolen), 409, "passkey_taken")
        assert rows(direct, "SELECT user_id FROM passkey") == [(me["id"],)]
        signed_in(sign_in(client, one.use(signin_options(client))))

    def test_of_the_same_credential_for_32_accounts_one_is_added(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        people = [sign_up(f"person{number}@example.com") for number in range(8)]
        sent = [
            Authenticator(credential_id=b"the same for all").make(new_options(client, one))
            for one in people
        ]

        def one(number: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                post = partial(own.post, "/auth/passkeys", headers=people[number]["headers"])
                return until_served(lambda: post(json={"attestation": sent[number]})).status_code

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(one, range(8))) == [201] + [409] * 7
        assert rows(direct, "SELECT count(*) FROM passkey") == [(1,)]

    def test_an_account_has_twenty_at_most(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        added(client, me)
        waiting = Authenticator().make(new_options(client, me))
        change(
            direct,
            "CREATE TEMP TABLE copied AS SELECT p.* FROM passkey p, generate_series(2, 20);"
            "CREATE TEMP SEQUENCE numbers START 2;"
            "UPDATE copied SET id = nextval('numbers');"
            "UPDATE copied SET credential_id = convert_to(id::text, 'UTF8');"
            "INSERT INTO passkey SELECT * FROM copied; DROP TABLE copied",
        )
        refused = client.post("/auth/passkeys/options", headers=me["headers"])
        assert_problem(refused, 409, "too_many_passkeys")
        body = {"attestation": waiting}
        refused = client.post("/auth/passkeys", json=body, headers=me["headers"])
        assert_problem(refused, 409, "too_many_passkeys")
        assert len(listed(client, me)) == MOST


class TestRenaming:
    def test_the_name_changes(self, client: httpx.Client, me: dict[str, Any]) -> None:
        passkey_id = add(client, me, Authenticator()).json()["id"]
        path, body = f"/auth/passkeys/{passkey_id}", {"name": " Blue\u200dkey "}
        answer = client.patch(path, json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")
        answer = client.patch(path, json={"name": " Blue key "}, headers=me["headers"])
        assert answer.status_code == 200
        assert answer.json() == listed(client, me)[0]
        assert answer.json()["name"] == "Blue key"

    @pytest.mark.parametrize("name", ["", "  ", None, "a" * 201, "a\tb", "a\u202eb", 5])
    def test_a_name_that_cannot_be_one_is_refused(
        self, client: httpx.Client, me: dict[str, Any], name: Any
    ) -> None:
        passkey_id = add(client, me, Authenticator()).json()["id"]
        path, body = f"/auth/passkeys/{passkey_id}", {"name": name}
        answer = client.patch(path, json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")
        assert listed(client, me)[0]["name"] == "Bitwarden"

    def test_another_persons_passkey_is_not_found(
        self, client: httpx.Client, me: dict[str, Any], sign_up: SignUp
    ) -> None:
        passkey_id = add(client, me, Authenticator()).json()["id"]
        other = sign_up("eve@example.com")
        path, body = f"/auth/passkeys/{passkey_id}", {"name": "Mine"}
        answer = client.patch(path, json=body, headers=other["headers"])
        assert_problem(answer, 404, "not_found")
        assert_problem(remove(client, other, passkey_id), 404, "not_found")
        assert listed(client, me)[0]["name"] == "Bitwarden"


class TestRemoving:
    def test_the_last_second_factor_takes_the_recovery_codes_along(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox
    ) -> None:
        first = add(client, me, Authenticator()).json()["id"]
        second = add(client, me, Authenticator()).json()["id"]
        recovery_codes(client, me)
        attempt = first_step(client)["attempt"]
        assert remove(client, me, first).status_code == 204
        found = client.get("/auth/factors", headers=me["headers"]).json()
        assert found["recovery_codes_left"] == 10
        assert "A passkey was removed" in mailbox.wait("factor_removed")["text"]
        assert remove(client, me, second).status_code == 204
        found = client.get("/auth/factors", headers=me["headers"]).json()
        assert (found["recovery_codes_left"], found["passkeys"]) == (0, [])
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post("/auth/signin", json=body).status_code == 200
        answer = second_step(client, attempt, Authenticator().use(signin_options(client)))
        assert_problem(answer, 401, "attempt_invalid")
        assert_problem(remove(client, me, second), 404, "not_found")

    def test_a_stale_session_removes_nothing(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        one = Authenticator()
        passkey_id = add(client, me, one).json()["id"]
        moved.advance(LONG)
        body = {"password": PASSWORD}
        client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        refused = remove(client, me, passkey_id)
        assert_problem(refused, 403, "reauthentication_required")
        assert prove(client, me, one.use(proof_options(client, me))).status_code == 204
        assert remove(client, me, passkey_id).status_code == 204

    def test_whoever_reads_the_mail_of_an_unproved_address_removes_them(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        """Somebody else may have opened the account, with a passkey and no password."""
        configure(magic_link=True)
        one = added(client, me)
        recovery_codes(client, me)
        assert remove_password(client, me).status_code == 204
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        tokens = signed_in(client.post("/auth/magic-link/signin", json=body))
        assert listed(client, tokens) == []
        answer = sign_in(client, one.use(signin_options(client)))
        assert_problem(answer, 401, "passkey_unknown")
        gone = client.get("/auth/profile", headers=me["headers"])
        assert_problem(gone, 401, "session_revoked")
        assert rows(direct, "SELECT * FROM recovery_code") == []


class TestRemovingThePassword:
    def test_a_passkey_signs_in_from_then_on(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, mailbox: Mailbox
    ) -> None:
        verify(direct)
        one = added(client, me)
        elsewhere = signed_in(sign_in(client, one.use(signin_options(client))))
        attempt = first_step(client)["attempt"]
        assert remove_password(client, me).status_code == 204
        assert "The password was removed" in mailbox.wait("factor_removed")["text"]
        assert client.get("/auth/factors", headers=me["headers"]).json()["password"] is False
        body = {"email": EMAIL, "password": PASSWORD}
        assert_problem(client.post("/auth/signin", json=body), 401, "invalid_credentials")
        ended = client.get("/auth/profile", headers=elsewhere["headers"])
        assert_problem(ended, 401, "session_revoked")
        answer = second_step(client, attempt, one.use(signin_options(client)))
        assert_problem(answer, 401, "attempt_invalid")
        signed_in(sign_in(client, one.use(signin_options(client))))
        assert_problem(remove_password(client, me), 404, "not_found")

    def test_the_session_can_be_refreshed(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        verify(direct)
        added(client, me)
        assert remove_password(client, me).status_code == 204
        body = {"refresh_token": me["refresh_token"]}
        signed_in(client.post("/auth/refresh", json=body))

    def test_it_is_set_again_in_a_fresh_session(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        verify(direct)
        added(client, me)
        remove_password(client, me)
        body = {"new_password": "copper lantern staple"}
        answer = client.post("/auth/password/change", json=body, headers=me["headers"])
        assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize("way", ["address", "codes", "second passkey"])
    def test_there_has_to_be_a_way_back(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, way: str
    ) -> None:
        added(client, me)
        refused = remove_password(client, me)
        assert_problem(refused, 409, "last_way_in")
        assert rows(direct, 'SELECT password_hash IS NULL FROM "user"') == [(False,)]
        match way:
            case "address":
                verify(direct)
            case "codes":
                recovery_codes(client, me)
            case _:
                added(client, me)
        assert remove_password(client, me).status_code == 204

    def test_without_mail_only_a_second_passkey_is_a_way_back(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, configure: Configure
    ) -> None:
        """A recovery code needs another proof before it, and there would be none."""
        added(client, me)
        verify(direct)
        recovery_codes(client, me)
        configure(environment=Environment.PRODUCTION)
        assert_problem(remove_password(client, me), 409, "last_way_in")
        configure(environment=Environment.TEST)
        added(client, me)
        configure(environment=Environment.PRODUCTION)
        assert remove_password(client, me).status_code == 204

    def test_there_has_to_be_a_passkey(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        verify(direct)
        enrol(client, me)
        recovery_codes(client, me)
        assert_problem(remove_password(client, me), 409, "last_way_in")

    def test_a_passkey_that_cannot_sign_in_alone_is_none(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        verify(direct)
        added(client, me, Authenticator(flags=UP))
        added(client, me, Authenticator(flags=UP))
        assert_problem(remove_password(client, me), 409, "last_way_in")

    def test_a_stale_session_removes_nothing(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, moved: Clock
    ) -> None:
        verify(direct)
        added(client, me)
        moved.advance(LONG)
        assert_problem(remove_password(client, me), 403, "reauthentication_required")


@pytest.fixture
def without_password(
    client: httpx.Client, me: dict[str, Any], direct: Connection
) -> tuple[dict[str, Any], list[int]]:
    """Two passkeys, and no password."""
    verify(direct)
    ids = [add(client, me, Authenticator()).json()["id"] for _ in range(2)]
    assert remove_password(client, me).status_code == 204
    return me, ids


def ways(direct: Connection) -> list[Any]:
    """Whether the account has a password, and how many passkeys."""
    return rows(
        direct,
        'SELECT password_hash IS NOT NULL, (SELECT count(*) FROM passkey)::int FROM "user"',
    )


class TestTheLastWayIn:
    def test_the_last_passkey_stays(
        self,
        client: httpx.Client,
        without_password: tuple[dict[str, Any], list[int]],
        direct: Connection,
    ) -> None:
        me, (first, second) = without_password
        assert remove(client, me, first).status_code == 204
        assert_problem(remove(client, me, second), 409, "last_way_in")
        assert [one["id"] for one in listed(client, me)] == [second]
        assert len(rows(direct, "SELECT * FROM recovery_code")) == 0

    def test_a_link_by_mail_is_another_way(
        self,
        client: httpx.Client,
        without_password: tuple[dict[str, Any], list[int]],
        configure: Configure,
        direct: Connection,
    ) -> None:
        me, ids = without_password
        configure(magic_link=True)
        change(direct, 'UPDATE "user" SET email_verified_at = NULL')
        assert_problem(remove(client, me, ids[0]), 409, "last_way_in")
        verify(direct)
        assert remove(client, me, ids[0]).status_code == 204
        assert remove(client, me, ids[1]).status_code == 204

    @pytest.mark.parametrize("password_first", [True, False])
    def test_the_order_of_removals_does_not_matter(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, *, password_first: bool
    ) -> None:
        """Without a confirmed address, one passkey alone has no way back."""
        first, second = (add(client, me, Authenticator()).json()["id"] for _ in range(2))
        removals = [partial(remove_password, client, me), partial(remove, client, me, first)]
        if not password_first:
            removals.reverse()
        assert removals[0]().status_code == 204
        before = ways(direct)
        assert_problem(removals[1](), 409, "last_way_in")
        assert ways(direct) == before
        verify(direct)
        assert removals[1]().status_code == 204
        assert_problem(remove(client, me, second), 409, "last_way_in")

    @pytest.mark.parametrize("is_verified", [True, False])
    def test_of_many_removals_at_once_as_many_succeed_as_may(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, *, is_verified: bool
    ) -> None:
        if is_verified:
            verify(direct)
        ids = [add(client, me, Authenticator()).json()["id"] for _ in range(3)]

        def one(number: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                if number == len(ids):
                    return until_served(lambda: remove_password(own, me)).status_code
                return until_served(lambda: remove(own, me, ids[number])).status_code

        with ThreadPoolExecutor(4) as pool:
            codes = list(pool.map(one, range(4)))
        assert set(codes) == {204, 409}
        [(has_password, passkeys)] = ways(direct)
        assert has_password or passkeys >= (1 if is_verified else 2)

    def test_a_passkey_that_cannot_sign_in_alone_may_go(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        added(client, me)
        recovery_codes(client, me)
        weak = add(client, me, Authenticator(flags=UP)).json()["id"]
        assert remove_password(client, me).status_code == 204
        change(direct, "DELETE FROM recovery_code")
        assert remove(client, me, weak).status_code == 204

    def test_an_app_is_no_way_in(
        self, client: httpx.Client, without_password: tuple[dict[str, Any], list[int]]
    ) -> None:
        me, ids = without_password
        enrol(client, me)
        assert remove(client, me, ids[0]).status_code == 204
        assert_problem(remove(client, me, ids[1]), 409, "last_way_in")
        assert client.delete("/auth/totp", headers=me["headers"]).status_code == 204

    def test_of_two_removals_at_once_one_succeeds(
        self,
        client: httpx.Client,
        without_password: tuple[dict[str, Any], list[int]],
        direct: Connection,
    ) -> None:
        me, ids = without_password

        def one(number: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                return until_served(lambda: remove(own, me, ids[number % 2])).status_code

        with ThreadPoolExecutor(16) as pool:
            codes = sorted(pool.map(one, range(16)))
        assert codes.count(204) == 1
        assert set(codes) == {204, 404, 409}
        assert rows(direct, "SELECT count(*) FROM passkey") == [(1,)]

    def test_of_the_password_and_the_passkey_one_stays(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        for number in range(6):
            me = sign_up(f"person{number}@example.com")
            verify(direct)
            passkey_id = add(client, me, Authenticator()).json()["id"]

            def one(turn: int, me: dict[str, Any] = me, passkey_id: int = passkey_id) -> int:
                with httpx.Client(base_url=client.base_url, timeout=60) as own:
                    if turn % 2:
                        return until_served(lambda: remove(own, me, passkey_id)).status_code
                    return until_served(lambda: remove_password(own, me)).status_code

            with ThreadPoolExecutor(2) as pool:
                codes = sorted(pool.map(one, range(2)))
            assert codes == [204, 409]
        left = 'SELECT count(*) FROM "user" LEFT JOIN passkey ON user_id = "user".id'
        assert rows(direct, f"{left} WHERE password_hash IS NULL AND passkey.id IS NULL") == [(0,)]

    def test_a_sign_in_beside_the_removal_has_the_passkey_or_is_refused(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        """Either order is right. What counts is that none of them is an error."""
        for number in range(6):
            me = sign_up(f"person{number}@example.com")
            key = Authenticator()
            passkey_id = add(client, me, key).json()["id"]
            sent = key.use(signin_options(client))

            def one(
                turn: int,
                me: dict[str, Any] = me,
                passkey_id: int = passkey_id,
                sent: dict[str, Any] = sent,
            ) -> tuple[str, int]:
                with httpx.Client(base_url=client.base_url, timeout=60) as own:
                    if turn % 2:
                        gone = until_served(lambda: remove(own, me, passkey_id))
                        return "removal", gone.status_code
                    answer = until_served(lambda: sign_in(own, sent))
                    return "sign-in", answer.status_code

            with ThreadPoolExecutor(2) as pool:
                codes = dict(pool.map(one, range(2)))
            assert codes["removal"] == 204
            assert codes["sign-in"] in {200, 401}
        assert rows(direct, "SELECT count(*) FROM passkey") == [(0,)]


class TestATheftOfTheAddress:
    def test_taking_it_back_ends_the_passkeys_of_the_thief(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        direct: Connection,
        moved: Clock,
    ) -> None:
        moved.advance(timedelta())
        me = sign_up()
        verify(direct)
        mine = added(client, me)
        moved.advance(timedelta(days=2))
        thief = signed_in(sign_in(client, mine.use(signin_options(client))))
        before = added(client, thief)
        body = {"password": PASSWORD, "new_email": "thief@example.com"}
        asked = client.post("/auth/email/change", json=body, headers=thief["headers"])
        assert asked.status_code == 202, asked.text
        after = added(client, thief)
        token = mailbox.token("confirm_email")
        assert client.post("/auth/email/change/confirm", json={"token": token}).status_code == 204
        token = mailbox.token("email_changing")
        assert client.post("/auth/email/change/undo", json={"token": token}).status_code == 204
        for of_thief in (before, after):
            refused = sign_in(client, of_thief.use(signin_options(client)))
            assert_problem(refused, 401, "passkey_unknown")
        tokens = signed_in(sign_in(client, mine.use(signin_options(client))))
        assert client.get("/auth/profile", headers=tokens["headers"]).json()["email"] == EMAIL

    def test_it_ends_the_app_and_the_codes_of_the_thief(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        direct: Connection,
    ) -> None:
        thief = sign_up()
        verify(direct)
        enrol(client, thief)
        factors.recovery_codes(client, thief)
        body = {"password": PASSWORD, "new_email": "thief@example.com"}
        asked = client.post("/auth/email/change", json=body, headers=thief["headers"])
        assert asked.status_code == 202, asked.text
        token = mailbox.token("confirm_email")
        assert client.post("/auth/email/change/confirm", json={"token": token}).status_code == 204
        token = mailbox.token("email_changing")
        assert client.post("/auth/email/change/undo", json={"token": token}).status_code == 204
        body = {"token": mailbox.token("reset_password"), "new_password": "copper lantern 77"}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        body = {"email": EMAIL, "password": "copper lantern 77"}
        assert client.post("/auth/signin", json=body).status_code == 200


def test_the_app_is_used_for_the_first_time_once(
    client: httpx.Client, me: dict[str, Any], mailbox: Mailbox, moved: Clock
) -> None:
    secret = enrol(client, me)
    for _ in range(2):
        moved.advance(timedelta(minutes=1))
        attempt = factors.first_step(client)
        signed_in(factors.second_step(client, attempt, factors.code_of(secret)))
    assert "An authenticator app" in mailbox.wait("factor_used")["text"]
    assert [one["kind"] for one in mailbox.all()].count("factor_used") == 1


class TestTheUserHandle:
    """What authenticators keep as the id of the account: one for each account."""

    def test_parallel_requests_for_options_give_one(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        def options(_: int) -> dict[str, Any]:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                return new_options(own, me)

        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(options, range(4)))
        assert len({one["user"]["id"] for one in made}) == 1

        def add_one(answered: dict[str, Any]) -> int:
            body = {"attestation": Authenticator().make(answered)}
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                post, headers = own.post, me["headers"]
                return until_served(
                    lambda: post("/auth/passkeys", json=body, headers=headers)
                ).status_code

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(add_one, made)) == [201] * 4
        assert rows(direct, "SELECT count(DISTINCT user_handle), count(*) FROM passkey") == [(1, 4)]

    def test_accounts_have_different_ones(
        self, client: httpx.Client, me: dict[str, Any], sign_up: SignUp
    ) -> None:
        other = sign_up("eve@example.com")
        mine, theirs = new_options(client, me), new_options(client, other)
        assert mine["user"]["id"] != theirs["user"]["id"]

    def test_it_stays_when_all_passkeys_are_removed(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        first = add(client, me, Authenticator()).json()["id"]
        before = new_options(client, me)["user"]["id"]
        assert remove(client, me, first).status_code == 204
        assert new_options(client, me)["user"]["id"] == before

    def test_options_with_another_one_are_refused(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, configure: Configure
    ) -> None:
        """They were asked for before SECRET_KEY changed."""
        before = new_options(client, me)
        former = get_settings().secret_key
        new = SecretStr("Hq3Vz8Lw2Nx7Rt5Yc1Bk9Mp4Js6Gd0FaUeOiTqXw")
        configure(secret_key=new, secret_key_previous=former)
        added(client, me)
        body = {"attestation": Authenticator().make(before)}
        refused = client.post("/auth/passkeys", json=body, headers=me["headers"])
        assert_problem(refused, 422, "attestation_invalid")
        assert rows(direct, "SELECT count(*) FROM passkey") == [(1,)]
