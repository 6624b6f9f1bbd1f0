"""Postern's public keys: fetched when they are old, or when a token names a key that they lack.

One fetch at a time serves everybody who waits, in threads and on event loops. A token with a known
key does not wait for a fetch that another request began.
"""

import asyncio
import logging
import os
import re
import threading
import time
from concurrent.futures import Future

import httpx
import jwt

from postern_auth import network
from postern_auth.refusals import KeysUnavailable, TokenInvalid

log = logging.getLogger("postern_auth")

KEEP_FOR = 300.0
"""Seconds after which the keys are fetched again, if Postern's `max-age` says nothing."""
SHORTEST, LONGEST = 10.0, 3600.0
"""Seconds between which `max-age` is followed."""
LOOK_UP_EVERY = 10.0
"""Seconds between two fetches at least, whatever tokens arrive and whether or not it answers."""
GOOD_ALONE = 24 * 3600.0
"""Seconds for which the last known keys are good while Postern is out of reach."""
MOST_KEYS = 100
ALGORITHM = "ES256"


class UnknownKey(TokenInvalid):
    """The keys are fresh, and none has this id."""

    def __init__(self, known: list[str]) -> None:
        super().__init__()
        self.known = known


class PublishedKeys:
    """The keys at one address."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._made_for = _here()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._keep_for = KEEP_FOR
        self._fetched_at = self._asked_at = float("-inf")
        self._fetch: Future[None] | None = None

    def find(self, kid: str) -> jwt.PyJWK:
        """The key with this id. Raise `UnknownKey`, or `KeysUnavailable` where that is unknown."""
        if fetch := self._awaited(kid):
            fetch.result()
        return self._known(kid)

    async def find_async(self, kid: str) -> jwt.PyJWK:
        """The same on an event loop, which goes on meanwhile."""
        if fetch := self._awaited(kid):
            # Shielded: a request that is cancelled does not cancel the fetch for the others.
            await asyncio.shield(asyncio.wrap_future(fetch))
        return self._known(kid)

    def _awaited(self, kid: str) -> Future[None] | None:
        """The fetch that a token of this key must wait for."""
        with self._lock:
            if self._made_for != _here():
                self._forget()
            if not self._is_due(kid):
                return None
            if self._fetch is not None:
                return None if kid in self._keys else self._fetch
            fetch = self._fetch = Future()
        # A thread of its own: a pool would not survive a fork.
        threading.Thread(target=self._run, args=(fetch,), name="postern-keys", daemon=True).start()
        return fetch

    def _is_due(self, kid: str) -> bool:
        now = time.monotonic()
        wanted = kid not in self._keys or now > self._fetched_at + self._keep_for
        return wanted and now > self._asked_at + LOOK_UP_EVERY

    def _known(self, kid: str) -> jwt.PyJWK:
        with self._lock:
            age = time.monotonic() - self._fetched_at
            if kid in self._keys and age <= GOOD_ALONE:
                return self._keys[kid]
            if age > self._keep_for:  # they could not be fetched, and newer ones may include it
                raise KeysUnavailable
            raise UnknownKey(list(self._keys))

    def _run(self, fetch: "Future[None]") -> None:
        """Fetch the keys. If that fails, the earlier ones stay."""
        fetched: tuple[dict[str, jwt.PyJWK], float] | None = None
        try:
            answer = network.get(self._address).raise_for_status()
            fetched = _usable(answer), _max_age(answer)
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, AttributeError, TypeError) as error:
            log.warning("Postern's keys could not be fetched from %s: %s", self._address, error)
        finally:
            with self._lock:
                if fetch is self._fetch:
                    self._fetch = None
                    # At the end of the fetch: requests that came meanwhile have waited for it.
                    self._asked_at = time.monotonic()
                    if fetched is not None:
                        self._keys, self._keep_for = fetched
                        self._fetched_at = self._asked_at
            fetch.set_result(None)


def _here() -> tuple[httpx.MockTransport | None, int]:
    """Keys and fetches belong to a process: a fork has no thread that would end its fetch."""
    return network.in_use(), os.getpid()


def _usable(answer: httpx.Response) -> dict[str, jwt.PyJWK]:
    keys = jwt.PyJWKSet.from_dict(answer.json()).keys[:MOST_KEYS]
    return {key.key_id: key for key in keys if key.key_id and key.algorithm_name == ALGORITHM}


def _max_age(answer: httpx.Response) -> float:
    found = re.search(r"max-age=(\d{1,9})", answer.headers.get("Cache-Control", ""))
    return min(max(float(found[1]), SHORTEST), LONGEST) if found else KEEP_FOR
