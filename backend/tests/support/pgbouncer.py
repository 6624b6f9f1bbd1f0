"""PgBouncer in transaction mode, in front of the tests' PostgreSQL."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from src.database.urls.hosts import DEFAULT_PORT
from src.embedded.root import SYSTEM_USER
from tests.support.needs import MACHINE
from tests.support.ports import free_port

CONFIGURATION = """
[databases]
* = host={host} port={server_port} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 200
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def installed() -> str | None:
    """The path of the pgbouncer program; Debian puts it into /usr/sbin."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:{MACHINE / 'usr/sbin'}")


class PgBouncer:
    """A running PgBouncer; `url` is the pooled door to the database that `direct` leads to."""

    def __init__(self, folder: Path, direct: str, *settings: str) -> None:
        program = installed()
        if program is None:
            raise RuntimeError("pgbouncer is not installed: apt-get install pgbouncer")
        behind = make_url(direct)
        port = free_port()
        folder.mkdir()
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(
            CONFIGURATION.format(
                host=behind.query["host"],
                server_port=behind.port or DEFAULT_PORT,
                user=behind.username,
                port=port,
                folder=folder,
            )
            + "\n".join(settings)
        )
        command = [program, "-q", str(configuration)]
        if os.geteuid() == 0:  # PgBouncer refuses to run as root, and the socket has an owner
            owner = pwd.getpwnam(SYSTEM_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            for above in folder.parents:
                above.chmod(above.stat().st_mode | 0o011)
            command[1:1] = ["-u", SYSTEM_USER]
        self._process = subprocess.Popen(command)
        self.url = f"postgresql://{behind.username}@127.0.0.1:{port}/{behind.database}"
        self.address: dict[str, Any] = {"host": "127.0.0.1", "port": port, "query": {}}
        self._wait(port)

    def _wait(self, port: int) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("pgbouncer did not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
