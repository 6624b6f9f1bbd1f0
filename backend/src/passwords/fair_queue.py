"""A bounded queue in which all owners take turns, even if one of them sends much more. Pure.

An owner is a path in a tree, such as a provider, a site and a subscriber. At each level the
branches take turns. So an attacker with many addresses of one provider gets the turns of one.

At each level the branch goes first whose last turn is longest ago. At the top, the queue remembers
the turns of branches that are empty, too. So an owner who comes again and again, under many names,
goes behind one who comes once.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
Owner = tuple[Hashable, ...]

REMEMBERED = 10_000
"""Branches of which the last turn is known: of each level, while there is something in it."""


class Full(Exception):  # noqa: N818  it names the fact
    """The queue is full, and nobody in it has to leave for the new item."""


class FairQueue(Generic[T]):
    """Owners take turns. The items of one owner leave in the order in which they came.

    A branch without a remembered turn goes first, so a few busy branches cannot block others.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._root: _Branch[T] = _Branch()

    def __len__(self) -> int:
        return self._root.size

    def push(self, owner: Owner, item: T) -> T | None:
        """Add an item. If the queue is full, the newest item of another owner leaves for it.

        That is the busiest owner, found level by level from the top. If none has more items than
        this one, it is the owner at the top that had the last turn, if this one's is longer ago.
        Returns the item that left. Raises `Full` if there is no such owner.
        """
        displaced = None
        if self._root.size >= self._limit:
            path = self._that_leaves_for(owner)
            if path is None:
                raise Full
            displaced = self._root.take_newest(path)
        self._root.push(owner, item)
        return displaced

    def pop(self) -> T:
        """The oldest item of the next owner. Raises `IndexError` if the queue is empty."""
        if not self._root.size:
            raise IndexError
        return self._root.pop()

    def remove(self, owner: Owner, item: T) -> bool:
        """Remove an item before its turn. False if it has already left."""
        return self._root.remove(owner, item)

    def has_room_for(self, owner: Owner) -> bool:
        return self._root.size < self._limit or self._that_leaves_for(owner) is not None

    def _that_leaves_for(self, owner: Owner) -> Owner | None:
        return self._root.heavier_than(owner) or self._root.served_after(owner)


class _Branch(Generic[T]):
    """A node of the tree. It has branches, or it is an owner with items."""

    def __init__(self) -> None:
        self.size = 0
        self._items: deque[T] = deque()
        self._branches: dict[Hashable, _Branch[T]] = {}
        self._turns: OrderedDict[Hashable, int] = OrderedDict()
        """The number of each branch's last turn, the oldest first."""
        self._turn = 0

    def push(self, path: Owner, item: T) -> None:
        self.size += 1
        if not path:
            self._items.append(item)
            return
        self._branches.setdefault(path[0], _Branch()).push(path[1:], item)

    def pop(self) -> T:
        self.size -= 1
        if self._items:
            return self._items.popleft()
        name = min(self._branches, key=self._last_turn)
        item = self._branches[name].pop()
        self._forget_if_empty(name)
        self._remember(name)
        return item

    def remove(self, path: Owner, item: T) -> bool:
        if path:
            branch = self._branches.get(path[0])
            if branch is None or not branch.remove(path[1:], item):
                return False
            self._shrink(path[0])
            return True
        if item not in self._items:
            return False
        self._items.remove(item)
        self.size -= 1
        return True

    def heavier_than(self, path: Owner) -> Owner | None:
        """The start of a path whose branch has more items than `path` would have with the new one.

        It is the highest such branch: there the paths of the new item and of the others separate.
        """
        if not path:
            return None
        own = self._branches.get(path[0])
        name = self._heaviest()
        if self._branches[name].size > (own.size if own else 0) + 1:
            return (name,)
        below = own.heavier_than(path[1:]) if own else None
        return None if below is None else (path[0], *below)

    def served_after(self, path: Owner) -> Owner | None:
        """The branch that had the last turn, if it was after that of `path`."""
        last = max(self._branches, key=self._last_turn)
        return (last,) if path and self._last_turn(last) > self._last_turn(path[0]) else None

    def take_newest(self, path: Owner) -> T:
        """The newest item of the heaviest owner below this path."""
        if not path and self._items:
            self.size -= 1
            return self._items.pop()
        name = path[0] if path else self._heaviest()
        item = self._branches[name].take_newest(path[1:])
        self._shrink(name)
        return item

    def _shrink(self, name: Hashable) -> None:
        """Count one item less in that branch, and remove the branch if it is empty."""
        self.size -= 1
        self._forget_if_empty(name)

    def _forget_if_empty(self, name: Hashable) -> None:
        if not self._branches[name].size:
            del self._branches[name]

    def _last_turn(self, name: Hashable) -> int:
        """Its number; 0 if it is not known."""
        return self._turns.get(name, 0)

    def _remember(self, name: Hashable) -> None:
        """That branch has just had a turn."""
        self._turn += 1
        self._turns[name] = self._turn
        self._turns.move_to_end(name)
        if len(self._turns) > REMEMBERED:
            self._turns.popitem(last=False)

    def _heaviest(self) -> Hashable:
        """The name of the branch with the most items. If there are several, the newest."""
        return max(reversed(self._branches.items()), key=lambda entry: entry[1].size)[0]
