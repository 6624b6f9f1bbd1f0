"""What is installed beside this interpreter, compared with what pyproject.toml asks for."""

import csv
import re
import tomllib
from importlib import metadata
from pathlib import Path

REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?(?P<bounds>[^;]*)")
BOUND = re.compile(r"(?P<sign>>=|<)\s*(?P<version>[0-9.]+)")


def installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def numbers(version: str) -> tuple[int, ...]:
    """The release numbers of a version: `16.4.5-canary.1` is (16, 4, 5)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def not_as_declared(pyproject: Path) -> tuple[str, ...]:
    """A sentence for each declared dependency that is missing or outside its bounds."""
    declared = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    matches = [match for text in declared if (match := REQUIREMENT.match(text))]
    sentences = (_sentence(match["name"], match["bounds"]) for match in matches)
    return tuple(filter(None, sentences))


def _sentence(name: str, bounds: str) -> str | None:
    version = installed(name)
    if version is None:
        return f"{name} is not installed"
    if all(_within(version, bound["sign"], bound["version"]) for bound in BOUND.finditer(bounds)):
        return None
    return f"{name} is {version}, and {bounds.strip()} is asked for"


def _within(version: str, sign: str, limit: str) -> bool:
    ours, theirs = _padded(numbers(version), numbers(limit))
    return ours >= theirs if sign == ">=" else ours < theirs


def _padded(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    size = max(len(one), len(other))
    return tuple(value + (0,) * (size - len(value)) for value in (one, other))


def incomplete() -> tuple[str, ...]:
    """A sentence for each installed package of which files are gone."""
    sentences = (_lost_files(distribution) for distribution in metadata.distributions())
    return tuple(filter(None, sentences))


def _lost_files(distribution: metadata.Distribution) -> str | None:
    """Judged by the package's own list of its files; bytecode comes and goes by itself.

    The list is read here, since `Distribution.files` leaves out what is not there (Python 3.12).
    """
    rows = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    files = [row[0] for row in rows if row and Path(row[0]).suffix in {".py", ".so", ".pyd"}]
    lost = [file for file in files if not Path(str(distribution.locate_file(file))).exists()]
    if not lost:
        return None
    name = distribution.metadata["Name"]
    return (
        f"{name} {distribution.version} lacks {len(lost)} of {len(files)} files, such as {lost[0]}"
    )
