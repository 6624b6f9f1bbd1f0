"""How long and how often each scenario is run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Times in seconds."""

    name: str
    rounds: int
    ceiling: float
    signin: float
    profile: float
    refresh: float
    rest: float
    storm: float
    flood: float
    small_table: int
    large_table: int
    lookups: int
    lookups_within: float
    """A service with slow sign-ins does fewer of them."""
    signins_per_table: int
    memory_requests: int
    peers_memory_requests: int
    pairs: int
    peers_pairs: int
    inputs: int
    """How many bad inputs are generated, in addition to those of the corpus."""
    corpus_step: int
    """A step of 3 takes every third input of the corpus."""
    peers_once: bool
    """Whether the peers take part in the scenarios that run once, outside the rounds."""


FULL = Plan(
    name="full",
    rounds=3,
    ceiling=8,
    signin=15,
    profile=10,
    refresh=15,
    rest=10,
    storm=15,
    flood=60,
    small_table=1_000,
    large_table=1_000_000,
    lookups=2_000,
    lookups_within=40,
    signins_per_table=30,
    memory_requests=100_000,
    peers_memory_requests=20_000,
    pairs=1_000,
    peers_pairs=200,
    inputs=100_000,
    corpus_step=1,
    peers_once=True,
)
QUICK = Plan(
    name="quick",
    rounds=1,
    ceiling=1.5,
    signin=4,
    profile=3,
    refresh=3,
    rest=2,
    storm=6,
    flood=20,
    small_table=1_000,
    large_table=20_000,
    lookups=300,
    lookups_within=2,
    signins_per_table=2,
    memory_requests=1_000,
    peers_memory_requests=1_000,
    pairs=12,
    peers_pairs=4,
    inputs=1_000,
    corpus_step=20,
    peers_once=False,
)
LONG_REFRESH = 600
"""Seconds, for `--long`: ten minutes of refreshing without a pause, in one round."""
