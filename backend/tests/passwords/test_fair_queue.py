"""Owners take turns. If the queue is full, the owner with the most items loses one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.passwords.fair_queue import FairQueue, Full


def filled(limit: int, *entries: tuple[str, int]) -> FairQueue[int]:
    queue: FairQueue[int] = FairQueue(limit)
    for owner, item in entries:
        queue.push(owner, item)
    return queue


class TestTurns:
    def test_owners_take_turns_and_their_items_keep_their_order(self) -> None:
        queue = filled(9, ("flood", 1), ("flood", 2), ("flood", 3), ("ada", 4), ("bob", 5))
        assert [queue.pop() for _ in range(5)] == [1, 4, 5, 2, 3]

    def test_a_new_owner_comes_after_owners_who_had_no_turn_yet(self) -> None:
        queue = filled(9, *[("flood", item) for item in range(5)])
        queue.pop()
        queue.push("ada", 9)
        queue.push("bob", 10)
        assert [queue.pop() for _ in range(3)] == [9, 10, 1]

    def test_owners_who_always_have_items_do_not_block_a_new_owner(self) -> None:
        queue: FairQueue[int] = FairQueue(50)
        for item in range(40):
            queue.push(f"flood {item % 20}", item)
        for _ in range(20):
            queue.pop()
        queue.push("ada", 99)
        assert queue.pop() == 99

    def test_an_empty_queue_raises_index_error(self) -> None:
        with pytest.raises(IndexError):
            filled(1).pop()


class TestRoom:
    def test_a_new_owner_displaces_the_newest_item_of_the_largest_owner(self) -> None:
        queue = filled(3, ("flood", 1), ("flood", 2), ("flood", 3))
        assert queue.has_room_for("ada")
        assert queue.push("ada", 4) == 3
        assert [queue.pop() for _ in range(3)] == [1, 4, 2]

    def test_the_owner_with_the_most_items_gets_no_room(self) -> None:
        queue = filled(2, ("flood", 1), ("flood", 2))
        assert not queue.has_room_for("flood")
        with pytest.raises(Full):
            queue.push("flood", 3)
        assert len(queue) == 2

    def test_no_item_is_displaced_for_an_owner_with_equally_many(self) -> None:
        queue = filled(2, ("ada", 1), ("bob", 2))
        with pytest.raises(Full):
            queue.push("eve", 3)

    def test_a_removed_item_makes_room(self) -> None:
        queue = filled(1, ("ada", 1))
        assert queue.remove("ada", 1)
        assert not queue.remove("ada", 1)
        assert queue.push("bob", 2) is None


@given(
    limit=st.integers(1, 8),
    steps=st.lists(st.tuples(st.sampled_from(["push", "pop", "remove"]), st.sampled_from("abc"))),
)
def test_no_item_is_lost_or_doubled_and_the_limit_holds(
    limit: int, steps: list[tuple[str, str]]
) -> None:
    queue: FairQueue[int] = FairQueue(limit)
    inside: dict[int, str] = {}
    for number, (step, owner) in enumerate(steps):
        if step == "push" and queue.has_room_for(owner):
            displaced = queue.push(owner, number)
            inside[number] = owner
            if displaced is not None:
                shares = Counter(inside.values())
                assert shares[inside.pop(displaced)] == max(shares.values())
        elif step == "push":
            with pytest.raises(Full):
                queue.push(owner, number)
        elif step == "pop" and inside:
            inside.pop(queue.pop())
        elif step == "remove":
            item = next((item for item, whose in inside.items() if whose == owner), -1)
            assert queue.remove(owner, item) is (inside.pop(item, None) is not None)
        assert len(queue) == len(inside) <= limit
