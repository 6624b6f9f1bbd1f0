"""The service watches its schema: at its start, when a request fails, and until all is well again.

One thread per process, with its own connections, so it never takes one from a request. While all is
well it does nothing by itself: a database that may sleep can sleep.
"""

import logging
import threading
import time
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import MetaData, make_url, text

from src.database.endpoints import DRIVER
from src.database.faults import NO_ANSWER, NoServer, one_line
from src.database.origin import Endpoint, app_endpoint, direct_endpoint
from src.kit.clock import clock
from src.schema import identity
from src.schema import state as schema_state
from src.schema.command_lines import MIGRATE
from src.schema.identity import Verdict
from src.schema.migrations import runner
from src.schema.migrations.history import own_history
from src.schema.reach import reach
from src.schema.state import SchemaState, SchemaStatus, looking_through
from src.schema.watch import time_watch
from src.schema.watch.copy_watch import CopyWatch, Decide
from src.schema.watch.log import WatchLog

log = logging.getLogger("postern.database")

LOOK_WITHIN = 4.0
"""Seconds for one look at the database."""
PAUSE = 1.0
"""The least seconds between two looks. While something is wrong, also the most."""
PATIENT_PAUSE = 5.0
"""The same once it has been wrong for `PATIENT_AFTER` seconds."""
PATIENT_AFTER = 300.0
FULL_LOOK_EVERY = 30.0
"""Seconds after which a check of readiness also asks for a full look."""
GLANCE_WITHIN = 0.6
FINDING_WITHIN = 1.3
"""Seconds that a request may wait; both together stay under two."""

GLANCE = text("""
SELECT (SELECT id FROM instance) AS instance_id,
       (SELECT string_agg(version_num, ', ' ORDER BY version_num) FROM alembic_version) AS revision
""")


class SchemaWatch:
    """Holds the last `SchemaState`, renews it when there is a reason, and logs each state once."""

    def __init__(
        self, metadata: MetaData, *, auto_migrate: bool, decide: Decide | None = None
    ) -> None:
        self._metadata = metadata
        self.copies = CopyWatch(decide)
        self._to_migrate = auto_migrate
        self._trouble: Trouble | None = None
        """Why migrating at the start did not work."""
        self._state: SchemaState | None = None
        self._looked_at = float("-inf")
        """When the look that found the state began."""
        self._wrong_since: float | None = None
        self._glanced_at = float("-inf")
        self._log = WatchLog()
        self._renewed = threading.Condition()
        self._glancing = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> SchemaState | None:
        """The last finding; None before the first."""
        return self._state

    def is_original(self) -> bool:
        """Whether a look has found the schema ready, and that this is no undecided copy."""
        return self._state is not None and self._state.ready and not self.copies.undecided

    def start(self) -> None:
        """Begin to watch. Returns at once, even if the database does not answer."""
        self._stopping.clear()
        clock.ask = self._wake.set
        self._thread = threading.Thread(target=self._run, name="schema-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(LOOK_WITHIN)
        clock.forget()

    def suspect(self, cause: str | None) -> None:
        """A request was refused, so look soon. `cause` is the database's error, if there was one.

        Never waits, even if many requests call it.
        """
        if cause is not None:
            self._log.note(cause)
        self._glanced_at = float("-inf")  # what was seen before is no longer trusted
        self._wake.set()

    def fresh(self) -> SchemaState | None:
        """The finding, if it is a recent one and says that something is wrong."""
        state = self._state
        recent = time.monotonic() - self._looked_at < 2 * PAUSE
        return state if state is not None and recent and not state.ready else None

    def finding(self) -> SchemaState | None:
        """What a look that begins now finds, or `fresh()`; None if it takes too long.

        Before the first look has ended, it is the finding of that look.
        """
        asked_at = float("-inf")
        if self._state is not None:
            asked_at = time.monotonic()
            self._wake.set()

        def answered() -> bool:
            return self._looked_at > asked_at or self.fresh() is not None

        with self._renewed:
            return self._state if self._renewed.wait_for(answered, FINDING_WITHIN) else None

    def check(self) -> SchemaState | None:
        """The state as of now, with one small query; None if there is no answer in time.

        One caller at a time asks the database, and at most once in `PAUSE`.
        """
        if self._state is not None and not self._state.ready:
            return self._state
        if not self._glancing.acquire(timeout=GLANCE_WITHIN + FINDING_WITHIN):
            return None
        try:
            return self._checked()
        finally:
            self._glancing.release()

    def _checked(self) -> SchemaState | None:
        state, now = self._state, time.monotonic()
        if state is None or not state.ready:
            return state or self.finding()
        if now - self._glanced_at < PAUSE:
            return state
        if not self._is_as_before(state):
            return self.finding()
        # Another process decides about a copy: look again to see the decision soon.
        if self.copies.undecided or now - self._looked_at > FULL_LOOK_EVERY:
            self._wake.set()
        self._glanced_at = now
        return state

    def _is_as_before(self, state: SchemaState) -> bool:
        """Whether the database answers, and is still the same one at the same revision."""
        try:
            with looking_through(app_endpoint(), within=GLANCE_WITHIN) as db:
                seen = db.execute(GLANCE).one()
        except NO_ANSWER:
            return False
        return tuple(seen) == (state.instance_id, state.revision)

    def _run(self) -> None:
        self._log.settings()
        while not self._stopping.is_set():
            self._wake.clear()
            began = time.monotonic()
            try:
                self._publish(self._look(), began)
            except Exception:
                log.exception("the schema could not be looked at")
            self._stopping.wait(PAUSE)
            self._wake.wait(self._pause())

    def _pause(self) -> float | None:
        """Further seconds until the next look; None while all is well: wait until it is asked."""
        if self._state is not None and self._state.ready:
            return None
        wrong_for = time.monotonic() - (self._wrong_since or time.monotonic())
        return PATIENT_PAUSE - PAUSE if wrong_for > PATIENT_AFTER else 0

    def _look(self) -> SchemaState:
        try:
            endpoint = app_endpoint()
        except NoServer as error:
            nowhere = Endpoint(make_url(f"{DRIVER}://"))
            why = reach.explain(nowhere, error)
            return schema_state.unreachable(nowhere, own_history(), why)
        state = schema_state.inspect(
            endpoint, self._metadata, within=LOOK_WITHIN, first=time_watch.measure
        )
        if self._to_migrate and state.status is not SchemaStatus.UNREACHABLE:
            self._to_migrate = False
            if state.command == MIGRATE:
                self._trouble = _migrate(endpoint, direct_endpoint())
                state = schema_state.inspect(endpoint, self._metadata, within=LOOK_WITHIN)
        if state.ready and (standing := self.copies.look(endpoint)):
            state = replace(state, instance_id=standing.instance_id)
        if self._trouble and state.command == MIGRATE:
            summary = f"{state.summary} {self._trouble.said}"
            return replace(state, summary=summary, command=self._trouble.fix)
        return state

    def _publish(self, state: SchemaState, began: float) -> None:
        if state.ready:
            self._wrong_since = None
        elif self._wrong_since is None:
            self._wrong_since = began
        with self._renewed:
            self._state, self._looked_at = state, began
            self._renewed.notify_all()
        self._log.state(state, looked_at=began)


class Trouble(NamedTuple):
    """Why migrating at the start did not work, and how to fix that."""

    said: str
    fix: str = MIGRATE


def _migrate(app: Endpoint, direct: Endpoint) -> Trouble | None:
    """Apply what is missing on the direct endpoint; None, or why that was not possible."""
    if identity.compare(app, direct).verdict is Verdict.DIFFERENT:
        return Trouble(
            f"It was not migrated at the start, because {direct} is another database.",
            f"set {direct.place} to the direct address of the app's own database",
        )
    log.info("migrating %s", direct)
    try:
        runner.upgrade(only_safe=True)
    except runner.WouldLoseData as refusal:
        said = f"It was not migrated at the start: {refusal.said}"
        return Trouble(said, refusal.fix or MIGRATE)
    except runner.MigrationsRefused as refusal:
        return Trouble(f"Migrating it at the start failed: {refusal.said}", refusal.fix or MIGRATE)
    except Exception as error:  # noqa: BLE001  any error of a migration leaves the service running
        return Trouble(f"Migrating it at the start failed: {one_line(error)}.")
    return None
