"""Where a database is: values that its copy does not have. Pure."""

from dataclasses import astuple, dataclass
from uuid import UUID


@dataclass(frozen=True)
class Place:
    """Values that differ in a logical copy. None: not known."""

    system_identifier: str | None = None
    """Of the cluster, made when it was initialised; a standby has that of its primary."""
    database_oid: int | None = None
    timeline: str | None = None
    """Neon's: each branch has its own, on a cluster with the same identifier."""

    @property
    def known(self) -> bool:
        return any(value is not None for value in astuple(self))

    def __str__(self) -> str:
        named = (
            ("system identifier", self.system_identifier),
            ("database oid", self.database_oid),
            ("Neon timeline", self.timeline),
        )
        known = [f"{name} {value}" for name, value in named if value is not None]
        return ", ".join(known) or "not known"


def differs(recorded: Place, seen: Place) -> bool:
    """Whether a value that both sides know is different."""
    pairs = zip(astuple(recorded), astuple(seen), strict=True)
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


@dataclass(frozen=True)
class Standing:
    """An instance, its last known place, and the place where it is seen now."""

    instance_id: UUID
    recorded: Place
    seen: Place

    @property
    def is_a_copy(self) -> bool:
        """Its place has changed, and the operator has not yet decided what that means."""
        return differs(self.recorded, self.seen)
