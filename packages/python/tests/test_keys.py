"""When keys are fetched, how often, and what is answered while they cannot be."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from postern_auth import KeysUnavailable, Postern, TokenInvalid
from postern_auth.testing import PosternInMemory
from world import ISSUER, Clock, World

Verify = Callable[[Postern, str], int]


def in_a_thread(postern: Postern, token: str) -> int:
    return postern.verify(token).id


def on_a_loop(postern: Postern, token: str) -> int:
    return asyncio.run(postern.verify_async(token)).id


@pytest.fixture(params=[in_a_thread, on_a_loop])
def verify(request: pytest.FixtureRequest) -> Verify:
    chosen: Verify = request.param
    return chosen


def rotate(world: World) -> None:
    """Postern has another key, and only that one."""
    world.memory = PosternInMemory(ISSUER)


def test_many_tokens_are_one_fetch(world: World, postern: Postern, verify: Verify) -> None:
    for _ in range(50):
        assert verify(postern, world.memory.user().token) == 1
    assert world.fetches == 1


def test_the_first_of_all_are_one_fetch(world: World, postern: Postern) -> None:
    token = world.memory.user().token

    async def many() -> None:
        await asyncio.gather(*(postern.verify_async(token) for _ in range(50)))

    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(postern.verify, token) for _ in range(50)]
        asyncio.run(many())
        assert {one.result().id for one in asked} == {1}
    assert world.fetches == 1


@pytest.mark.parametrize(("max_age", "kept"), [(None, 300), (120, 120), (0, 10), (10**9, 3600)])
def test_keys_are_kept_as_long_as_their_max_age_says(
    world: World, postern: Postern, clock: Clock, max_age: int | None, kept: int
) -> None:
    world.max_age = max_age
    token = world.memory.user().token
    postern.verify(token)
    clock.advance(kept - 1)
    postern.verify(token)
    assert world.fetches == 1
    clock.advance(2)
    postern.verify(token)
    assert world.fetches == 2


def test_a_new_key_is_fetched_with_its_first_token(
    world: World, postern: Postern, clock: Clock, verify: Verify
) -> None:
    verify(postern, world.memory.user().token)
    rotate(world)
    clock.advance(11)
    assert verify(postern, world.memory.user(id=2).token) == 2
    assert world.fetches == 2


def test_a_withdrawn_key_is_refused_once_the_keys_are_fetched(
    world: World, postern: Postern, clock: Clock, verify: Verify
) -> None:
    leaked = world.memory.user().token
    verify(postern, leaked)
    rotate(world)
    clock.advance(301)
    with pytest.raises(TokenInvalid):
        verify(postern, leaked)


def test_unknown_keys_cost_one_fetch_in_ten_seconds(
    world: World, postern: Postern, clock: Clock, verify: Verify
) -> None:
    good = world.memory.user().token
    verify(postern, good)
    for fetches in (2, 3):
        clock.advance(11)
        for _ in range(20):
            with pytest.raises(TokenInvalid):
                verify(postern, PosternInMemory(ISSUER).user().token)
        assert world.fetches == fetches
    assert verify(postern, good) == 1


class TestOutage:
    def test_from_the_start_is_no_fault_of_the_token(
        self, world: World, postern: Postern, clock: Clock, verify: Verify
    ) -> None:
        token = world.memory.user().token
        world.stop()
        for _ in range(3):
            with pytest.raises(KeysUnavailable) as refused:
                verify(postern, token)
            assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "10"})
        assert world.fetches == 1
        world.start()
        clock.advance(11)
        assert verify(postern, token) == 1

    def test_is_not_noticed_by_those_with_a_known_key(
        self, world: World, postern: Postern, clock: Clock, verify: Verify
    ) -> None:
        token = world.memory.user().token
        verify(postern, token)
        world.stop()
        for _ in range(3):
            clock.advance(301)
            assert verify(postern, token) == 1

    def test_leaves_open_whether_an_unknown_key_is_posterns(
        self, world: World, postern: Postern, clock: Clock, verify: Verify
    ) -> None:
        verify(postern, world.memory.user().token)
        rotate(world)
        world.stop()
        new = world.memory.user(id=2).token
        with pytest.raises(TokenInvalid):  # the keys are young
            verify(postern, new)
        clock.advance(301)
        with pytest.raises(KeysUnavailable):
            verify(postern, new)
        world.start()
        clock.advance(11)
        assert verify(postern, new) == 2

    def test_of_more_than_a_day_makes_the_keys_doubtful(
        self, world: World, postern: Postern, clock: Clock, verify: Verify
    ) -> None:
        token = world.memory.user().token
        verify(postern, token)
        world.stop()
        clock.advance(24 * 3600 + 1)
        with pytest.raises(KeysUnavailable):
            verify(postern, token)

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500),
            httpx.Response(302, headers={"Location": "https://evil.test"}),
            httpx.Response(200, text="no JSON"),
            httpx.Response(200, json=[]),
            httpx.Response(200, json={"keys": []}),
            httpx.Response(200, json={"keys": [1]}),
            httpx.Response(200, content=b" " * 300_000 + b"{}"),
        ],
        ids=["500", "redirect", "text", "list", "no keys", "numbers", "too long"],
    )
    def test_an_answer_that_is_no_key_set_changes_nothing(
        self, world: World, postern: Postern, clock: Clock, answer: httpx.Response
    ) -> None:
        token = world.memory.user().token
        postern.verify(token)
        world.answer_with = answer
        clock.advance(301)
        assert postern.verify(token).id == 1
        assert world.fetches == 2


def test_a_key_for_another_algorithm_is_not_used(world: World, postern: Postern) -> None:
    token = world.memory.user().token
    published = world.memory.answer(httpx.Request("GET", f"{ISSUER}/.well-known/jwks.json")).json()
    world.answer_with = httpx.Response(
        200, json={"keys": [{**published["keys"][0], "alg": "ES384"}]}
    )
    with pytest.raises((TokenInvalid, KeysUnavailable)):
        postern.verify(token)


def test_a_fetch_that_hangs_holds_up_only_the_request_that_began_it(
    world: World, postern: Postern, clock: Clock
) -> None:
    token = world.memory.user().token
    postern.verify(token)
    began, go_on, answer = threading.Event(), threading.Event(), world.memory.answer

    def hanging(request: httpx.Request) -> httpx.Response:
        began.set()
        assert go_on.wait(60)
        return answer(request)

    world.memory.answer = hanging  # type: ignore[method-assign]  # the test's own Postern
    clock.advance(301)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(postern.verify, token)
        assert began.wait(60)
        assert [postern.verify(token).id for _ in range(20)] == [1] * 20
        assert not first.done()
        go_on.set()
        assert first.result(60).id == 1
    assert world.fetches == 2


def test_a_fork_does_not_wait_for_a_fetch_of_its_parent(
    world: World, postern: Postern, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.memory.user().token
    began, go_on, answer = threading.Event(), threading.Event(), world.memory.answer

    def hanging(request: httpx.Request) -> httpx.Response:
        if not began.is_set():
            began.set()
            assert go_on.wait(60)
        return answer(request)

    world.memory.answer = hanging  # type: ignore[method-assign]  # the test's own Postern
    with ThreadPoolExecutor(1) as threads:
        of_parent = threads.submit(postern.verify, token)
        assert began.wait(60)
        monkeypatch.setattr("os.getpid", lambda: -1)
        assert postern.verify(token).id == 1
        go_on.set()
        assert of_parent.result(60).id == 1
    assert world.fetches == 2


def test_a_request_that_is_cancelled_does_not_end_the_fetch_of_others(
    world: World, postern: Postern
) -> None:
    token = world.memory.user().token
    began, go_on, answer = threading.Event(), threading.Event(), world.memory.answer

    def hanging(request: httpx.Request) -> httpx.Response:
        began.set()
        assert go_on.wait(60)
        return answer(request)

    world.memory.answer = hanging  # type: ignore[method-assign]  # the test's own Postern

    async def story() -> int:
        first = asyncio.create_task(postern.verify_async(token))
        second = asyncio.create_task(postern.verify_async(token))
        await asyncio.to_thread(began.wait, 60)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        go_on.set()
        return (await second).id

    assert asyncio.run(story()) == 1
    assert world.fetches == 1
