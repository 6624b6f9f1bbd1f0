"""What only root needs: PostgreSQL refuses to run as root, so its server runs as another user."""

import logging
import shlex
import stat
import subprocess
from pathlib import Path

from src.embedded.errors import ServerDidNotStart

log = logging.getLogger("postern.embedded")

SYSTEM_USER = "pgserver"


def make_system_user(name: str) -> None:
    import pwd  # Windows has none

    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ("useradd", "--system", "--shell", "/usr/sbin/nologin", name)
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as error:
            raise ServerDidNotStart(
                "start as root",
                f"PostgreSQL refuses to run as root, and the user {name} could not be made "
                f"({error}). Run this as an ordinary user.",
            ) from error
        log.warning(
            "PostgreSQL refuses to run as root, so the system user %s was made for it. To undo "
            "this: userdel %s",
            name,
            name,
        )


def let_through(path: Path) -> None:
    """Let the server's user pass through the folders above `path`, without listing them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            log.warning(
                "PostgreSQL refuses to run as root, so other users may now pass through %s, "
                "without listing it. To undo this: chmod o-x %s",
                folder,
                shlex.quote(str(folder)),
            )


def group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
