"""Both color schemes of a brand, from its one color, as the web app derives them. Pure.

Lightness, chroma and hue are those of OKLCH (CSS Color 4), and the contrast is that of WCAG 2.2.
`frontend/src/look` has the same code, and both are held to tests/vectors/brand-colors.json.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Literal

Three = tuple[float, float, float]
SchemeName = Literal["light", "dark"]

READABLE = 4.5
"""WCAG 2.2, 1.4.3: for texts of every size."""
USUAL = 0.082
"""The chroma of Postern's own color. Shades of a brand with less chroma have less in proportion."""
TOLERANCE = 0.0005
"""A color that a screen can show may be this far outside, because numbers are rounded."""

BACKGROUNDS: dict[SchemeName, tuple[Three, ...]] = {
    "light": ((0.951, 0.005, 165), (0.993, 0.002, 165), (0.972, 0.004, 165)),
    "dark": ((0.185, 0.009, 185), (0.212, 0.01, 185), (0.172, 0.009, 185)),
}
"""What texts stand on in the web app."""


@dataclass(frozen=True)
class Recipe:
    """`step` leads away from the page, and `deeper` to the color of a button under the pointer."""

    on_door: tuple[float, float]
    tint: tuple[float, float]
    step: float
    deeper: float


RECIPES: dict[SchemeName, Recipe] = {
    "light": Recipe((0.99, 0.004), (0.944, 0.021), step=-0.01, deeper=-0.06),
    "dark": Recipe((0.195, 0.03), (0.262, 0.026), step=0.01, deeper=0.055),
}


@dataclass(frozen=True)
class Scheme:
    """`door` is for buttons, links and marks; texts on it are `on_door`."""

    door: str
    door_deep: str
    on_door: str
    tint: str


@dataclass(frozen=True)
class Brand:
    light: Scheme
    dark: Scheme


OWN = Brand(
    light=Scheme("#026355", "#005146", "#f9fdfb", "#dff1ec"),
    dark=Scheme("#7ad3bd", "#94e4cd", "#031917", "#162925"),
)
"""Postern's own colors: those of globals.css, which were chosen by eye."""


def color(text: str) -> str:
    """`#rrggbb` in lower case."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text.strip()):
        raise ValueError("must be like #0b5fff: a # and six digits from 0 to f")
    return text.strip().lower()


@lru_cache(maxsize=4)
def brand_of(brand: str | None) -> Brand:
    """Any color works: it is darker or lighter where texts would be hard to read."""
    return Brand(_scheme(brand, "light"), _scheme(brand, "dark")) if brand else OWN


def _scheme(brand: str, name: SchemeName) -> Scheme:
    lightness, chroma, hue = oklch_of(brand)
    recipe = RECIPES[name]
    tint, on_door = _shade(brand, *recipe.tint), _shade(brand, *recipe.on_door)
    pages = [*map(hex_of, BACKGROUNDS[name]), tint]
    for steps in count():
        at = min(1.0, max(0.0, lightness + steps * recipe.step))
        below = at + recipe.deeper if 0 <= at + recipe.deeper <= 1 else at - recipe.deeper
        door, door_deep = hex_of((at, chroma, hue)), hex_of((below, chroma, hue))
        if _reads(door, pages) and _reads(on_door, (door, door_deep)):
            return Scheme(door, door_deep, on_door, tint)
    raise AssertionError  # black and white can always be read


def _reads(text: str, backgrounds: Iterable[str]) -> bool:
    return all(contrast(text, background) >= READABLE for background in backgrounds)


def _shade(brand: str, lightness: float, chroma: float) -> str:
    _, own, hue = oklch_of(brand)
    return hex_of((lightness, chroma * min(1, own / USUAL), hue))


def oklch_of(color: str) -> Three:
    r, g, b = _linear(color)
    l = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)  # noqa: E741
    m = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    s = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
    c = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
    lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s
    return lightness, math.hypot(a, c), math.degrees(math.atan2(c, a))


def hex_of(color: Three) -> str:
    """If a screen cannot show the color, it gets less chroma, and keeps its lightness and hue."""
    lightness, chroma, hue = color
    shown, most = 0.0, chroma
    if _is_shown(_rgb(color)):
        shown = chroma
    else:
        for _ in range(24):
            middle = (shown + most) / 2
            if _is_shown(_rgb((lightness, middle, hue))):
                shown = middle
            else:
                most = middle
    return "#" + "".join(map(_channel, _rgb((lightness, shown, hue))))


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    r, g, b = _linear(color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(color: str) -> Three:
    def channel(at: int) -> float:
        value = int(color[at : at + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004

    return channel(1), channel(3), channel(5)


def _channel(value: float) -> str:
    value = min(1.0, max(0.0, value))
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055  # noqa: PLR2004
    return f"{math.floor(encoded * 255 + 0.5):02x}"


def _rgb(color: Three) -> Three:
    lightness, chroma, hue = color
    a, c = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l = (lightness + 0.3963377774 * a + 0.2158037573 * c) ** 3  # noqa: E741
    m = (lightness - 0.1055613458 * a - 0.0638541728 * c) ** 3
    s = (lightness - 0.0894841775 * a - 1.291485548 * c) ** 3
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    )


def _is_shown(channels: Three) -> bool:
    return all(-TOLERANCE <= value <= 1 + TOLERANCE for value in channels)
