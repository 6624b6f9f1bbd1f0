"""Limits frequent events to one line of the log each minute. Pure."""

from collections import Counter
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class Flood:
    """Counts events by kind. Says when a line is due, and how many events it stands for."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._more: Counter[str] = Counter()

    def note(self, kind: str, at: datetime) -> int | None:
        """How many the line to write now stands for; None where no line is due.

        The first of a kind is written at once. The others of its minute are in its next line.
        """
        self._more[kind] += 1
        since = self._since.get(kind)
        if since is not None and since <= at < since + MINUTE:
            return None
        self._since[kind] = at
        return self._more.pop(kind)

    def rest(self) -> dict[str, int]:
        """Return the counts by kind that no line has shown yet, and forget them."""
        rest, self._more = dict(self._more), Counter()
        return rest
