"""Signing in with a passkey: alone, as the second step, and as a proof in a session."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.auth.open_attempts import MAX_TRIES
from src.kit.clock import Clock
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support import factors
from tests.support.authenticator import (
    BE,
    BS,
    EDDSA,
    ES256,
    RS256,
    UP,
    UV,
    Authenticator,
    b64,
)
from tests.support.factors import EMAIL, signed_in
from tests.support.mailbox import Mailbox
from tests.support.passkeys import (
    added,
    first_step,
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
OTHER_DEVICE = {"Postern-Device": "not-a-token"}


def said_by(tokens: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    return said


def sessions(direct: Connection) -> int:
    return len(rows(direct, "SELECT id FROM session"))


def at_signin(client: httpx.Client, one: Authenticator) -> httpx.Response:
    return sign_in(client, one.use(signin_options(client)))


class TestAlone:
    @pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
    def test_a_passkey_starts_a_session_with_two_factors(
        self, client: httpx.Client, me: dict[str, Any], algorithm: int
    ) -> None:
        answer = at_signin(client, added(client, me, Authenticator(algorithm)))
        said = said_by(signed_in(answer))
        assert (said["sub"], said["amr"], said["acr"]) == (str(me["id"]), ["swk", "mfa"], "aal2")
        assert answer.headers["Postern-Device"]

    def test_a_key_that_cannot_be_copied_is_hardware(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me, Authenticator(flags=UP | UV))
        assert said_by(signed_in(at_signin(client, one)))["amr"] == ["hwk", "mfa"]

    def test_the_options_name_nobody_and_want_the_person_checked(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        added(client, me)
        before = rows(direct, "SELECT count(*) FROM used_challenge")
        options = signin_options(client)
        assert options["rpId"] == "web.test"
        assert options["userVerification"] == "required"
        assert options["allowCredentials"] == []
        assert options["timeout"] == 300_000
        assert options["challenge"] != signin_options(client)["challenge"]
        assert rows(direct, "SELECT count(*) FROM used_challenge") == before  # none is stored

    def test_the_body_may_be_the_form_of_webauthn_itself(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        sent = added(client, me).use(signin_options(client))
        sent["response"]["more"] = sent["more"] = {"a": 1}
        signed_in(client.post("/auth/passkeys/signin", json=sent))

    def test_a_passkey_needs_no_other_second_factor(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me)
        factors.enrol(client, me)
        signed_in(at_signin(client, one))

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"flags": UP | BE | BS}, "passkey_invalid"),
            ({"flags": UV | BE | BS}, "passkey_invalid"),
            ({"origin": "https://web.test"}, "passkey_invalid"),
            ({"origin": "http://web.test.evil.example"}, "passkey_invalid"),
            ({"rp_id": "evil.example"}, "passkey_invalid"),
            ({"client": {"crossOrigin": True}}, "passkey_invalid"),
            ({"handle": b"another account"}, "passkey_invalid"),
            ({"handle": None}, "passkey_invalid"),
            ({"credential_id": b"nobody has this id"}, "passkey_unknown"),
            ({"client": {"challenge": b64(b"made up")}}, "challenge_invalid"),
        ],
        ids=str,
    )
    def test_a_wrong_answer_starts_no_session(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        direct: Connection,
        caplog: pytest.LogCaptureFixture,
        said: dict[str, Any],
        code: str,
    ) -> None:
        one = added(client, me)
        for name, value in said.items():
            setattr(one, name, value)
        before = sessions(direct)
        assert_problem(at_signin(client, one), 401, code)
        assert sessions(direct) == before
        assert rows(direct, "SELECT last_used_at FROM passkey") == [(None,)]
        whose = "" if code == "passkey_unknown" else f" user_id={me['id']}"
        assert f"signin.refused reason='{code}'{whose} client" in caplog.text

    def test_the_origin_of_the_request_counts_for_nothing(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        """CVE-2026-134320: a service took the origin that it expected from the request."""
        one = added(client, me)
        one.origin = "https://evil.example"
        one.rp_id = "evil.example"
        sent = one.use(signin_options(client))
        headers = {"Origin": one.origin, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        answer = client.post("/auth/passkeys/signin", json=sent, headers=headers)
        assert_problem(answer, 401, "passkey_invalid")

    def test_a_passkey_without_a_check_of_its_person_does_not_sign_in_alone(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        """Somebody who finds a key without a PIN can give it one. So it stays one factor."""
        one = added(client, me, Authenticator(flags=UP))
        one.flags = UP | UV
        before = sessions(direct)
        assert_problem(at_signin(client, one), 401, "passkey_invalid")
        assert sessions(direct) == before

    def test_a_disabled_account_is_refused(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        one = added(client, me)
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
        assert_problem(at_signin(client, one), 403, "account_disabled")

    def test_an_unproved_address_is_refused_where_it_is_asked_for(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure
    ) -> None:
        one = added(client, me)
        configure(require_verified_email=True)
        assert_problem(at_signin(client, one), 403, "email_not_verified")

    def test_a_removed_passkey_is_unknown(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        one = added(client, me)
        with direct.cursor() as cursor:
            cursor.execute("DELETE FROM passkey")
        assert_problem(at_signin(client, one), 401, "passkey_unknown")

    def test_without_a_domain_name_there_are_no_passkeys(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure
    ) -> None:
        one = added(client, me)
        sent = one.use(signin_options(client))
        configure(web_url="http://192.0.2.1:3000")
        answer = client.post("/auth/passkeys/signin/options")
        assert_problem(answer, 501, "passkeys_not_set_up")
        assert_problem(sign_in(client, sent), 501, "passkeys_not_set_up")
        config = client.get("/auth/config").json()
        assert (config["passkeys"], config["signup_methods"]) == (False, ["password"])
        answer = client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
        assert_problem(answer, 403, "second_factor_required")
        assert "passkey_options" not in answer.json()


class TestAsTheSecondStep:
    def test_the_passkey_finishes_the_attempt(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me)
        refusal = first_step(client)
        assert refusal["factors"] == ["passkey"]
        options = refusal["passkey_options"]
        assert options["userVerification"] == "preferred"
        (allowed,) = options["allowCredentials"]
        assert allowed == {
            "id": b64(one.credential_id),
            "type": "public-key",
            "transports": ["internal", "hybrid"],
        }
        answer = second_step(client, refusal["attempt"], one.use(options))
        said = said_by(signed_in(answer))
        assert (said["amr"], said["acr"]) == (["pwd", "swk", "mfa"], "aal2")
        assert answer.headers["Postern-Device"]

    def test_beside_a_password_it_need_not_check_its_person(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        """A security key without a PIN: the password is the other factor."""
        one = added(client, me, Authenticator(flags=UP))
        refusal = first_step(client)
        answer = second_step(client, refusal["attempt"], one.use(refusal["passkey_options"]))
        said = said_by(signed_in(answer))
        assert (said["amr"], said["acr"]) == (["pwd", "hwk"], "aal2")

    def test_a_key_gets_its_pin_beside_a_password(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me, Authenticator(flags=UP))
        one.flags = UP | UV
        assert_problem(at_signin(client, one), 401, "passkey_invalid")
        refusal = first_step(client)
        answer = second_step(client, refusal["attempt"], one.use(refusal["passkey_options"]))
        assert said_by(signed_in(answer))["amr"] == ["pwd", "hwk"]
        signed_in(at_signin(client, one))

    def test_all_factors_are_offered_the_passkey_first(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me)
        secret = factors.enrol(client, me)
        factors.recovery_codes(client, me)
        refusal = first_step(client)
        assert refusal["factors"] == ["passkey", "totp", "recovery_code"]
        code = factors.code_of(secret, later=1)
        signed_in(factors.second_step(client, refusal["attempt"], code))
        answer = second_step(client, refusal["attempt"], one.use(refusal["passkey_options"]))
        assert_problem(answer, 401, "attempt_invalid")

    def test_a_passkey_of_another_account_is_refused(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        sign_up: SignUp,
        direct: Connection,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        added(client, me)
        of_other = added(client, sign_up("eve@example.com"))
        before, refusal = sessions(direct), first_step(client)
        answer = second_step(client, refusal["attempt"], of_other.use(refusal["passkey_options"]))
        assert_problem(answer, 401, "passkey_invalid")
        assert sessions(direct) == before
        assert f"signin.refused reason='passkey_invalid' user_id={me['id']}" in caplog.text

    def test_wrong_answers_count_as_tries_of_the_attempt(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        one = added(client, me)
        refusal = first_step(client)
        one.origin = "https://evil.example"
        wrong = one.use(refusal["passkey_options"])
        for _ in range(MAX_TRIES):
            answer = second_step(client, refusal["attempt"], wrong)
            assert_problem(answer, 401, "passkey_invalid")
        one.origin = Authenticator().origin
        right = one.use(refusal["passkey_options"])
        assert_problem(second_step(client, refusal["attempt"], right), 401, "attempt_invalid")
        assert rows(direct, "SELECT tries FROM signin_attempt") == [(MAX_TRIES,)]

    def test_an_attempt_of_another_browser_is_refused(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        one = added(client, me)
        device = at_signin(client, one).headers["Postern-Device"]
        refusal = first_step(client, headers={"Postern-Device": device})
        sent = one.use(refusal["passkey_options"])
        for headers in ({}, OTHER_DEVICE):
            answer = second_step(client, refusal["attempt"], sent, headers)
            assert_problem(answer, 401, "attempt_invalid")
        signed_in(second_step(client, refusal["attempt"], sent, {"Postern-Device": device}))

    def test_an_expired_attempt_is_refused(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        one = added(client, me)
        refusal = first_step(client)
        moved.advance(timedelta(minutes=5))
        answer = second_step(client, refusal["attempt"], one.use(refusal["passkey_options"]))
        assert_problem(answer, 401, "attempt_invalid")

    def test_wrong_codes_of_others_never_lock_out_a_passkey(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure
    ) -> None:
        one, secret = added(client, me), factors.enrol(client, me)
        configure(rate_limits=True)
        attempt, refused = first_step(client)["attempt"], None
        for _ in range(MAX_TRIES + 1):
            refused = factors.second_step(client, attempt, factors.wrong_code(secret))
        assert refused is not None
        assert_problem(refused, 429, "rate_limited")
        refusal = first_step(client)
        signed_in(second_step(client, refusal["attempt"], one.use(refusal["passkey_options"])))
        signed_in(at_signin(client, one))
        code = factors.code_of(secret, later=1)
        again = factors.second_step(client, first_step(client)["attempt"], code)
        assert_problem(again, 429, "rate_limited")  # the passkey has not lifted it

    def test_a_magic_link_asks_for_the_passkey(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(magic_link=True)
        one = added(client, me)
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET email_verified_at = now()')
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        refusal = client.post("/auth/magic-link/signin", json=body)
        assert_problem(refusal, 403, "second_factor_required")
        options = refusal.json()["passkey_options"]
        answer = second_step(client, refusal.json()["attempt"], one.use(options))
        assert said_by(signed_in(answer))["amr"] == ["otp", "swk", "mfa"]

    def test_a_reset_by_mail_does_not_replace_the_passkey(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox, direct: Connection
    ) -> None:
        one = added(client, me)
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET email_verified_at = now()')
        client.post("/auth/password/forgot", json={"email": EMAIL})
        body = {"token": mailbox.token("reset_password"), "new_password": PASSWORD}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        refusal = first_step(client)
        assert refusal["factors"] == ["passkey"]
        signed_in(second_step(client, refusal["attempt"], one.use(refusal["passkey_options"])))


class TestInASession:
    def test_the_refusal_has_the_options(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        one = added(client, me)
        moved.advance(LONG)
        refused = client.delete("/auth/sessions", headers=me["headers"])
        assert_problem(refused, 403, "reauthentication_required")
        assert refused.json()["factors"] == ["passkey"]
        sent = one.use(refused.json()["passkey_options"])
        assert prove(client, me, sent).status_code == 204
        assert client.delete("/auth/sessions", headers=me["headers"]).status_code == 204

    def test_the_endpoint_has_the_options_too(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        one = added(client, me)
        moved.advance(LONG)
        sent = one.use(proof_options(client, me))
        answer = client.post("/auth/reauthenticate", json=sent, headers=me["headers"])
        assert answer.status_code == 204
        assert client.delete("/auth/sessions", headers=me["headers"]).status_code == 204

    def test_without_a_passkey_there_are_no_options(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        path = "/auth/passkeys/reauthenticate/options"
        assert_problem(client.post(path, headers=me["headers"]), 404, "not_found")
        assert_problem(client.post(path), 401, "token_missing")
        moved.advance(LONG)
        refused = client.delete("/auth/sessions", headers=me["headers"])
        assert "passkey_options" not in refused.json()

    def test_a_session_of_a_passkey_needs_the_person_checked_again(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        """The same key twice is not two factors."""
        one = added(client, me)
        by_key = signed_in(at_signin(client, one))
        moved.advance(LONG)
        options = proof_options(client, by_key)
        assert options["userVerification"] == "required"
        one.flags = UP | BE | BS
        refused = prove(client, by_key, one.use(options))
        assert_problem(refused, 401, "passkey_invalid")
        assert "insufficient_user_authentication" in refused.headers["www-authenticate"]
        stale = client.delete("/auth/sessions", headers=by_key["headers"])
        assert_problem(stale, 403, "reauthentication_required")
        one.flags = UP | UV | BE | BS
        assert prove(client, by_key, one.use(options)).status_code == 204

    def test_a_session_of_a_password_and_a_key_takes_the_key_alone(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        one = added(client, me, Authenticator(flags=UP))
        moved.advance(LONG)
        options = proof_options(client, me)
        assert options["userVerification"] == "preferred"
        assert prove(client, me, one.use(options)).status_code == 204
        assert client.delete("/auth/sessions", headers=me["headers"]).status_code == 204

    def test_a_passkey_of_another_account_is_refused(
        self, client: httpx.Client, me: dict[str, Any], sign_up: SignUp, moved: Clock
    ) -> None:
        added(client, me)
        of_other = added(client, sign_up("eve@example.com"))
        moved.advance(LONG)
        refused = prove(client, me, of_other.use(proof_options(client, me)))
        assert_problem(refused, 401, "passkey_invalid")
        stale = client.delete("/auth/sessions", headers=me["headers"])
        assert_problem(stale, 403, "reauthentication_required")

    def test_an_ended_session_is_refused(self, client: httpx.Client, me: dict[str, Any]) -> None:
        one = added(client, me)
        sent = one.use(proof_options(client, me))
        client.post("/auth/signout", headers=me["headers"])
        assert_problem(prove(client, me, sent), 401, "session_revoked")

    @pytest.mark.parametrize("more", [{"password": PASSWORD}, {"code": "123456"}])
    def test_one_proof_at_a_time(
        self, client: httpx.Client, me: dict[str, Any], more: dict[str, str]
    ) -> None:
        sent = added(client, me).use(proof_options(client, me))
        body = {"assertion": sent, **more}
        answer = client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")


class TestCounters:
    def test_a_counter_that_rises_is_kept(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        one = added(client, me, Authenticator(counts=True, counter=5))
        signed_in(at_signin(client, one))
        signed_in(at_signin(client, one))
        assert rows(direct, "SELECT sign_count FROM passkey") == [(7,)]

    @pytest.mark.parametrize("back", [0, 1, 100])
    def test_a_copy_is_reported_and_locks_nobody_out(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        direct: Connection,
        mailbox: Mailbox,
        caplog: pytest.LogCaptureFixture,
        back: int,
    ) -> None:
        one = added(client, me, Authenticator(counts=True, counter=100))
        copy = one.copy()
        signed_in(at_signin(client, one))
        copy.counter -= back
        signed_in(at_signin(client, copy))
        assert "may have copied it" in mailbox.wait("passkey_counter")["text"]
        assert "passkey.counter_fell" in caplog.text
        assert rows(direct, "SELECT sign_count FROM passkey") == [(101 - back,)]
        signed_in(at_signin(client, one))

    def test_a_counter_that_is_always_zero_is_no_copy(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        one = added(client, me)
        for _ in range(2):
            signed_in(at_signin(client, one))
        assert "passkey.counter_fell" not in caplog.text


class TestWhatIsKept:
    def test_the_use_and_the_backup_are_kept_and_shown(
        self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox
    ) -> None:
        one = added(client, me)
        signed_in(at_signin(client, one))
        assert "A passkey" in mailbox.wait("factor_used")["text"]
        one.flags = UP | UV | BE
        tokens = signed_in(at_signin(client, one))
        (shown,) = client.get("/auth/factors", headers=tokens["headers"]).json()["passkeys"]
        assert shown["backed_up"] is False
        assert shown["last_used_at"] is not None
        sent = [one["kind"] for one in mailbox.all()]
        assert sent.count("factor_used") == 1
