"""The file of LOGO: an SVG or a PNG by its content, and small."""

import base64
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

LARGEST = 256 * 1024
"""Bytes. Every page shows it."""

PNG = b"\x89PNG\r\n\x1a\n"
SVG = re.compile(
    r"\ufeff?(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>)*<svg[\s>]"
)
"""The root of an SVG file, after what XML allows before it. The web app has the same."""
NAMESPACE = re.compile(r"""xmlns\s*=\s*["']http://www\.w3\.org/2000/svg["']""")


@dataclass(frozen=True)
class Logo:
    subtype: Literal["svg+xml", "png"]
    content: bytes = field(repr=False)

    @property
    def data_url(self) -> str:
        return f"data:image/{self.subtype};base64,{base64.b64encode(self.content).decode()}"


@lru_cache(maxsize=4)
def read(path: Path) -> Logo:
    """Raises `ValueError` with a sentence, which does not name the path."""
    if not path.is_absolute():
        raise ValueError("must be the full path of a file")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        raise ValueError("there is no file at this path, or this process may not read it") from None
    if len(content) > LARGEST:
        raise ValueError("must be a file of at most 256 kB")
    return Logo(_subtype(content), content)


def _subtype(content: bytes) -> Literal["svg+xml", "png"]:
    if content.startswith(PNG):
        return "png"
    text = content.decode("utf-8", errors="replace")
    if not SVG.match(text):
        raise ValueError("must be an SVG or a PNG image")
    if not NAMESPACE.search(text):
        raise ValueError(
            'this SVG needs xmlns="http://www.w3.org/2000/svg": browsers show no other'
        )
    return "svg+xml"
