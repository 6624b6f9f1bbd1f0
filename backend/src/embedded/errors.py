"""Why the bundled PostgreSQL cannot be used, in plain words."""

import shlex
from contextlib import suppress
from pathlib import Path


class EmbeddedPostgresError(Exception):
    """Why the bundled PostgreSQL cannot be used, and what to do, in plain words."""


class UnsupportedPlatform(EmbeddedPostgresError):  # noqa: N818  it names the fact
    def __init__(self) -> None:
        super().__init__(
            "The bundled PostgreSQL runs on Linux and macOS. On Windows, work inside WSL, or set "
            "DATABASE_URL in backend/.env to your own server."
        )


class DataDirectoryNotOurs(EmbeddedPostgresError):  # noqa: N818
    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(
            f"{path} belongs to the user {owner}, so this user cannot use it. Run this as {owner}. "
            f"Or move it away, and a new database is made: mv {_quoted(path)} {_quoted(path)}.old"
        )


class LinkToNothing(EmbeddedPostgresError):  # noqa: N818
    """Following it could make a new database in the place of a disk that is not mounted."""

    def __init__(self, link: Path) -> None:
        super().__init__(
            f"{link} is a link to nothing. Mount the disk that it leads to, or make the folder: "
            f"mkdir {_quoted(link.resolve())}"
        )


class NotADataDirectory(EmbeddedPostgresError):  # noqa: N818
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} holds files that are not PostgreSQL data. Move it away, and a new database is "
            f"made there: mv {_quoted(path)} {_quoted(path)}.old"
        )


class OtherMajorVersion(EmbeddedPostgresError):  # noqa: N818
    def __init__(self, path: Path, found: str, bundled: int) -> None:
        super().__init__(
            f"{path} was made by PostgreSQL {found}, but the bundled one is {bundled}. Move it "
            f"away, and a new database is made there: mv {_quoted(path)} {_quoted(path)}.{found}"
        )


class SocketPathTooLong(EmbeddedPostgresError):  # noqa: N818
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is too long for a Unix socket. Set TMPDIR to a shorter folder, such as /tmp."
        )


class SocketFolderNotOurs(EmbeddedPostgresError):  # noqa: N818
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is the folder for the database's socket, but belongs to {owner_of(path)}. "
            f"Remove it: rm -r {_quoted(path)}"
        )


class ServerDidNotStart(EmbeddedPostgresError):  # noqa: N818
    def __init__(self, command: str, output: str) -> None:
        shown = output.strip() or "(it printed nothing)"
        super().__init__(f"The bundled PostgreSQL's {command} failed:\n{shown}")


def owner_of(path: Path) -> str:
    """The owner of `path`, or of the nearest folder above it that can be seen."""
    for seen in (path, *path.parents):
        with suppress(KeyError, OSError):
            return seen.owner()
    return "somebody else"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
