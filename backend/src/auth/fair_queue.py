"""A bounded queue in which everybody has a turn, however much one of them brings. Pure."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Full(Exception):  # noqa: N818  it names the fact
    """There is no room, and nobody who has taken more of it than the newcomer."""


class FairQueue(Generic[T]):
    """Owners take turns; each one's own items leave in the order in which they came."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._lines: OrderedDict[Hashable, deque[T]] = OrderedDict()

    def __len__(self) -> int:
        return self._size

    def push(self, owner: Hashable, item: T) -> T | None:
        """Add an item. Where all is taken, the newest of whoever has the most leaves for it.

        Gives the one that had to leave. Raise `Full` where nobody has more than this owner.
        """
        displaced = self._make_room(owner) if self._size >= self._limit else None
        self._lines.setdefault(owner, deque()).append(item)
        self._size += 1
        return displaced

    def pop(self) -> T:
        """The oldest item of the owner whose turn it is; raise `IndexError` if there is none."""
        if not self._lines:
            raise IndexError
        owner, line = next(iter(self._lines.items()))
        item = line.popleft()
        self._size -= 1
        if line:
            self._lines.move_to_end(owner)
        else:
            del self._lines[owner]
        return item

    def remove(self, owner: Hashable, item: T) -> bool:
        """Take an item out of its turn; false where it has left already."""
        line = self._lines.get(owner)
        if line is None or item not in line:
            return False
        line.remove(item)
        self._size -= 1
        if not line:
            del self._lines[owner]
        return True

    def has_room_for(self, owner: Hashable) -> bool:
        return self._size < self._limit or self._greediest(owner) is not None

    def _make_room(self, owner: Hashable) -> T:
        greediest = self._greediest(owner)
        if greediest is None:
            raise Full
        item = self._lines[greediest].pop()
        self._size -= 1
        return item

    def _greediest(self, newcomer: Hashable) -> Hashable | None:
        """Who has the most, if that is more than the newcomer would have then."""
        if not self._lines:
            return None
        owner, line = max(self._lines.items(), key=lambda entry: len(entry[1]))
        return owner if len(line) > len(self._lines.get(newcomer, ())) + 1 else None
