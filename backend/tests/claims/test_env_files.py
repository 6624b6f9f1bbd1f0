"""Which .env file a program reads that names it by a relative path."""

import os
import subprocess
import sys
from pathlib import Path

RELATIVE = """
from pydantic_settings import BaseSettings, SettingsConfigDict
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")
    database_url: str
print(Settings().database_url)
"""


def test_a_relative_env_file_depends_on_the_folder_one_stands_in(tmp_path: Path) -> None:
    for name in ("root", "backend"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / ".env").write_text(f"DATABASE_URL={name}\n")
        read = subprocess.run(
            (sys.executable, "-c", RELATIVE),
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        )

        assert read.stdout == f"{name}\n"
