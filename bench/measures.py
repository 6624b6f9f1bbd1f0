"""The statistics of all figures. Pure."""

import math
from collections.abc import Sequence
from statistics import fmean, median, variance

__all__ = ["median", "percentile", "ratio", "welch_t"]


def percentile(values: Sequence[float], part: float) -> float | None:
    """The smallest value that at least this part of all values does not exceed. None if empty."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * part) - 1)]


def ratio(upper: float | None, lower: float | None) -> float | None:
    return upper / lower if upper is not None and lower else None


def welch_t(first: Sequence[float], second: Sequence[float]) -> float:
    """Welch's t of two samples: the distance of their means in standard errors."""
    error = variance(first) / len(first) + variance(second) / len(second)
    difference = fmean(first) - fmean(second)
    if error == 0:
        return math.copysign(math.inf, difference) if difference else 0.0
    return difference / math.sqrt(error)
