"""What Postern is asked about a person: whether the session lives, and the profile."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from postern_auth import (
    Postern,
    PosternUnavailable,
    ReauthenticationRequired,
    SessionRevoked,
    SettingsRefused,
    TokenExpired,
    TokenInvalid,
    network,
    profiles,
)
from world import ISSUER, Clock, World


def profile_of(world: World, postern: Postern) -> profiles.Profile:
    user = world.memory.user(id=7, email="ada@example.com", name="Ada", email_verified=False)
    return asyncio.run(postern.profile(postern.verify(user.token)))


def test_a_profile_is_what_postern_says(world: World, postern: Postern) -> None:
    profile = profile_of(world, postern)
    assert (profile.id, profile.email, profile.name) == (7, "ada@example.com", "Ada")
    assert not profile.email_verified
    assert datetime.now(UTC) - profile.created_at < timedelta(minutes=5)


def test_a_profile_is_asked_for_once_a_minute(world: World, postern: Postern, clock: Clock) -> None:
    user = postern.verify(world.memory.user().token)

    async def twice() -> None:
        assert await postern.profile(user) == await postern.profile(user)

    asyncio.run(twice())
    assert world.profiles == 1
    clock.advance(61)
    asyncio.run(twice())
    assert world.profiles == 2


def test_connections_are_kept_while_they_are_wanted(
    world: World, postern: Postern, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[httpx.AsyncClient] = []
    make = network.asynchronous

    def counted() -> httpx.AsyncClient:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(network, "asynchronous", counted)
    user = postern.verify(world.memory.user().token)

    async def story() -> None:
        async with postern.connected():
            await postern.live(user)
            await postern.live(user)
            assert len(made) == 1
        assert made[0].is_closed
        await postern.live(user)
        assert made[1].is_closed

    asyncio.run(story())


def test_every_session_has_its_own(world: World, postern: Postern) -> None:
    for user_id in (1, 2, 2):
        user = postern.verify(world.memory.user(id=user_id).token)
        assert asyncio.run(postern.profile(user)).id == user_id
    assert world.profiles == 3


def test_the_number_of_profiles_is_bounded(
    world: World, postern: Postern, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "MOST", 2)
    users = [postern.verify(world.memory.user(id=number).token) for number in (1, 2, 3)]
    for user in (*users, users[2], users[1], users[0]):
        asyncio.run(postern.profile(user))
    assert world.profiles == 4


def test_asking_proves_no_receipt(world: World, postern: Postern) -> None:
    """Else a lost answer of a refresh would end the session of a person who tries again."""
    profile_of(world, postern)
    assert world.asked[-1].headers["Postern-Receipt"] == "pending"


def test_a_session_that_ended_is_refused_at_once(world: World, postern: Postern) -> None:
    user = world.memory.user()
    claims = postern.verify(user.token)
    asyncio.run(postern.profile(claims))
    world.memory.revoke(user)
    with pytest.raises(SessionRevoked) as refused:
        asyncio.run(postern.live(claims))
    assert (refused.value.status, refused.value.code) == (401, "session_revoked")
    with pytest.raises(SessionRevoked):  # the profile is forgotten too
        asyncio.run(postern.profile(claims))


@pytest.mark.parametrize(
    ("status", "code", "refusal"),
    [
        (401, "token_expired", TokenExpired),
        (401, "token_invalid", TokenInvalid),
        (401, "of_a_later_release", TokenInvalid),
        (403, "account_locked", PosternUnavailable),
        (429, "rate_limited", PosternUnavailable),
        (503, "overloaded", PosternUnavailable),
    ],
)
def test_refusals_of_postern(
    world: World, postern: Postern, status: int, code: str, refusal: type[Exception]
) -> None:
    user = postern.verify(world.memory.user().token)
    world.answer_with = httpx.Response(status, json={"code": code})
    with pytest.raises(refusal):
        asyncio.run(postern.live(user))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("late"),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, json={"id": 1}),
        httpx.Response(200, json=[]),
        httpx.Response(401, json=[]),
    ],
    ids=["timeout", "a proxy's page", "half a profile", "a list", "a list of refusals"],
)
def test_no_answer_is_no_refusal_of_the_session(
    world: World, postern: Postern, answer: httpx.Response | Exception
) -> None:
    user = postern.verify(world.memory.user().token)
    world.answer_with = answer
    with pytest.raises(PosternUnavailable) as refused:
        asyncio.run(postern.live(user))
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "10"})


class TestRecency:
    def test_a_recent_proof_is_enough(self, world: World, postern: Postern) -> None:
        postern.require_recent(postern.verify(world.memory.user(signed_in_minutes_ago=9).token))

    def test_an_older_one_is_not(self, world: World, postern: Postern) -> None:
        user = postern.verify(world.memory.user(signed_in_minutes_ago=11).token)
        with pytest.raises(ReauthenticationRequired) as refused:
            postern.require_recent(user)
        assert (refused.value.status, refused.value.code) == (403, "reauthentication_required")
        assert 'max_age="600"' in refused.value.headers["WWW-Authenticate"]
        postern.require_recent(user, minutes=12)

    def test_a_token_that_does_not_say_it_is_not(self, world: World, postern: Postern) -> None:
        user = postern.verify(world.memory.user(claims={"auth_time": None}).token)
        with pytest.raises(ReauthenticationRequired):
            postern.require_recent(user)


class TestCheck:
    def test_the_same_issuer_is_right(self, world: World, postern: Postern) -> None:
        asyncio.run(postern.check())
        assert world.asked[-1].url == f"{ISSUER}/.well-known/openid-configuration"

    def test_another_issuer_is_refused_with_both(self, world: World) -> None:
        postern = Postern("http://localhost:8000", internal_url="http://postern:8000")
        with pytest.raises(SettingsRefused) as refused:
            asyncio.run(postern.check())
        assert str(refused.value) == (
            f"Postern at http://postern:8000 says its issuer is {ISSUER}, and POSTERN_ISSUER says "
            f"http://localhost:8000. Set POSTERN_ISSUER to {ISSUER}."
        )
        assert world.asked[-1].url.host == "postern"

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.ConnectError("refused"),
            httpx.Response(503),
            httpx.Response(200, json=[]),
            httpx.Response(200, json={}),
        ],
        ids=["down", "503", "a list", "no issuer"],
    )
    def test_no_answer_is_a_warning(
        self,
        world: World,
        postern: Postern,
        caplog: pytest.LogCaptureFixture,
        answer: httpx.Response | Exception,
    ) -> None:
        world.answer_with = answer
        asyncio.run(postern.check())
        assert "Postern does not answer at https://auth.example.com/.well-known" in caplog.text
