"""What `uvicorn --reload` notices."""

import time
from pathlib import Path

from tests.support import reloading


def test_it_takes_up_code_and_not_the_env_file(tmp_path: Path) -> None:
    with reloading.server(tmp_path) as server:
        (tmp_path / ".env").write_text("A=2\n")
        time.sleep(1.5)
        assert server.starts() == 1, "a changed .env is not noticed"

        server.change_code()
        assert server.starts() > 1
