"""Clocks of hosts that are wrong. The clocks of PostgreSQL and of the clients are right."""

from bench.faults.stage import Stage

HOUR, SKEW = 3600, 300


def clock_ahead(stage: Stage) -> None:
    """The clock of one of two API hosts jumps an hour ahead, and five seconds later back."""
    _moved(stage, HOUR)


def clock_back(stage: Stage) -> None:
    """The clock of one of two API hosts jumps an hour back, and five seconds later ahead."""
    _moved(stage, -HOUR)


def clocks_skewed(stage: Stage) -> None:
    """Two more API hosts start, one five minutes ahead and one five minutes behind.

    Clients use them from the moment at which they answer, and no longer when the fault ends.
    """
    others = [stage.api(8, CLOCK_AHEAD=f"{SKEW}"), stage.api(9, CLOCK_AHEAD=f"-{SKEW}")]
    for other in others:
        other.wait_ready()
    own, stage.people.ports = stage.people.ports, [*stage.ports, *(other.port for other in others)]
    stage.hold()
    stage.people.ports = own


def _moved(stage: Stage, seconds: int) -> None:
    stage.apis[0].disturb(f"clock {seconds}")
    stage.hold()
    stage.apis[0].disturb("clock 0")
