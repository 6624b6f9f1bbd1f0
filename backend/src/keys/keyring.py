"""The keys in this process. They are read again when they are used and are old.

Nothing runs in the background, so the database of an idle service can sleep. However many tokens
arrive, the database is asked at most once in each interval.
"""

import asyncio
import time
from uuid import UUID

from src.database.database import in_transaction
from src.database.errors import DatabaseUnavailable
from src.keys import steps
from src.keys.signing_keys import KeySet, SigningKey
from src.kit.clock import now

RENEW_EVERY = 60.0
"""Seconds after which known keys are read again; well under `steps.LEAD`."""
LOOK_UP_EVERY = 10.0
"""Seconds between two looks at the database for a key that is not known."""


class KeyRing:
    """Used on an event loop only."""

    def __init__(self) -> None:
        self.renew_every, self.look_up_every = RENEW_EVERY, LOOK_UP_EVERY
        self._keys = KeySet()
        self._asked_at = float("-inf")
        self._renewing: asyncio.Task[KeySet] | None = None

    async def signing_key(self, of: UUID | None = None) -> SigningKey:
        """The key that signs. `of` is the instance of the session that the token is for."""
        key = (await self.keys()).signing(now())
        # Its time has just come, the clock was set back, or the database was forked.
        if key is None or of not in {None, key.instance}:
            self.forget()
            key = (await self.keys()).signing(now())
        assert key is not None, "keep_up() gives a key that signs"  # noqa: S101
        return key

    async def verifying_key(self, kid: str) -> SigningKey | None:
        """The key with this id, if tokens of it may still be valid."""
        key = (await self.keys()).verifying(kid, now())
        if key is None and self._age() > self.look_up_every:
            key = (await self._renew()).verifying(kid, now())
        return key

    async def keys(self, *, not_older_than: float | None = None) -> KeySet:
        limit = self.renew_every if not_older_than is None else not_older_than
        if not self._keys.keys or self._age() > limit:
            return await self._renew()
        return self._keys

    async def public_keys(self) -> KeySet:
        """The keys for other services, newer than `keys`: those services keep them for a while too.

        If the database does not answer: the last known keys, if there are any.
        """
        try:
            return await self.keys(not_older_than=self.look_up_every)
        except DatabaseUnavailable:
            if not self._keys.keys:
                raise
            return self._keys

    def forget(self) -> None:
        """Let the next use read the keys again."""
        self._asked_at = float("-inf")

    def _age(self) -> float:
        return time.monotonic() - self._asked_at

    async def _renew(self) -> KeySet:
        """Ask the database once for all requests that wait, even if the first one is cancelled."""
        loop = asyncio.get_running_loop()
        running = self._renewing
        if running is None or running.done() or running.get_loop() is not loop:
            running = self._renewing = loop.create_task(self._read())
            running.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(running)

    async def _read(self) -> KeySet:
        self._asked_at = time.monotonic()
        self._keys = await in_transaction(steps.keep_up)
        return self._keys
