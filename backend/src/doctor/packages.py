"""What is installed beside this interpreter, as far as `pip check` does not say it."""

import csv
from importlib import metadata
from pathlib import Path

CODE = {".py", ".so", ".pyd"}
"""Python makes and removes bytecode itself."""


def installed(name: str) -> str | None:
    """The version of a package, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def incomplete() -> tuple[str, ...]:
    """A sentence for each installed package that has lost files."""
    sentences = (_lost_files(distribution) for distribution in metadata.distributions())
    return tuple(filter(None, sentences))


def _lost_files(distribution: metadata.Distribution) -> str | None:
    """Compares the folder with the package's own list of its files.

    Reads the list itself: `Distribution.files` leaves out files that do not exist (Python 3.12).
    """
    rows = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    files = [row[0] for row in rows if row and Path(row[0]).suffix in CODE]
    lost = [file for file in files if not Path(str(distribution.locate_file(file))).exists()]
    if not lost:
        return None
    name = distribution.metadata["Name"]
    return (
        f"{name} {distribution.version} lacks {len(lost)} of {len(files)} files, such as {lost[0]}"
    )
