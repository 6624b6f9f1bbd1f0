"""Which files are a logo."""

from pathlib import Path

import pytest

from src.kit import logo
from tests.support.logos import PNG, SVG


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "logo.jpg"


@pytest.mark.parametrize(
    ("content", "subtype"),
    [
        (PNG, "png"),
        (SVG, "svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- > -->\n<!DOCTYPE svg>\n' + SVG, "svg+xml"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C" "a.dtd" [ <!ENTITY ns "x"> ]>' + SVG, "svg+xml"),
    ],
)
def test_a_logo_has_its_type_by_its_content(file: Path, content: bytes, subtype: str) -> None:
    file.write_bytes(content)
    assert logo.read(file) == logo.Logo(subtype, content)  # type: ignore[arg-type]  # from above


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "must be an SVG or a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "must be an SVG or a PNG image"),
        (b"<!doctype html><html><svg></svg></html>", "must be an SVG or a PNG image"),
        (b'<svg viewBox="0 0 1 1"></svg>', "needs xmlns"),
        (SVG + b" " * logo.LARGEST, "at most 256 kB"),
    ],
)
def test_other_files_are_refused(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        logo.read(file)


def test_a_path_that_leads_to_no_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for path, sentence in (
        (Path("tulip.svg"), "full path"),
        (tmp_path / "tulip.svg", "no file"),
        (tmp_path, "no file"),
    ):
        with pytest.raises(ValueError, match=sentence) as refusal:
            logo.read(path)
        assert "tulip" not in str(refusal.value)
