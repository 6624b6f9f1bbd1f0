"""The README's examples, run as a reader would run them, and the settings of docs/production.md."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from src.settings import Environment, InvalidSettings, Settings, load_settings
from tests.support.environment import SETTINGS

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
PRODUCTION = (ROOT / "docs" / "production.md").read_text()
EXAMPLE = re.compile(r"```sh\n(?P<command>[^`]*curl[^`]*)```\n\n```json\n(?P<answer>[^`]*)```")


def shape(value: object) -> object:
    """What an example promises: names and values, where `…` stands for anything."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return "…" if isinstance(value, str) and "…" in value else value


def matches(promised: object, got: object) -> bool:
    if isinstance(promised, dict) and isinstance(got, dict):
        return promised.keys() == got.keys() and all(
            matches(promised[name], got[name]) for name in promised
        )
    return promised in ("…", got)


def test_every_example_answers_as_it_says(client: httpx.Client) -> None:
    examples = [*EXAMPLE.finditer(README)]
    assert len(examples) == 5
    for example in examples:
        command = example["command"].replace("localhost:8000", f"127.0.0.1:{client.base_url.port}")
        command = command.replace("curl ", "curl --silent --fail-with-body --noproxy '*' ")
        done = subprocess.run(["bash", "-uc", command], capture_output=True, text=True, check=False)
        got = json.loads(done.stdout.replace("http://api.test", "http://localhost:8000"))
        promised = shape(json.loads(example["answer"]))
        assert matches(promised, got), (command, got)


def test_the_production_settings_are_refused_as_they_stand_and_complete_when_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*SETTINGS, *(field.upper() for field in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    block = re.search(r"```sh\n(ENVIRONMENT=.*?)```", PRODUCTION, re.DOTALL)
    assert block
    file = tmp_path / ".env"

    file.write_text(block[1])
    with pytest.raises(InvalidSettings, match="SECRET_KEY"):
        load_settings(file, ())

    filled_in = block[1].replace("SECRET_KEY=", "SECRET_KEY=mVq2Xw8ZtR4nYb7KcLp0DfHs6GjAeUo3")
    filled_in = filled_in.replace("DATABASE_URL=", "DATABASE_URL=postgresql://db.example.com/app")
    file.write_text(filled_in)
    assert load_settings(file, ()).settings.environment is Environment.PRODUCTION
