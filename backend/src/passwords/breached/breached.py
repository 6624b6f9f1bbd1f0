"""Refuses new passwords that are known from breaches. If nobody can say, they are allowed."""

import asyncio
import logging

from src.kit import metrics
from src.kit.repeats import Repeats
from src.passwords.breached import file
from src.passwords.breached.ranges import digest_of
from src.passwords.breached.source import Source, Unavailable
from src.passwords.errors import PasswordBreached
from src.settings import Settings

log = logging.getLogger(__name__)

WITHIN = 1.5
"""Seconds, with the wait for a connection. A person waits for this, after the hash."""


def source_of(settings: Settings) -> Source | None:
    """Make it on the running event loop. None if nobody is to be asked."""
    if settings.breached_passwords == "range-api":
        from src.passwords.breached.range_api import RangeApi

        return RangeApi(settings.breached_passwords_url)
    if settings.breached_passwords == "file" and settings.breached_passwords_file:
        return file.SortedFile(settings.breached_passwords_file)
    return None


async def ask(source: Source, digest: str, within: float = WITHIN) -> bool:
    """Whether it is known. Raises `Unavailable`, at the latest after `within` seconds."""
    try:
        async with asyncio.timeout(within):
            return await source.has(digest)
    except TimeoutError:
        raise Unavailable(f"there was no answer within {within} seconds") from None


class BreachedPasswords:
    """Asks, and counts what comes of it. Hold no connection and no turn to hash meanwhile."""

    def __init__(self, source: Source | None, within: float = WITHIN) -> None:
        self._source, self._within = source, within
        self._repeats = Repeats(log)

    async def refuse(self, password: str, *, field: str) -> None:
        """Raise `PasswordBreached`."""
        if self._source is None:
            return
        try:
            known = await ask(self._source, digest_of(password), self._within)
        except Unavailable as reason:
            metrics.breached_passwords.labels("unavailable").inc()
            self._repeats.write(
                logging.WARNING,
                "unavailable",
                "A new password was allowed without a check for breaches: %s. "
                "Find out more with: postern doctor",
                reason,
            )
            return
        metrics.breached_passwords.labels("breached" if known else "checked").inc()
        if known:
            raise PasswordBreached(field)

    async def close(self) -> None:
        if self._source is not None:
            await self._source.close()


def refuse_unusable_file(settings: Settings) -> None:
    """End the start with a sentence. A missing file would allow every password without a word."""
    path = settings.breached_passwords_file
    if settings.breached_passwords != "file" or path is None:
        return
    try:
        file.check(path)
    except file.Unusable as unusable:
        raise SystemExit(
            f"Postern cannot start: {unusable}.\n"
            "Name the file that docs/settings.md describes, or set BREACHED_PASSWORDS=off."
        ) from None
