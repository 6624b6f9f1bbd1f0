"""Any input is either accepted or refused in a foreseen way."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.database.endpoints import InvalidDatabaseUrl, parse, redacted
from src.keys.signing_keys import generate
from src.kit.problem import Problem
from src.passwords.hashes import normalize, verify_password
from src.sessions import access_tokens, refresh_tokens
from src.sessions.errors import TokenExpired, TokenInvalid
from src.web.strict_json import parse_json

KEY = generate(at=datetime.now(UTC), signs_from=datetime.now(UTC), ttl=timedelta(minutes=15))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_read_as_json_or_refused(body: bytes) -> None:
    try:
        parse_json(body)
    except Problem as problem:
        assert_unreadable(problem, body)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_our_reader_agrees_with_json(value: object) -> None:
    body = json.dumps(value).encode()
    try:
        assert parse_json(body) == json.loads(body)
    except Problem as problem:
        assert_unreadable(problem, body)


def assert_unreadable(problem: Problem, body: bytes) -> None:
    """A NUL is valid JSON, and the fault of a field."""
    of_field = problem.code == "validation_failed" and b"\\u0000" in body
    assert of_field or problem.code == "malformed_json"


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


TOKENS = st.text(max_size=200) | st.tuples(
    JSON.map(_part), JSON.map(_part), st.text(max_size=50)
).map(".".join)


@given(TOKENS)
@settings(max_examples=500, deadline=None)
def test_no_made_up_text_is_accepted_as_a_token(token: str) -> None:
    try:
        access_tokens.verify(KEY, token, issuer="http://api.test", at=datetime.now(UTC))
    except (TokenInvalid, TokenExpired):
        return
    raise AssertionError("a made-up token was accepted")


@given(JSON, JSON)
@settings(max_examples=300, deadline=None)
def test_the_verifier_survives_any_signed_claims(payload: object, header: object) -> None:
    names = ("iss", "aud", "sub", "sid", "gen", "iat", "exp", "jti")
    claims = dict.fromkeys(names, payload) | {
        "iss": "http://api.test",
        "aud": "http://api.test",
    }
    head = {"typ": "at+jwt", "kid": KEY.kid, "x": header}
    try:
        token = jwt.encode(claims, KEY.private_key, KEY.algorithm, headers=head)
    except (TypeError, ValueError):
        return  # this library also refuses what it cannot sign
    try:
        access_tokens.verify(KEY, token, issuer="http://api.test", at=datetime.now(UTC))
    except (TokenInvalid, TokenExpired):
        return
    raise AssertionError("one value cannot be a subject, a time and an id")


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=500, deadline=None)
def test_no_made_up_text_is_accepted_as_a_refresh_token(text: str) -> None:
    with pytest.raises(TokenInvalid):
        refresh_tokens.read(["k" * 40], text)


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
IDS = st.integers(1, 2**63 - 1)


@given(
    IDS,
    MOMENTS,
    IDS,
    st.none() | st.uuids(),
    st.integers(0, 99),
    st.sampled_from("AQgw-_z9"),
)
@settings(max_examples=500, deadline=None)
def test_a_refresh_token_can_be_read_but_not_changed(
    session: int,
    moment: datetime,
    generation: int,
    instance: UUID | None,
    place: int,
    character: str,
) -> None:
    presented = refresh_tokens.Presented(session, moment, generation, instance)
    token = refresh_tokens.derive("k" * 40, presented)
    assert refresh_tokens.read(["j" * 40, "k" * 40], token) == presented
    assert len(token) == (76 if instance is None else 100)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(TokenInvalid):
            refresh_tokens.read(["k" * 40], changed)


@given(st.text(max_size=200) | st.text(max_size=80).map(lambda text: f"postgresql://{text}"))
@settings(max_examples=500, deadline=None)
def test_any_url_is_read_or_refused(text: str) -> None:
    try:
        redacted(parse(text))
    except InvalidDatabaseUrl as error:
        assert str(error)  # noqa: PT017


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=6, max_size=40
    )
)
@settings(max_examples=500, deadline=None)
def test_a_password_is_never_shown(password: str) -> None:
    from urllib.parse import quote

    url = parse(f"postgresql://u:{quote('«' + password + '»', safe='')}@h/d")
    assert url.password == f"«{password}»"
    assert redacted(url) == "postgresql://u@h/d"


@given(st.text(st.sampled_from("aB3@:/?#&=%+ .,!"), max_size=12))
@settings(max_examples=1000, deadline=None)
def test_an_unescaped_password_is_never_shown(password: str) -> None:
    try:
        url = parse(f"postgresql://u:«{password}»@h/d")
    except InvalidDatabaseUrl as error:
        assert "«" not in str(error)  # noqa: PT017
        assert "»" not in str(error)  # noqa: PT017
    else:
        assert redacted(url) == "postgresql://u@h/d"


CANARY = "«canary»"
SECRET_PLACES = (
    "postgresql://u:{}@h/d",
    "postgresql://u:{}@h1:1,[::1]:2/d?target_session_attrs=any",
    "postgresql://u@h/d?password={}",
    "postgresql:///d?host=/run/pg&user=u&password={}",
    "postgresql://u:{}@h/d?password={}",
    "postgresql://u:right@h/d?password={}",
    "postgresql://u@h/d?sslpassword={}&sslmode=require",
    "postgresql://u@h/d?options=-c%20app.key%3D{}",
    "postgresql://u@h/d?options=--app.key%3D{}%20endpoint%3Dep-a-pooler",
    "postgresql://u@server:{}@h/d",
    "postgresql://u:{}@h/d?sslmode=no-verify",
    "postgresql://u:{}@h/d?application_name=me@example.com",
    "postgresql://u:{}@h:port/d",
    "mysql://u:{}@h/d",
)


@given(
    st.sampled_from(SECRET_PLACES),
    st.text(st.sampled_from("aB3@:/?#&=%+ .,!;$\\"), max_size=8),
    st.booleans(),
)
@settings(max_examples=2000, deadline=None)
def test_a_secret_in_any_place_is_never_shown(place: str, around: str, escaped: bool) -> None:
    from urllib.parse import quote

    secret = f"{CANARY}{around}{CANARY}"
    text = place.replace("{}", quote(secret, safe="") if escaped else secret)
    try:
        shown = redacted(parse(text))
    except InvalidDatabaseUrl as error:
        shown = str(error)
    assert "canary" not in shown


STORED = st.text() | st.from_regex(
    r"\$bcrypt-sha256\$v=2,t=2b,r=4\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}|"
    r"\$2[aby]\$04\$[./A-Za-z0-9]{53}",
    fullmatch=True,
)


@given(st.text(st.characters(exclude_categories=["Cs"])), STORED)
@settings(max_examples=500, deadline=None)
def test_the_password_check_survives_any_stored_text(password: str, stored: str) -> None:
    assert not verify_password(password, stored)
    assert isinstance(normalize(password), bytes)
