"""Draws the results of a run: what a sign-in storm does to a profile request, and how fast each is.

bench/.venv/bin/python bench/chart.py bench/results/results.json
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

COLOURS = {"postern": "#2563eb", "fastapi-users": "#94a3b8", "better-auth": "#cbd5e1"}
TEXT = "#334155"


@dataclass(frozen=True)
class Panel:
    scenario: str
    figure: str
    title: str
    form: str


PANELS = (
    Panel(
        "storm",
        "profile_storm_p99_ms",
        "Profile p99 while\n50 clients sign in, ms",
        "{:,.0f}",
    ),
    Panel("profile", "per_second", "Profile requests\nper second and core", "{:,.0f}"),
    Panel("signin", "per_second", "Sign-ins\nper second and core", "{:.1f}"),
    Panel("signin", "share", "  of what its own hash\nalone does", "{:.0%}"),
)


def main(results: Path) -> None:
    found = json.loads(results.read_text())
    settings = {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9}
    with mpl.rc_context(settings | {"text.color": TEXT, "font.family": "sans-serif"}):
        figure, axes = plt.subplots(1, len(PANELS), figsize=(12, 2.6), layout="constrained")
        for place, panel in zip(axes, PANELS, strict=True):
            draw(place, found["medians"], panel)
        for kind in ("svg", "png"):
            metadata = {"Date": None} if kind == "svg" else {}
            figure.savefig(
                results.with_name(f"chart.{kind}"), dpi=160, facecolor="white", metadata=metadata
            )


def draw(axes: Axes, medians: dict[str, Any], panel: Panel) -> None:
    """One bar for each service, ours on top."""
    found = medians.get(panel.scenario, {})
    names = [name for name in COLOURS if found.get(name, {}).get(panel.figure) is not None][::-1]
    values = [found[name][panel.figure] for name in names]
    bars = axes.barh(names, values, color=[COLOURS[name] for name in names])
    axes.bar_label(bars, [panel.form.format(value) for value in values], padding=4, color=TEXT)
    axes.set_title(panel.title, loc="left", fontsize=9.5, color=TEXT)
    if values:
        axes.set_xlim(0, max(values) * 1.25)
    axes.spines[:].set_visible(False)
    axes.tick_params(left=False, bottom=False, labelbottom=False, labelcolor=TEXT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
