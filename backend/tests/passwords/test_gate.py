"""The gate before hashing: its limits, fairness between networks, and clients that hang up."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from src.passwords import gate as gates
from src.passwords.gate import HashGate
from src.passwords.two_queues import IN_A_ROW
from src.passwords.waiting import Waiting
from src.web.errors import Overloaded
from src.web.visitor import Visitor

FLOOD, ADA = Waiting(("192.0.2.1",)), Waiting(("192.0.2.2",))
KNOWN = Waiting(("192.0.2.1", "ada@example.com"), known=True)


class Scene:
    """A gate of one thread, which a job of the flood keeps busy until `release` is set."""

    def __init__(self, queue: int, wait: float = gates.WAIT) -> None:
        self.gate = HashGate(threads=1, queue=queue, wait=wait, ahead=0)
        self.begun, self.release = threading.Event(), threading.Event()
        self.ran: list[str] = []
        self.first = self.enter(FLOOD, self._until_released)

    def _until_released(self) -> bool:
        self.begun.set()
        return self.release.wait()

    def enter(self, waiting: Waiting, work: Callable[[], Any]) -> "asyncio.Task[Any]":
        return asyncio.get_running_loop().create_task(self.gate.run(waiting, work))

    def wait(self, waiting: Waiting, name: str) -> "asyncio.Task[Any]":
        return self.enter(waiting, partial(self.ran.append, name))

    async def end(self, *tasks: "asyncio.Task[Any]") -> list[object]:
        """The results of the tasks, once the thread is free again."""
        self.release.set()
        results: list[object] = [*await asyncio.gather(*tasks, return_exceptions=True)]
        await self.first
        self.gate.close()
        return results


async def settled() -> None:
    """Let all tasks run until they have to wait."""
    for _ in range(10):
        await asyncio.sleep(0)


class TestBounds:
    def test_requests_that_do_not_fit_in_the_queue_are_refused_at_once(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=2)
            await settled()
            waiting = [gate.wait(FLOOD, name) for name in "abcd"]
            await settled()
            assert [task.done() for task in waiting] == [False, False, True, True]
            results = await gate.end(*waiting)
            assert gate.ran == ["a", "b"]
            assert [type(result) for result in results[2:]] == [Overloaded, Overloaded]

        asyncio.run(scene())

    def test_a_request_that_waits_too_long_is_refused_unless_it_has_begun(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=9, wait=0.05)
            await settled()
            waiting = [gate.wait(FLOOD, name) for name in "ab"]
            done = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(result) for result in done] == [Overloaded, Overloaded]
            assert await gate.end(gate.first) == [True]
            assert gate.ran == []

        asyncio.run(scene())

    def test_the_time_waited_before_the_gate_counts(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=9)
            await settled()
            asked_at = time.monotonic() - gates.WAIT
            with pytest.raises(Overloaded):
                await gate.wait(replace(ADA, asked_at=asked_at), "a")
            await gate.end()

        asyncio.run(scene())

    def test_a_refusal_says_when_to_retry(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=1)
            await settled()
            waiting = gate.wait(FLOOD, "a")
            await settled()
            with pytest.raises(Overloaded) as refusal:
                await gate.wait(FLOOD, "b")
            assert refusal.value.retry_after
            assert 1 <= refusal.value.retry_after <= gates.LONGEST_RETRY + 1
            await gate.end(waiting)

        asyncio.run(scene())

    def test_many_known_devices_slow_an_unknown_one_down_and_do_not_stop_it(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=40)
            await settled()
            waiting = [gate.wait(KNOWN, "known") for _ in range(20)]
            waiting.append(gate.wait(ADA, "ada"))
            await settled()
            await gate.end(*waiting)
            assert gate.ran.index("ada") == IN_A_ROW

        asyncio.run(scene())

    def test_a_known_device_goes_before_all_unknown_ones(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=40)
            await settled()
            waiting = [gate.wait(Waiting((number,)), "flood") for number in range(40)]
            waiting.append(gate.wait(KNOWN, "known"))
            await settled()
            await gate.end(*waiting)
            assert gate.ran[0] == "known"

        asyncio.run(scene())

    def test_a_known_device_waits_longer_where_hashes_are_slow(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=9, wait=0)
            gate.gate.took(600)
            await settled()
            known = gate.wait(KNOWN, "known")
            with pytest.raises(Overloaded):
                await gate.wait(ADA, "unknown")
            await gate.end(known)
            assert gate.ran == ["known"]

        asyncio.run(scene())

    def test_the_threads_still_work_after_refusals_and_cancellations(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=1)
            await settled()
            waiting = [gate.wait(FLOOD, name) for name in "abc"]
            await settled()
            waiting[0].cancel()
            gate.release.set()
            await asyncio.gather(gate.first, *waiting, return_exceptions=True)
            for _ in range(3):
                assert await gate.gate.run(ADA, lambda: "ran") == "ran"
            gate.gate.close()

        asyncio.run(scene())

    def test_the_threads_start_before_the_first_hash(self) -> None:
        async def scene() -> None:
            before = set(threading.enumerate())
            gate = HashGate(threads=3, queue=1)
            assert len(set(threading.enumerate()) - before) == 3
            assert await gate.run(ADA, lambda: "ran") == "ran"
            gate.close()

        asyncio.run(scene())

    def test_an_expensive_stored_hash_does_not_make_a_refusal_more_expensive(self) -> None:
        async def scene() -> None:
            gate = HashGate(threads=1, queue=1)
            assert gate.cost_beside(f"$2b$31${'.' * 53}") == gates.DEAREST
            gate.close()

        asyncio.run(scene())


class TestFairness:
    def test_a_flood_from_one_address_delays_another_by_one_hash(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=50)
            await settled()
            waiting = [gate.wait(FLOOD, f"flood {number}") for number in range(20)]
            await settled()
            waiting.append(gate.wait(ADA, "ada"))
            await settled()
            await gate.end(*waiting)
            assert gate.ran[:2] == ["flood 0", "ada"]
            assert len(gate.ran) == 21

        asyncio.run(scene())

    def test_a_flood_that_fills_the_queue_makes_room_for_another_address(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=3)
            await settled()
            flood = [gate.wait(FLOOD, f"flood {number}") for number in range(3)]
            await settled()
            ada = gate.wait(ADA, "ada")
            await settled()
            assert isinstance(flood[2].exception(), Overloaded)
            await gate.end(*flood[:2], ada)
            assert gate.ran == ["flood 0", "ada", "flood 1"]

        asyncio.run(scene())

    def test_an_ipv6_network_counts_as_one_address(self) -> None:
        assert Visitor("2001:db8::1").network == Visitor("2001:db8::ffff:2").network
        assert Visitor("2001:db8::1").network != Visitor("2001:db8:0:1::1").network

    def test_a_provider_and_a_site_have_turns_of_their_own(self) -> None:
        assert Visitor("2001:db8:1:2::3").networks == (
            "2001:db8::/32",
            "2001:db8:1::/48",
            "2001:db8:1:2::/64",
        )
        assert Visitor("192.0.2.1").networks == ("192.0.0.0/16", "192.0.2.0/24", "192.0.2.1")
        assert Visitor("64:ff9b::c000:201").networks == Visitor("192.0.2.1").networks
        assert Visitor().networks == ("unknown",)


class TestHangingUp:
    def test_a_client_that_hangs_up_leaves_the_queue(self) -> None:
        async def scene() -> None:
            hung_up = asyncio.Event()

            async def receive() -> dict[str, Any]:
                await hung_up.wait()
                return {"type": "http.disconnect"}

            gate = Scene(queue=1)
            await settled()
            leaving = gate.wait(Waiting(("192.0.2.3",), receive=receive), "gone")
            await settled()
            hung_up.set()
            with pytest.raises(ClientDisconnect):
                await leaving
            after = gate.wait(FLOOD, "after")  # there is room again
            await settled()
            await gate.end(after)
            assert gate.ran == ["after"]

        asyncio.run(scene())

    def test_a_cancelled_request_leaves_the_queue_or_passes_the_thread_on(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=9)
            await settled()
            waiting = [gate.wait(FLOOD, name) for name in "abc"]
            await settled()
            waiting[0].cancel()
            await settled()
            gate.gate.pass_on()  # the moment in which b has got the turn
            waiting[1].cancel()
            await gate.end(*waiting)
            assert gate.ran == ["c"]

        asyncio.run(scene())


class TestATurn:
    def test_is_there_while_the_threads_are_busy_so_that_none_waits_for_a_count(self) -> None:
        async def scene() -> None:
            gate = HashGate(threads=1, queue=9)
            release = threading.Event()
            async with gate.turn(FLOOD) as first, gate.turn(ADA) as second:
                hashing = asyncio.ensure_future(first.run(release.wait))
                following = asyncio.ensure_future(second.run(lambda: "hashed"))
                third = asyncio.ensure_future(gate.run(FLOOD, lambda: "third"))
                await settled()
                assert not third.done()
                release.set()
                assert await hashing
                assert await following == "hashed"
            assert await third == "third"
            gate.close()

        asyncio.run(scene())

    def test_without_a_hash_is_passed_on(self) -> None:
        async def scene() -> None:
            gate = HashGate(threads=1, queue=9, ahead=0)
            async with gate.turn(FLOOD):
                after = asyncio.ensure_future(gate.run(ADA, lambda: "ran"))
                await settled()
                assert not after.done()
            assert await after == "ran"
            gate.close()

        asyncio.run(scene())

    def test_may_hash_twice(self) -> None:
        async def scene() -> None:
            gate = HashGate(threads=1, queue=1, ahead=0)
            async with gate.turn(ADA) as turn:
                assert [await turn.run(int, word) for word in "12"] == [1, 2]
            gate.close()

        asyncio.run(scene())

    def test_whose_request_is_cancelled_ends_with_the_hash_that_runs(self) -> None:
        async def scene() -> None:
            gate = Scene(queue=9)
            await asyncio.to_thread(gate.begun.wait, 10)
            gate.first.cancel()
            after = gate.wait(ADA, "after")
            await settled()
            assert gate.ran == []
            assert not after.done()
            gate.release.set()
            await after
            gate.gate.close()

        asyncio.run(scene())


class TestPriority:
    def test_hashing_has_a_low_priority(self) -> None:
        async def niceness() -> int:
            gate = HashGate(threads=1, queue=1)
            nice = await gate.run(
                ADA, lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
            )
            gate.close()
            return nice

        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert asyncio.run(niceness()) == min(gates.LOWEST, own + gates.NICENESS)
        assert os.getpriority(os.PRIO_PROCESS, 0) == own


class TestEnd:
    def test_a_started_hash_is_finished_at_shutdown(self) -> None:
        async def scene() -> str:
            gate = HashGate(threads=1, queue=1)
            begun = threading.Event()

            def work() -> str:
                begun.set()
                threading.Event().wait(0.2)
                return "finished"

            task = asyncio.get_running_loop().create_task(gate.run(ADA, work))
            await asyncio.to_thread(begun.wait, 10)
            gate.close()
            return await task

        assert asyncio.run(scene()) == "finished"
