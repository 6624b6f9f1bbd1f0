"""Draws the results of a run: the effect of a sign-in storm on profile requests, and all speeds.

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


@dataclass(frozen=True)
class Theme:
    suffix: str
    background: str
    text: str
    faint: str
    bars: dict[str, str]
    """By service, with ours on top."""


THEMES = (
    Theme(
        "",
        background="#ffffff",
        text="#1e293b",
        faint="#64748b",
        bars={"postern": "#2563eb", "fastapi-users": "#94a3b8", "better-auth": "#cbd5e1"},
    ),
    Theme(
        "-dark",
        background="#0d1117",
        text="#e2e8f0",
        faint="#94a3b8",
        bars={"postern": "#60a5fa", "fastapi-users": "#64748b", "better-auth": "#475569"},
    ),
)


@dataclass(frozen=True)
class Panel:
    scenario: str
    figure: str
    title: str
    hint: str
    form: str


PANELS = (
    Panel(
        "storm",
        "profile_storm_p99_ms",
        "A profile request while 50 clients sign in",
        "99th percentile in ms, shorter is better",
        "{:,.0f} ms",
    ),
    Panel(
        "profile",
        "per_second",
        "Profile requests",
        "per second and core, longer is better",
        "{:,.0f}",
    ),
    Panel(
        "signin",
        "share",
        "Sign-ins, as a share of the service's hash alone",
        "longer is better",
        "{:.0%}",
    ),
    Panel(
        "signin",
        "per_second",
        "Sign-ins",
        "per second and core: each service chooses how long a hash takes",
        "{:.1f}",
    ),
)


def main(results: Path) -> None:
    medians = json.loads(results.read_text())["medians"]
    settings = {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.family": "sans-serif"}
    with mpl.rc_context(settings):
        for theme in THEMES:
            figure, axes = plt.subplots(2, 2, figsize=(10, 4.6), layout="constrained")
            figure.get_layout_engine().set(hspace=0.12, wspace=0.08)
            for place, panel in zip(axes.flat, PANELS, strict=True):
                draw(place, medians, panel, theme)
            for kind in ("svg", "png"):
                figure.savefig(
                    results.with_name(f"chart{theme.suffix}.{kind}"),
                    dpi=160,
                    facecolor=theme.background,
                    metadata={"Date": None} if kind == "svg" else {},
                )
            plt.close(figure)


def draw(axes: Axes, medians: dict[str, Any], panel: Panel, theme: Theme) -> None:
    """One bar for each service."""
    found = medians.get(panel.scenario, {})
    names = [name for name in theme.bars if found.get(name, {}).get(panel.figure) is not None]
    values = [found[name][panel.figure] for name in names]
    bars = axes.barh(names, values, height=0.66, color=[theme.bars[name] for name in names])
    texts = [panel.form.format(value) for value in values]
    axes.bar_label(bars, texts, padding=5, color=theme.text, fontsize=10)
    axes.set_title(panel.title, loc="left", fontsize=11, color=theme.text, pad=20, weight="bold")
    axes.text(0, 1.05, panel.hint, transform=axes.transAxes, fontsize=9, color=theme.faint)
    axes.invert_yaxis()
    axes.set_facecolor(theme.background)
    if values:
        axes.set_xlim(0, max(values) * 1.2)
    axes.spines[:].set_visible(False)
    axes.tick_params(
        left=False, bottom=False, labelbottom=False, labelcolor=theme.text, labelsize=10
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
