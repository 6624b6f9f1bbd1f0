"""docs/limits.md says what the code allows."""

import re

from src.kit import metrics
from src.policies import (
    KNOWN_DEVICE,
    KNOWN_DEVICES,
    PERIODS,
    SESSION,
    SESSIONS,
    TABLE,
    UNKNOWN_DEVICES,
)
from src.settings import BACKEND

TEXT = (BACKEND.parent / "docs" / "limits.md").read_text()


def rows() -> dict[str, list[str]]:
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines())
    return {row[0].strip("`"): row[1:] for row in cells if row[0].startswith("`")}


def test_the_docs_name_every_policy_with_its_numbers() -> None:
    told = rows()
    periods = {seconds: name for name, seconds in PERIODS.items()}
    for policy in TABLE.values():
        burst, rate = told[policy.name][1:3]
        assert (burst, rate) == (str(policy.burst), f"{policy.count}/{periods[policy.seconds]}")


def test_the_docs_name_every_count_of_failures_with_its_limit() -> None:
    told = rows()
    for patience in (UNKNOWN_DEVICES, KNOWN_DEVICE, KNOWN_DEVICES, SESSION, SESSIONS):
        assert told[patience.name][1] == str(patience.limit)


def test_the_docs_name_every_metric() -> None:
    named = {family.name for family in metrics.registry.collect()}
    told = set(re.findall(r"`(postern_\w+?)(?:_total)?`", TEXT))
    assert told == named
