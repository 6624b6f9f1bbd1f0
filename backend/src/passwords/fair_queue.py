"""A bounded queue in which everybody has a turn, however much one of them brings. Pure."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
Lines = OrderedDict[Hashable, deque[T]]


class Full(Exception):  # noqa: N818  it names the fact
    """There is no room, and nobody who has taken more of it than the newcomer."""


class FairQueue(Generic[T]):
    """Owners take turns; each one's own items leave in the order in which they came.

    A line that had no turn yet goes first, so a few busy lines keep nobody out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._fresh: Lines[T] = OrderedDict()
        self._served: Lines[T] = OrderedDict()

    def __len__(self) -> int:
        return self._size

    def push(self, owner: Hashable, item: T) -> T | None:
        """Add an item. If the queue is full, the newest item of the longest line leaves for it.

        Gives the one that had to leave. Raise `Full` where nobody has more than this owner.
        """
        displaced = self._make_room(owner) if self._size >= self._limit else None
        lines = self._served if owner in self._served else self._fresh
        lines.setdefault(owner, deque()).append(item)
        self._size += 1
        return displaced

    def pop(self) -> T:
        """The oldest item of the owner whose turn it is; raise `IndexError` if there is none."""
        if not self._size:
            raise IndexError
        owner, line = (self._fresh or self._served).popitem(last=False)
        self._size -= 1
        item = line.popleft()
        if line:
            self._served[owner] = line
        return item

    def remove(self, owner: Hashable, item: T) -> bool:
        """Take an item out of its turn; false where it has left already."""
        lines = self._served if owner in self._served else self._fresh
        line = lines.get(owner, deque())
        if item not in line:
            return False
        line.remove(item)
        self._size -= 1
        if not line:
            del lines[owner]
        return True

    def has_room_for(self, owner: Hashable) -> bool:
        return self._size < self._limit or self._greediest(owner) is not None

    def _make_room(self, owner: Hashable) -> T:
        greediest = self._greediest(owner)
        if greediest is None:
            raise Full
        item = greediest.pop()
        self._size -= 1
        return item

    def _greediest(self, newcomer: Hashable) -> deque[T] | None:
        """The longest line, if that is longer than the newcomer's would be then."""
        lines = {**self._fresh, **self._served}
        longest = max(lines.values(), key=len, default=deque[T]())
        return longest if len(longest) > len(lines.get(newcomer, ())) + 1 else None
