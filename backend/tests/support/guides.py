"""Reads a guide of docs/adopt as a person does who follows it: steps, commands, changes."""

import re
from dataclasses import dataclass
from pathlib import Path

from src.settings import BACKEND

ADOPT = BACKEND.parent / "docs" / "adopt"
FILE = re.compile(r"`([\w./-]+)`[^`]*\n\n```(diff|python)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Guide:
    text: str

    @property
    def steps(self) -> list[str]:
        return re.findall(r"^## (\d\. .+)$", self.text, re.MULTILINE)

    @property
    def commands(self) -> list[str]:
        """The blocks to type into a terminal."""
        return re.findall(r"```sh\n(.*?)```", self.text, re.DOTALL)

    @property
    def lines(self) -> int:
        """Lines that a person adds to the app."""
        diffs = [code for _, kind, code in FILE.findall(self.text) if kind == "diff"]
        return sum(len(re.findall(r"^\+", code, re.MULTILINE)) for code in diffs)

    def follow(self, folder: Path) -> None:
        """Write and change the files that the guide names."""
        for name, kind, code in FILE.findall(self.text):
            path = folder / name
            path.write_text(patched(path.read_text(), code) if kind == "diff" else code)


def read(name: str) -> Guide:
    return Guide((ADOPT / name).read_text())


def patched(before: str, diff: str) -> str:
    """Lines with a minus or a blank are in the file; lines with a plus or a blank will be."""
    lines = diff.splitlines()
    old, new = (
        "\n".join(line[1:] for line in lines if line[:1] != other) + "\n" for other in ("+", "-")
    )
    assert before.count(old) == 1, f"The app does not have once:\n{old}"
    return before.replace(old, new)
