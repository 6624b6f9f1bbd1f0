"""Owners take turns. If the queue is full, the owner with the most items loses one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.passwords.fair_queue import REMEMBERED, FairQueue, Full


def filled(limit: int, *entries: tuple[str, int]) -> FairQueue[int]:
    queue: FairQueue[int] = FairQueue(limit)
    for owner, item in entries:
        queue.push((owner,), item)
    return queue


class TestTurns:
    def test_owners_take_turns_and_their_items_keep_their_order(self) -> None:
        queue = filled(9, ("flood", 1), ("flood", 2), ("flood", 3), ("ada", 4), ("bob", 5))
        assert [queue.pop() for _ in range(5)] == [1, 4, 5, 2, 3]

    def test_a_new_owner_comes_after_owners_who_had_no_turn_yet(self) -> None:
        queue = filled(9, *[("flood", item) for item in range(5)])
        queue.pop()
        queue.push(("ada",), 9)
        queue.push(("bob",), 10)
        assert [queue.pop() for _ in range(3)] == [9, 10, 1]

    def test_owners_who_always_have_items_do_not_block_a_new_owner(self) -> None:
        queue: FairQueue[int] = FairQueue(50)
        for item in range(40):
            queue.push((f"flood {item % 20}",), item)
        for _ in range(20):
            queue.pop()
        queue.push(("ada",), 99)
        assert queue.pop() == 99

    def test_an_owner_who_had_a_turn_goes_behind_one_who_had_none(self) -> None:
        queue = filled(9, ("flood", 1), ("eve", 2))
        assert [queue.pop() for _ in range(2)] == [1, 2]
        for owner, item in (("eve", 3), ("flood", 4), ("ada", 5)):
            queue.push((owner,), item)
        assert [queue.pop() for _ in range(3)] == [5, 4, 3]

    def test_only_so_many_turns_are_remembered(self) -> None:
        queue: FairQueue[int] = FairQueue(1)
        for number in range(REMEMBERED + 10):
            queue.push((number,), number)
            queue.pop()
        assert len(queue._root._turns) == REMEMBERED  # noqa: SLF001  memory that nobody sees

    def test_an_empty_queue_raises_index_error(self) -> None:
        with pytest.raises(IndexError):
            filled(1).pop()


class TestRoom:
    def test_a_new_owner_displaces_the_newest_item_of_the_largest_owner(self) -> None:
        queue = filled(3, ("flood", 1), ("flood", 2), ("flood", 3))
        assert queue.has_room_for(("ada",))
        assert queue.push(("ada",), 4) == 3
        assert [queue.pop() for _ in range(3)] == [1, 4, 2]

    def test_the_owner_with_the_most_items_gets_no_room(self) -> None:
        queue = filled(2, ("flood", 1), ("flood", 2))
        assert not queue.has_room_for(("flood",))
        with pytest.raises(Full):
            queue.push(("flood",), 3)
        assert len(queue) == 2

    def test_no_item_is_displaced_for_an_owner_with_equally_many(self) -> None:
        queue = filled(2, ("ada", 1), ("bob", 2))
        with pytest.raises(Full):
            queue.push(("eve",), 3)

    def test_an_owner_whose_turn_is_longer_ago_gets_the_place_of_the_last_one(self) -> None:
        """Somebody with as many accounts as the queue has places keeps nobody out."""
        queue = filled(3, ("eve 1", 1), ("eve 2", 2), ("eve 3", 3))
        for item in (4, 5, 6):
            queue.pop()
            queue.push((f"eve {item - 3}",), item)
        assert queue.has_room_for(("ada",))
        assert queue.push(("ada",), 7) == 6
        assert queue.pop() == 7

    def test_a_removed_item_makes_room(self) -> None:
        queue = filled(1, ("ada", 1))
        assert queue.remove(("ada",), 1)
        assert not queue.remove(("ada",), 1)
        assert queue.push(("bob",), 2) is None


class TestNetworks:
    """An owner is a path: provider, site, subscriber."""

    def test_ten_thousand_subscribers_of_one_provider_have_its_turns(self) -> None:
        queue: FairQueue[int] = FairQueue(100)
        for item in range(50):
            queue.push(("flood", item % 7, item), item)
        assert queue.pop() == 0
        queue.push(("ada", 1, 1), 99)
        assert queue.pop() == 99

    def test_a_full_queue_takes_from_the_provider_with_the_most(self) -> None:
        queue: FairQueue[int] = FairQueue(4)
        for item in range(4):
            queue.push(("flood", item, item), item)
        assert queue.has_room_for(("ada", 1, 1))
        assert queue.push(("ada", 1, 1), 99) in range(4)
        assert len(queue) == 4

    def test_a_site_of_the_same_provider_is_a_party_below_it(self) -> None:
        queue: FairQueue[int] = FairQueue(4)
        for item in range(4):
            queue.push(("provider", "flood", item), item)
        assert queue.push(("provider", "ada", 1), 99) in range(4)
        assert [queue.pop() for _ in range(2)] == [0, 99]

    def test_one_more_of_the_heaviest_provider_finds_no_room(self) -> None:
        queue: FairQueue[int] = FairQueue(2)
        queue.push(("flood", 1, 1), 1)
        queue.push(("flood", 2, 2), 2)
        assert not queue.has_room_for(("flood", 3, 3))
        with pytest.raises(Full):
            queue.push(("flood", 3, 3), 3)

    def test_branches_that_are_empty_are_forgotten(self) -> None:
        queue: FairQueue[int] = FairQueue(9)
        for number in range(1000):
            queue.push(("provider", number, number), number)
            queue.push(("provider", number, number), -number)
            assert queue.remove(("provider", number, number), number)
            assert queue.pop() == -number
        assert not queue._root._branches  # noqa: SLF001  memory that nobody sees


@given(
    limit=st.integers(1, 8),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["push", "pop", "remove"]),
            st.tuples(st.sampled_from("ab"), st.sampled_from("xy")),
        )
    ),
)
def test_no_item_is_lost_or_doubled_and_the_limit_holds(
    limit: int, steps: list[tuple[str, tuple[str, str]]]
) -> None:
    queue: FairQueue[int] = FairQueue(limit)
    inside: dict[int, tuple[str, str]] = {}
    turns: dict[str, int] = {}
    for number, (step, owner) in enumerate(steps):
        if step == "push" and queue.has_room_for(owner):
            displaced = queue.push(owner, number)
            inside[number] = owner
            if displaced is not None:
                providers = Counter(provider for provider, _ in inside.values())
                whose = inside.pop(displaced)
                had_a_turn_later = turns.get(whose[0], -1) > turns.get(owner[0], -1)
                assert providers[whose[0]] >= providers[owner[0]] or had_a_turn_later
        elif step == "push":
            with pytest.raises(Full):
                queue.push(owner, number)
        elif step == "pop" and inside:
            provider, _ = inside.pop(queue.pop())
            turns[provider] = number
        elif step == "remove":
            item = next((item for item, whose in inside.items() if whose == owner), -1)
            assert queue.remove(owner, item) is (inside.pop(item, None) is not None)
        assert len(queue) == len(inside) <= limit
