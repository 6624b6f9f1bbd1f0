"""One thread of the service that delivers mail: at once after a commit, and again after a failure.

It looks at its start and when a commit of this process wakes it. While mails wait for another
attempt, it looks when the next one is due. Mails of a process that died are found at the next look
of `LOOK_EVERY`, which happens only while the database is in use anyway. If the mail server cannot
be used, it tries one mail at a time, with growing pauses, and then sends all that waited.
"""

import logging
import threading
from collections.abc import Callable

from src.database.database import Database, unit_of_work, using
from src.kit.clock import now
from src.kit.crypto import random_bits
from src.kit.problem import Problem
from src.mail import signal, steps
from src.mail.delivery import Transport, deliver
from src.mail.steps import Resolve
from src.settings import get_settings

log = logging.getLogger("postern.mail")

OFF = (
    *("forgotten passwords", "verification and change of addresses"),
    *("signing in by mail", "notices"),
)
LOOK_EVERY = 60.0
IN_USE_FOR = 60.0
"""Seconds since the last request used the database. After that the database may sleep."""
AFTER_FAULT = 5.0
"""Seconds until the next look, if the database could not be asked."""
FIRST_REST, LONGEST_REST = 5.0, 300.0
"""Seconds until the mail server is tried again, after it could not be used."""


class Postman:
    def __init__(
        self,
        database: Database,
        through: Transport | None,
        *,
        resolve: Resolve,
        may_send: Callable[[], bool],
    ) -> None:
        """`may_send` says whether this database is known to be no copy of another one."""
        self.look_every = LOOK_EVERY
        self._database = database
        self._through = through
        self._resolve, self._may_send = resolve, may_send
        self._wake = database.signal(signal.NAME)
        self._stopping = threading.Event()
        self._unusable = 0
        """How many times in a row the mail server could not be used."""
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        if self._through is None:
            quiet = () if get_settings().signup_reveals_accounts else ("signing up",)
            off = ", ".join((*quiet, *OFF))
            log.warning("SMTP_URL is not set, so no mail is sent. These are off: %s", off)
        else:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _work(self) -> None:
        pause: float | None = 0.0
        with using(self._database), self._database.in_background():
            while not self._stopping.is_set():
                woken = self._wake.wait(self.look_every if pause is None else pause)
                if self._stopping.is_set():
                    break
                if woken or pause is not None or self._database.idle_for < IN_USE_FOR:
                    self._wake.clear()
                    pause = self._look()
                    if self._unusable:
                        self._stopping.wait(rest_after(self._unusable, random_bits(16) / 2**16))
        if self._through is not None:
            self._through.close()

    def _look(self) -> float | None:
        """Deliver what is due. Returns the seconds until the next look, or None: nothing waits."""
        if not self._may_send():
            return AFTER_FAULT
        try:
            for outcome in deliver(self._through, self._resolve, self._stopping):  # type: ignore[arg-type]  # `start`
                self._unusable = self._unusable + 1 if outcome.for_all else 0
            with unit_of_work() as db:
                due = steps.next_due(db)
        except Problem as problem:
            log.info("mail was postponed: %s", problem.code)
            return AFTER_FAULT
        except Exception:
            log.exception("mail could not be delivered")
            return LOOK_EVERY
        if due is None:
            return None
        return max((due - now()).total_seconds(), 0.1)


def rest_after(times: int, jitter: float) -> float:
    """Seconds. `jitter` from 0 to 1 spreads the attempts of several processes."""
    return min(FIRST_REST * 2.0 ** min(times - 1, 20), LONGEST_REST) * (0.5 + jitter)
