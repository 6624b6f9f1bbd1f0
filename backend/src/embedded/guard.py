"""Stops a server of `cluster` that no process has open any more. Run as a program, by its path.

A process that ends in order stops the server itself, if it is the last one. One that is killed
cannot. The kernel releases its lock, and this program sees it. Only the standard library is
imported, so it starts at once and takes little memory.
"""

import fcntl
import os
import signal
import sys
import time
from pathlib import Path

EVERY = 0.25
"""Seconds."""


def main(data_dir: str, change_lock: str, open_lock: str, server: int) -> None:
    """Wait until the server has ended, or until no process has it open."""
    changing, opened = (os.open(path, os.O_RDWR) for path in (change_lock, open_lock))
    while _is_the_server(data_dir, server):
        # A process holds this lock while it opens or closes the cluster.
        fcntl.flock(changing, fcntl.LOCK_EX)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if _is_the_server(data_dir, server):
                os.kill(server, signal.SIGINT)  # "fast": the server rolls back and ends
                while _is_the_server(data_dir, server):
                    time.sleep(0.02)
            return
        fcntl.flock(changing, fcntl.LOCK_UN)
        time.sleep(EVERY)


def _is_the_server(data_dir: str, server: int) -> bool:
    """Whether that server still runs on the folder. It removes its file when it ends."""
    try:
        named = int((Path(data_dir) / "postmaster.pid").read_text().split()[0])
        os.kill(server, 0)
    except (OSError, ValueError, IndexError):
        return False
    return named == server


if __name__ == "__main__":
    if os.fork():  # the process that started the server waits only for the parent
        os._exit(0)
    _, folder, change, opening, pid = sys.argv
    main(folder, change, opening, int(pid))
