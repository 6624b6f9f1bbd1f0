"""Which access tokens are accepted (RFC 8725, RFC 9068), tested over HTTP."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from src.database.database import unit_of_work
from src.keys import steps as keys
from src.keys.signing_keys import SigningKey, generate
from src.kit.clock import Clock, clock, now
from tests.support import forgeries
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
ISSUER = "http://api.test"


@pytest.fixture(autouse=True)
def _signer(client: httpx.Client) -> None:
    """Take the service's own signing key, to sign forged tokens with it."""
    assert client.get("/.well-known/jwks.json").status_code == 200  # this makes the key
    with unit_of_work() as db:
        key = keys.load(db).signing(now())
    assert key is not None
    SIGNER[:] = [key]


SIGNER: list[SigningKey] = []


def claims(**changes: Any) -> dict[str, Any]:
    return forgeries.claims(ISSUER, **changes)


def forge(payload: dict[str, Any], key: SigningKey | None = None, **header: Any) -> str:
    """A token with exactly this header and payload, signed by hand with ES256."""
    signer = key or SIGNER[0]
    head = {"alg": "ES256", "typ": "at+jwt", "kid": signer.kid} | header
    head = {name: value for name, value in head.items() if value is not ...}
    signed = f"{part(head)}.{part(payload)}"
    der = signer.private_key.sign(signed.encode(), ECDSA(SHA256()))
    r, s = decode_dss_signature(der)
    return f"{signed}.{part(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def profile(client: httpx.Client, token: str) -> httpx.Response:
    return client.get("/auth/profile", headers={"Authorization": f"Bearer {token}"})


class TestAcceptance:
    def test_a_token_of_signin_is_accepted(self, client: httpx.Client, sign_up: SignUp) -> None:
        assert client.get("/auth/profile", headers=sign_up()["headers"]).status_code == 200

    def test_a_token_made_by_hand_with_the_same_claims_is_accepted(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        sign_up()
        assert profile(client, forge(claims())).status_code == 200
        assert profile(client, forge(claims(), typ="application/at+jwt")).status_code == 200

    def test_a_token_has_exactly_the_documented_claims(self, sign_up: SignUp, moved: Clock) -> None:
        me = sign_up()
        token = jwt.decode(me["access_token"], options={"verify_signature": False})
        proofs = {"auth_time", "amr", "acr"}
        assert set(token) == {
            "iss",
            "aud",
            "sub",
            "sid",
            "gen",
            "iat",
            "exp",
            "jti",
            "client_id",
            *proofs,
        }
        assert token["client_id"] == "postern"
        assert token["iat"] == int(moved.now().timestamp())
        assert (token["auth_time"], token["amr"], token["acr"]) == (token["iat"], ["pwd"], "aal1")
        assert (token["sub"], token["sid"], token["gen"]) == (str(me["id"]), "1", 1)
        assert token["exp"] - token["iat"] == 900


class TestRefusal:
    @pytest.mark.parametrize(
        "changes",
        [{name: ...} for name in ("iss", "aud", "sub", "sid", "gen", "iat", "exp", "jti")]
        + [
            {"iss": "http://evil.test"},
            {"iss": [ISSUER]},
            {"iss": None},
            {"aud": "http://evil.test"},
            {"aud": [ISSUER]},
            {"aud": None},
            {"sub": 1},
            {"sub": "one"},
            {"sub": "-1"},
            {"sub": ""},
            {"sub": "1.0"},
            {"sub": "１"},
            {"sub": "9" * 19},
            {"sub": "9" * 5000},
            {"sub": ["1"]},
            {"sid": 1},
            {"sid": "-1"},
            {"sid": "9" * 5000},
            {"sid": None},
            {"gen": 0},
            {"gen": -1},
            {"gen": "1"},
            {"gen": True},
            {"gen": 1.0},
            {"gen": 2**63},
            {"iat": "yesterday"},
            {"iat": None},
            {"iat": 1e18},
            {"iat": 4102444800},
            {"nbf": 4102444800},
            {"nbf": "soon"},
            {"exp": None},
            {"exp": "4102444800"},
            {"exp": True},
            {"exp": 1e400},
            {"exp": [4102444800]},
            {"jti": None},
            {"jti": 7},
            {"jti": ""},
        ],
        ids=str,
    )
    def test_a_wrong_claim_is_refused(
        self, client: httpx.Client, sign_up: SignUp, changes: dict[str, object]
    ) -> None:
        sign_up()
        answer = profile(client, forge(claims(**changes)))
        assert_problem(answer, 401, "token_invalid")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'

    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none"},
            {"alg": "None"},
            {"alg": "HS256"},
            {"alg": "ES384"},
            {"alg": "ES512"},
            {"alg": "RS256"},
            {"alg": "EdDSA"},
            {"alg": None},
            {"alg": ["ES256"]},
            {"kid": ...},
            {"kid": None},
            {"kid": ""},
            {"kid": 7},
            {"kid": ["x"]},
            {"kid": "../../etc/passwd"},
            {"kid": "' OR 1=1 --"},
            {"kid": "x" * 6000},
            {"typ": "JWT"},
            {"typ": None},
            {"typ": ["at+jwt"]},
            {"crit": ["exp"]},
            {"crit": ["b64"], "b64": False},
            {"b64": False},
            {"zip": "DEF", "crit": ["zip"]},
        ],
        ids=str,
    )
    def test_a_wrong_header_is_refused(
        self, client: httpx.Client, sign_up: SignUp, header: dict[str, Any]
    ) -> None:
        sign_up()
        assert_problem(profile(client, forge(claims(), **header)), 401, "token_invalid")

    def test_a_token_of_another_key_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        sign_up()
        other_key = generate(at=now(), signs_from=now(), ttl=timedelta(minutes=15))
        assert_problem(profile(client, forge(claims(), other_key)), 401, "token_invalid")
        pretending = replace(other_key, kid=SIGNER[0].kid)
        assert_problem(profile(client, forge(claims(), pretending)), 401, "token_invalid")

    @pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
    def test_a_key_inside_the_token_is_not_used(
        self, client: httpx.Client, sign_up: SignUp, name: str
    ) -> None:
        sign_up()
        other_key = generate(at=now(), signs_from=now(), ttl=timedelta(minutes=15))
        brought: dict[str, Any] = {"jwk": other_key.jwk, "x5c": [other_key.jwk["x"]]}
        header = {name: brought.get(name, "http://127.0.0.1:9/keys")}
        answer = profile(client, forge(claims(), replace(other_key, kid=SIGNER[0].kid), **header))
        assert_problem(answer, 401, "token_invalid")

    @pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, "jwk"])
    def test_the_public_key_is_not_accepted_as_a_shared_secret(
        self, client: httpx.Client, sign_up: SignUp, form: PublicFormat | str
    ) -> None:
        sign_up()
        public = json.dumps(SIGNER[0].jwk).encode()
        if isinstance(form, PublicFormat):
            public = SIGNER[0].public_key.public_bytes(Encoding.PEM, form)
        head = {"alg": "HS256", "typ": "at+jwt", "kid": SIGNER[0].kid}
        signed = f"{part(head)}.{part(claims())}"
        mac = hmac.digest(public, signed.encode(), "sha256")
        assert_problem(profile(client, f"{signed}.{part(mac)}"), 401, "token_invalid")

    def test_a_refresh_token_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        assert_problem(profile(client, sign_up()["refresh_token"]), 401, "token_invalid")

    @pytest.mark.parametrize("changes", [{"sub": "99"}, {"sid": "99"}, {"sub": "99", "sid": "99"}])
    def test_an_unknown_session_or_another_users_session_is_refused(
        self, client: httpx.Client, sign_up: SignUp, changes: dict[str, str]
    ) -> None:
        sign_up()
        assert_problem(profile(client, forge(claims(**changes))), 401, "session_revoked")

    def test_a_changed_payload_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        head, _, signature = sign_up()["access_token"].split(".")
        other = forge(claims(sub="2")).split(".")[1]
        assert_problem(profile(client, f"{head}.{other}.{signature}"), 401, "token_invalid")

    @pytest.mark.parametrize(
        "token",
        [
            "x",
            "..",
            "a.b",
            "a.b.c.d",
            "....",
            "eyJ" * 3000,
            "x" * 60_000,
            "null.null.null",
            "W10.W10.W10",
            base64.urlsafe_b64encode(b"[" * 4000).decode() + ".e30.x",
            "\u00fc.\u00fc.\u00fc",
        ],
        ids=range(11),
    )
    def test_text_that_is_not_a_token_is_refused(self, client: httpx.Client, token: str) -> None:
        headers = [(b"Authorization", b"Bearer " + token.encode())]
        answer = client.get("/auth/profile", headers=headers)
        assert_problem(answer, 401, "token_invalid")

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Basic YTpi", "Token x", "bearer", "Bearer a b"]
    )
    def test_another_scheme_is_refused(self, client: httpx.Client, header: str) -> None:
        answer = client.get("/auth/profile", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.json()["code"] in {"token_missing", "token_invalid"}

    def test_a_token_in_the_url_or_a_cookie_is_not_read(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        token = sign_up()["access_token"]
        cookie = {"Cookie": f"access_token={token}"}
        answer = client.get(f"/auth/profile?access_token={token}", headers=cookie)
        assert_problem(answer, 401, "token_missing")


class TestTime:
    def test_a_token_is_accepted_for_one_minute_after_it_expires(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        with clock.frozen(now() + timedelta(seconds=900 + 55)) as moved:
            assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
            moved.advance(timedelta(seconds=10))
            answer = client.get("/auth/profile", headers=me["headers"])
        assert_problem(answer, 401, "token_expired")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'

    def test_a_token_from_a_clock_one_minute_ahead_is_accepted(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        sign_up()
        soon = int(now().timestamp())
        assert profile(client, forge(claims(iat=soon + 55, exp=soon + 900))).status_code == 200
        assert profile(client, forge(claims(iat=soon + 70, exp=soon + 900))).status_code == 401


class TestAccount:
    def test_the_tokens_of_a_deleted_account_are_refused(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, sign_up: SignUp
    ) -> None:
        me = sign_up()
        with direct.cursor() as cursor:
            cursor.execute('DELETE FROM "user"')
        assert_problem(client.get("/auth/profile", headers=me["headers"]), 401, "session_revoked")
        answer = client.patch("/auth/profile", headers=me["headers"], json={"name": "Ada"})
        assert_problem(answer, 401, "session_revoked")
