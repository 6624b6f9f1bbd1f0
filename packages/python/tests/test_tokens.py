"""Which tokens are accepted, and what the log says of those that are not."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import string
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from postern_auth import Claims, Postern, TokenExpired, TokenInvalid
from postern_auth.testing import PosternInMemory
from world import ISSUER, World


def token(world: World, **changes: Any) -> str:
    """A good token with these claims changed; `...` removes one."""
    good = world.memory.user(id=7).token
    claims = jwt.decode(good, options={"verify_signature": False}) | changes
    return world.memory.sign({name: value for name, value in claims.items() if value is not ...})


def with_header(good: str, **changes: Any) -> str:
    head, rest = good.split(".", 1)
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{part(header | changes)}.{rest}"


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def respelled(good: str) -> str:
    """The same bytes in other characters: the last one of a signature has four bits to spare."""
    signs = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return good[:-1] + signs[signs.index(good[-1]) + 1]


def with_the_public_key_as_secret(good: str, world: World) -> str:
    published = world.memory.answer(request("/.well-known/jwks.json")).content
    head, body, _ = with_header(good, alg="HS256").split(".")
    mac = hmac.digest(published, f"{head}.{body}".encode(), hashlib.sha256)
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def request(path: str) -> Any:
    import httpx

    return httpx.Request("GET", f"{ISSUER}{path}")


def test_a_good_token_says_who_calls(world: World, postern: Postern) -> None:
    user = world.memory.user(id=7)
    claims = postern.verify(user.token)
    assert (claims.id, claims.session_id, claims.client_id) == (7, user.session_id, "postern")
    assert (claims.amr, claims.acr) == (("pwd",), "aal1")
    assert (claims.expires_at - claims.issued_at).total_seconds() == 900
    assert claims.auth_time == claims.issued_at


def test_the_same_on_an_event_loop(world: World, postern: Postern) -> None:
    user = world.memory.user(id=7)
    assert asyncio.run(postern.verify_async(user.token)) == postern.verify(user.token)


def test_a_token_is_never_shown(world: World, postern: Postern) -> None:
    good = world.memory.user().token
    claims = postern.verify(good)
    assert isinstance(claims, Claims)
    assert good not in repr(claims)
    assert good not in repr(world.memory.user())


def test_tokens_of_earlier_releases_lack_some_claims(world: World, postern: Postern) -> None:
    old = token(world, client_id=..., auth_time=..., amr=..., acr=...)
    claims = postern.verify(old)
    assert (claims.client_id, claims.auth_time, claims.amr, claims.acr) == (None, None, (), None)


def test_clocks_may_differ_by_a_minute(world: World, postern: Postern) -> None:
    at = int(time.time())
    assert postern.verify(token(world, exp=at - 30)).id == 7
    assert postern.verify(token(world, iat=at + 30)).id == 7


FORGERIES: dict[str, Callable[[World], str]] = {
    "of another key": lambda _: PosternInMemory(ISSUER).user().token,
    "of another key with the right id": lambda world: with_header(
        PosternInMemory(ISSUER).user().token,
        kid=jwt.get_unverified_header(token(world))["kid"],
    ),
    "HS256": lambda world: with_the_public_key_as_secret(token(world), world),
    "unsigned": lambda world: with_header(token(world), alg="none").rpartition(".")[0] + ".",
    "ID token": lambda world: with_header(token(world), typ="JWT"),
    "no kid": lambda world: with_header(token(world), kid=1),
    "crit": lambda world: with_header(token(world), crit=["b64"]),
    "another issuer": lambda world: token(world, iss="https://evil.test"),
    "another audience": lambda world: token(world, aud="https://evil.test"),
    "a list of audiences": lambda world: token(world, aud=[ISSUER, "https://evil.test"]),
    "no sub": lambda world: token(world, sub=...),
    "no sid": lambda world: token(world, sid=...),
    "no exp": lambda world: token(world, exp=...),
    "no jti": lambda world: token(world, jti=...),
    "sub is a word": lambda world: token(world, sub="ada"),
    "sub is too large": lambda world: token(world, sub=str(2**63)),
    "exp is a fraction": lambda world: token(world, exp=time.time() + 600.5),
    "amr is text": lambda world: token(world, amr="pwd"),
    "auth_time is text": lambda world: token(world, auth_time="now"),
    "iat is in the future": lambda world: token(world, iat=int(time.time()) + 600),
    "padded": lambda world: token(world) + "=",
    "other bits after the last byte": lambda world: respelled(token(world)),
    "a sign that a lax decoder skips": lambda world: token(world) + "!",
    "too long": lambda world: token(world, padding="x" * 8192),
    "no token": lambda _: "not.a.token",
    "empty": lambda _: "",
    "a refresh token": lambda _: "prt_1234567890",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused(
    world: World, postern: Postern, forgery: Callable[[World], str]
) -> None:
    with pytest.raises(TokenInvalid) as refused:
        postern.verify(forgery(world))
    assert (refused.value.status, refused.value.code) == (401, "token_invalid")
    with pytest.raises(TokenInvalid):
        asyncio.run(postern.verify_async(forgery(world)))


def test_an_expired_token_is_refused_as_such(world: World, postern: Postern) -> None:
    with pytest.raises(TokenExpired) as refused:
        postern.verify(world.memory.user(expired=True).token)
    assert (refused.value.status, refused.value.code) == (401, "token_expired")


class TestLog:
    """In development it names the claim that failed, with both values."""

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"iss": "http://localhost:8000"}, "iss is 'http://localhost:8000', expected https://"),
            ({"aud": "https://evil.test"}, "aud is 'https://evil.test', expected https://auth.exa"),
            ({"aud": ["a", "b"]}, "aud is ['a', 'b'], expected https://auth.example.com"),
            ({"sid": ...}, "sid is 'missing', expected a value"),
            ({"sub": "ada"}, "sub is 'ada', expected a whole number, written as text"),
            ({"exp": 1_700_000_000}, "exp is '2023-11-14 22:13:20 UTC', expected later than"),
            ({"iat": 4_000_000_000}, "iat is '2096-10-02 07:06:40 UTC', expected no later than"),
            ({"nbf": 4_000_000_000}, "nbf is '2096-10-02 07:06:40 UTC', expected no later than"),
            ({"iss": "a\nb" + "c" * 500}, r"iss is 'a\nbccc"),
        ],
    )
    def test_of_a_wrong_claim(
        self, world: World, caplog: pytest.LogCaptureFixture, changes: dict[str, Any], said: str
    ) -> None:
        postern = Postern(ISSUER, explain_refusals=True)
        refused = token(world, **changes)
        with pytest.raises((TokenInvalid, TokenExpired)):
            postern.verify(refused)
        assert caplog.records[-1].levelno == logging.WARNING
        assert said in caplog.text
        assert "\nb" not in caplog.records[-1].message
        assert len(caplog.records[-1].message) < 400
        assert refused.split(".")[2] not in caplog.text

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"alg": "HS256"}, "alg is 'HS256', expected ES256"),
            ({"typ": "JWT"}, "typ is 'JWT', expected at+jwt"),
            ({"kid": "unknown"}, "kid is 'unknown', expected one of Postern's keys: "),
        ],
    )
    def test_of_a_wrong_header(
        self, world: World, caplog: pytest.LogCaptureFixture, changes: dict[str, Any], said: str
    ) -> None:
        postern = Postern(ISSUER, explain_refusals=True)
        with pytest.raises(TokenInvalid):
            postern.verify(with_header(token(world), **changes))
        assert said in caplog.text

    def test_in_production_says_nothing(
        self, world: World, postern: Postern, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        with pytest.raises(TokenInvalid):
            postern.verify(token(world, iss="https://evil.test"))
        assert "evil" not in caplog.text

    def test_an_issuer_with_http_is_one_of_development(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(TokenInvalid):
            Postern("http://auth.example.com").verify(token(world))
        assert "iss is 'https://auth.example.com', expected http://auth.exa" in caplog.text
