"""Two rules hold in any order of refreshes, lost answers, replays, thefts, ends and waits.

A session never has two valid chains of tokens. A client whose tokens nobody stole is never signed
out, even if answers are lost and it asks again late.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from src.database.database import unit_of_work
from src.kit.clock import clock, now
from src.kit.crypto import random_id
from src.models import User, UserSession
from src.sessions import rotation, steps
from src.sessions.access_tokens import Claims
from src.sessions.assurance import Shown
from src.sessions.errors import RefreshTokenReused, SessionRevoked
from src.sessions.liveness import require
from src.sessions.refresh_tokens import Presented
from src.web.visitor import Visitor

pytestmark = pytest.mark.once("orders of requests; other tests send each of them again")

GRACE = timedelta(seconds=60)
HASH = "$2b$04$" + "x" * 53


class Honest(RuleBasedStateMachine):
    """One session, as the database stores it and as its client knows it."""

    @initialize()
    def sign_in(self) -> None:
        self.frozen = clock.frozen(now())
        self.clock = self.frozen.__enter__()
        with unit_of_work() as db:
            user = User(email="a@b.c", email_key=random_id(), password_hash=HASH)
            db.add(user)
            db.flush()
            grant = steps.start(
                db,
                user_id=user.id,
                password_hash=HASH,
                shown=Shown(("pwd",), now()),
                visitor=Visitor(),
                known=(),
            )
        self.user_id, self.session_id = grant.claims.user_id, grant.claims.session_id
        self.began_at = grant.began_at
        self.instance = grant.instance
        self.held = 1
        self.alive = True
        self.lapses_at = now() + timedelta(days=14)
        self.handed_out_at = now()
        self.generation = 1

    def present(self, generation: int) -> int | None:
        """The generation that this one is exchanged for. None if it is refused."""
        lapsed = now() >= self.lapses_at
        before = self.row()
        try:
            with unit_of_work() as db:
                ids = self.session_id, self.began_at, generation
                grant = rotation.rotate(db, Presented(*ids, self.instance), ())
        except SessionRevoked:
            assert not self.alive or lapsed
            return None
        except RefreshTokenReused:
            assert self.alive
            assert generation < before.generation
            self.alive = False
            return None
        assert self.alive
        given = grant.claims.generation
        assert given == generation + 1  # the same token always gives the same successor
        if given > before.generation:
            assert generation == before.generation
            self.handed_out_at = now()
            self.lapses_at = min(now() + timedelta(days=14), self.ends_at)
        return given

    def use(self, generation: int, *, receipt_pending: bool = False) -> bool:
        claims = replace(self.claims(generation), receipt_pending=receipt_pending)
        try:
            with unit_of_work() as db:
                require(db, claims)
        except SessionRevoked:
            return False
        self.lapses_at = self.row().idle_expires_at
        return True

    def claims(self, generation: int) -> Claims:
        return Claims(self.user_id, self.session_id, generation, instance=self.instance)

    def row(self) -> UserSession:
        with unit_of_work() as db:
            row = db.get(UserSession, self.session_id)
            assert row is not None
            self.ends_at = row.expires_at
            return row

    @rule()
    def the_client_refreshes(self) -> None:
        lapsed = now() >= self.lapses_at
        given = self.present(self.held)
        if not self.thief_was_here and not lapsed and not self.ended_on_purpose:
            assert given is not None, "an honest client was signed out"
        if given is not None:
            self.held = given

    @rule()
    def the_client_refreshes_and_the_answer_is_lost(self) -> None:
        lapsed = now() >= self.lapses_at
        given = self.present(self.held)
        if not self.thief_was_here and not lapsed and not self.ended_on_purpose:
            assert given is not None, "an honest client was signed out"

    @rule()
    def its_server_uses_new_tokens_that_do_not_reach_the_client(self) -> None:
        lapsed = now() >= self.lapses_at
        given = self.present(self.held)
        if given is not None and self.row().handouts < rotation.MAX_HANDOUTS:
            assert self.use(given, receipt_pending=True)
        if not self.thief_was_here and not lapsed and not self.ended_on_purpose:
            assert given is not None, "an honest client was signed out"

    @rule()
    def another_tab_still_sends_the_previous_token(self) -> None:
        row = self.row()
        if self.held < row.generation or self.held == 1 or now() >= row.handed_out_at + GRACE:
            return
        lapsed = now() >= self.lapses_at
        given = self.present(self.held - 1)
        if not self.thief_was_here and not lapsed and not self.ended_on_purpose:
            assert given == self.held

    @rule()
    def the_client_uses_its_access_token(self) -> None:
        lapsed = now() >= self.lapses_at
        assert self.use(self.held) == (self.alive and not lapsed)

    @rule(seconds=st.sampled_from([1, 30, 59, 60, 61, 900, 86_400, 86_400 * 6, 86_400 * 14]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule(rarely=st.integers(0, 9))
    def the_session_is_ended(self, rarely: int) -> None:
        if rarely or not self.use(self.held):
            return
        with unit_of_work() as db:
            steps.sign_out(db, self.claims(self.held))
        self.alive, self.ended_on_purpose = False, True

    ended_on_purpose = False
    thief_was_here = False

    @invariant()
    def generations_only_grow_and_no_token_is_ahead(self) -> None:
        if not hasattr(self, "generation"):
            return
        row = self.row()
        assert self.generation <= row.generation <= self.generation + 1
        assert row.seen_generation <= row.generation
        assert self.held <= row.generation
        assert (row.ended_at is None) == self.alive
        self.generation = row.generation

    def teardown(self) -> None:
        if hasattr(self, "generation"):
            self.every_token_but_the_last_two_ends_the_session()
            self.frozen.__exit__(None, None, None)

    def every_token_but_the_last_two_ends_the_session(self) -> None:
        row = self.row()
        if row.generation > 2 and self.alive and now() < row.idle_expires_at:
            assert self.present(row.generation - 2) is None
            assert self.row().ended_by == "refresh_token_reused"


class WithAThief(Honest):
    """The same session, and a thief who copies tokens and uses them."""

    def __init__(self) -> None:
        super().__init__()
        self.stolen: list[int] = []

    @rule()
    def a_thief_copies_what_the_client_holds(self) -> None:
        self.stolen.append(self.held)

    @precondition(lambda self: self.stolen)
    @rule(data=st.data())
    def the_thief_presents_a_copy(self, data: st.DataObject) -> None:
        self.thief_was_here = True
        given = self.present(data.draw(st.sampled_from(self.stolen)))
        if given is not None:
            self.stolen.append(given)

    @precondition(lambda self: self.stolen)
    @rule(data=st.data())
    def the_thief_uses_a_copy(self, data: st.DataObject) -> None:
        self.thief_was_here = True
        self.use(data.draw(st.sampled_from(self.stolen)))


@pytest.mark.once("one short transaction after another, which a pooler does not change")
@pytest.mark.parametrize("machine", [Honest, WithAThief])
def test_both_rules_hold_in_any_order_of_events(client: Any, machine: type[Honest]) -> None:  # noqa: ARG001  empties the tables
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


class TestTheMachineItself:
    """With a broken rule the machine must fail. Otherwise it would prove nothing."""

    def test_the_machine_finds_a_grace_that_never_ends(
        self,
        client: Any,  # noqa: ARG002  empties the tables
        configure: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        again = rotation._again  # noqa: SLF001  the rule under test

        def generous(
            db: Any, presented: Presented, current: UserSession, *more: Any, **named: Any
        ) -> Any:
            just_before = replace(presented, generation=current.generation - 1)
            return again(db, just_before, current, *more, **named)

        monkeypatch.setattr(rotation, "_again", generous)
        configure(refresh_grace=10**6)
        machine = Honest()
        machine.sign_in()
        for _ in range(3):
            machine.the_client_refreshes()
        with pytest.raises(AssertionError):
            machine.every_token_but_the_last_two_ends_the_session()
        machine.frozen.__exit__(None, None, None)

    def test_the_machine_finds_a_missing_grace(
        self,
        client: Any,  # noqa: ARG002  empties the tables
        configure: Any,
    ) -> None:
        configure(refresh_grace=0)
        machine = Honest()
        machine.sign_in()
        machine.the_client_refreshes()
        machine.the_client_uses_its_access_token()
        with pytest.raises(AssertionError, match="None == 2"):
            machine.another_tab_still_sends_the_previous_token()
        machine.frozen.__exit__(None, None, None)
