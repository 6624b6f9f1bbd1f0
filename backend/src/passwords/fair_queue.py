"""A bounded queue in which everybody has a turn, however much one of them brings. Pure.

An owner is a path in a tree, such as a provider, a site and a subscriber. At each level the
branches take turns. So whoever owns many addresses of one provider has the turns of one.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
Owner = tuple[Hashable, ...]


class Full(Exception):  # noqa: N818  it names the fact
    """There is no room, and nobody who has taken more of it than the newcomer."""


class FairQueue(Generic[T]):
    """Owners take turns; each one's own items leave in the order in which they came.

    A branch that had no turn yet goes first, so a few busy ones keep nobody out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._root: _Branch[T] = _Branch()

    def __len__(self) -> int:
        return self._root.size

    def push(self, owner: Owner, item: T) -> T | None:
        """Add an item. If the queue is full, the newest item of the busiest owner leaves for it.

        "Busiest" is decided level by level, from the top. Gives the item that had to leave. Raise
        `Full` where no branch has more than this owner's.
        """
        displaced = None
        if self._root.size >= self._limit:
            heavier = self._root.heavier_than(owner)
            if heavier is None:
                raise Full
            displaced = self._root.take_newest(heavier)
        self._root.push(owner, item)
        return displaced

    def pop(self) -> T:
        """The oldest item of the owner whose turn it is; raise `IndexError` if there is none."""
        if not self._root.size:
            raise IndexError
        return self._root.pop()

    def remove(self, owner: Owner, item: T) -> bool:
        """Take an item out of its turn; false where it has left already."""
        return self._root.remove(owner, item)

    def has_room_for(self, owner: Owner) -> bool:
        return self._root.size < self._limit or self._root.heavier_than(owner) is not None


class _Branch(Generic[T]):
    """A node of the tree: it has branches, or it is an owner and has items."""

    def __init__(self) -> None:
        self.size = 0
        self._items: deque[T] = deque()
        self._fresh: OrderedDict[Hashable, _Branch[T]] = OrderedDict()
        self._served: OrderedDict[Hashable, _Branch[T]] = OrderedDict()

    def push(self, path: Owner, item: T) -> None:
        self.size += 1
        if not path:
            self._items.append(item)
            return
        self._group(path[0]).setdefault(path[0], _Branch()).push(path[1:], item)

    def pop(self) -> T:
        self.size -= 1
        if self._items:
            return self._items.popleft()
        name, branch = (self._fresh or self._served).popitem(last=False)
        item = branch.pop()
        if branch.size:
            self._served[name] = branch
        return item

    def remove(self, path: Owner, item: T) -> bool:
        if path:
            branch = self._group(path[0]).get(path[0])
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
        """The start of a path whose branch would still have more than `path`, with one item more.

        The highest one in the tree: there the newcomer and the others stop to be one party.
        """
        if not path:
            return None
        own = self._group(path[0]).get(path[0])
        name = self._heaviest()
        if self._group(name)[name].size > (own.size if own else 0) + 1:
            return (name,)
        below = own.heavier_than(path[1:]) if own else None
        return None if below is None else (path[0], *below)

    def take_newest(self, path: Owner) -> T:
        """The newest item of the heaviest owner below this path."""
        if not path and self._items:
            self.size -= 1
            return self._items.pop()
        name = path[0] if path else self._heaviest()
        item = self._group(name)[name].take_newest(path[1:])
        self._shrink(name)
        return item

    def _shrink(self, name: Hashable) -> None:
        """That branch has one item less. An empty branch is forgotten."""
        self.size -= 1
        group = self._group(name)
        if not group[name].size:
            del group[name]

    def _group(self, name: Hashable) -> "OrderedDict[Hashable, _Branch[T]]":
        return self._served if name in self._served else self._fresh

    def _heaviest(self) -> Hashable:
        """The name of the branch with the most items; of several, the newest."""
        branches = [*self._served.items(), *self._fresh.items()]
        return max(reversed(branches), key=lambda entry: entry[1].size)[0]
