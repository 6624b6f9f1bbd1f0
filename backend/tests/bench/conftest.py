"""The parts of `make bench`, which stands beside the backend.

What reads the settings is imported late: this file is read before the tests' own settings stand.
"""

from importlib import import_module
from types import ModuleType

import pytest


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package `bench`, with the modules that the tests use."""
    from src.settings import BACKEND

    monkeypatch.syspath_prepend(BACKEND.parent)
    for part in ("bad_inputs", "goals", "measures", "plan", "report", "run", "servers", "traffic"):
        import_module(f"bench.{part}")
    return import_module("bench")
