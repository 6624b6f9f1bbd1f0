"""One color makes two schemes in which all texts can be read, and the web app makes the same."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.kit.brand_color import (
    BACKGROUNDS,
    OWN,
    READABLE,
    Scheme,
    SchemeName,
    brand_of,
    color,
    contrast,
    hex_of,
    oklch_of,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/brand-colors.json").read_text())
SCHEMES: tuple[SchemeName, SchemeName] = ("light", "dark")
colors = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize("brand", VECTORS)
def test_the_schemes_are_those_of_the_web_app(brand: str) -> None:
    for name in SCHEMES:
        derived = asdict(getattr(brand_of(brand), name))
        assert {key.replace("_", "-"): one for key, one in derived.items()} == VECTORS[brand][name]


def least_contrast(scheme: Scheme, name: SchemeName) -> float:
    pages = [*map(hex_of, BACKGROUNDS[name]), scheme.tint]
    buttons = (scheme.door, scheme.door_deep)
    return min(
        *(contrast(scheme.door, page) for page in pages),
        *(contrast(scheme.on_door, button) for button in buttons),
    )


@given(colors)
def test_with_any_color_texts_can_be_read_in_both_schemes(brand: str) -> None:
    for name in SCHEMES:
        assert least_contrast(getattr(brand_of(brand), name), name) >= READABLE


@given(colors)
def test_a_color_is_the_same_after_a_way_there_and_back(brand: str) -> None:
    assert hex_of(oklch_of(brand)) == brand


def test_without_a_color_the_schemes_are_posterns_own() -> None:
    assert brand_of(None) is OWN
    for name in SCHEMES:
        assert least_contrast(getattr(OWN, name), name) >= READABLE


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_color_has_six_digits() -> None:
    assert color(" #0B5FFF ") == "#0b5fff"
    for text in ("blue", "#fff", "#0b5fff;}", "0b5fff", ""):
        with pytest.raises(ValueError, match="must be like #0b5fff"):
            color(text)
