"""A settings file for one test, in an environment without settings.

Modules that read the settings are imported late: this file is read before the tests' settings are
set.
"""

from pathlib import Path

import pytest

from tests.support.environment import SETTINGS


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from src.settings import Settings

    for name in (*SETTINGS, *(field.upper() for field in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    (tmp_path / "backend").mkdir()
    return tmp_path / "backend" / ".env"


def refusal(env_file: Path) -> str:
    from src.settings import InvalidSettings, load_settings

    with pytest.raises(InvalidSettings) as caught:
        load_settings(env_file, ())
    return str(caught.value)
