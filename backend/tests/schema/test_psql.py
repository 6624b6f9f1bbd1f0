"""The psql command that people can paste."""

import shlex
import subprocess
from pathlib import Path

from src.database.origin import Endpoint
from src.schema.psql import psql
from tests.support.scratch import Scratch


def test_the_bundled_database_has_a_psql_of_its_own(scratch: Scratch) -> None:
    command = shlex.split(psql(Endpoint(scratch.direct.url), "SELECT 'it works'"))
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert Path(command[0]).is_absolute()
    assert "it works" in done.stdout


def test_every_other_database_has_the_psql_of_the_reader(scratch: Scratch) -> None:
    assert psql(scratch.endpoint, "SELECT 1").startswith("psql ")
