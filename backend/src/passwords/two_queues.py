"""Separate queues for known and unknown devices. Known devices go first. Pure."""

from typing import Generic, TypeVar

from src.passwords.fair_queue import FairQueue
from src.passwords.waiting import Waiting

T = TypeVar("T")

IN_A_ROW = 3
"""How many requests of known devices go before one of an unknown device.

An attacker with many known devices can slow down first sign-ins, but cannot stop them.
"""


class TwoQueues(Generic[T]):
    """Two fair queues of `limit` items each, so that a flood in one leaves room in the other."""

    def __init__(self, limit: int) -> None:
        self._known: FairQueue[T] = FairQueue(limit)
        self._unknown: FairQueue[T] = FairQueue(limit)
        self._in_a_row = 0

    def __len__(self) -> int:
        return len(self._known) + len(self._unknown)

    def push(self, waiting: Waiting, item: T) -> T | None:
        """As `FairQueue.push`."""
        return self._of(waiting).push(waiting.owner, item)

    def pop(self) -> T:
        """The next item. Raises `IndexError` if there is none."""
        spared = not self._unknown or self._in_a_row < IN_A_ROW
        if self._known and spared:
            self._in_a_row += 1
            return self._known.pop()
        self._in_a_row = 0
        return self._unknown.pop()

    def remove(self, waiting: Waiting, item: T) -> bool:
        """As `FairQueue.remove`."""
        return self._of(waiting).remove(waiting.owner, item)

    def has_room_for(self, waiting: Waiting) -> bool:
        return self._of(waiting).has_room_for(waiting.owner)

    def _of(self, waiting: Waiting) -> FairQueue[T]:
        return self._known if waiting.known else self._unknown
