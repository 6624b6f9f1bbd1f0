"""What the doctor sees of a running server that reloads its code."""

import os
from pathlib import Path

from src.doctor.processes import servers_of
from tests.support import reloading


def test_after_a_reload_the_start_of_the_newest_worker_counts(tmp_path: Path) -> None:
    with reloading.server(tmp_path) as server:
        (before,) = servers_of(tmp_path)
        server.change_code()
        (after,) = servers_of(tmp_path)

    assert before.pid == after.pid
    assert before.reloads
    assert after.since > before.since


def test_a_server_is_found_by_its_folder(tmp_path: Path) -> None:
    with reloading.server(tmp_path):
        assert len(list(servers_of(tmp_path))) == 1
        assert list(servers_of(tmp_path / "src")) == []
        assert os.getpid() not in {server.pid for server in servers_of(tmp_path)}
