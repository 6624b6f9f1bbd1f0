"""Which tests run a second time: on another Python, and through PgBouncer (`--endpoint pooled`).

The fixtures of a test show what it uses. A test with one of `ONCE` does not use the app's endpoint,
but its own server, checkout or bench, where a pooler changes nothing. `@pytest.mark.once(why)`
leaves one test out. Of all others, a quarter run again: those that use the app, those that read the
database as the app does, and pure ones, which show that the code runs on the other Python. The
content of `src` decides which, so each change of it tries others. `--all-again` runs all.
"""

import hashlib
from functools import cache
from pathlib import Path

import pytest

SHARE = 4
SOURCE = Path(__file__).resolve().parents[2] / "src"

ONCE = {
    "at_rest": "the bundled server alone",
    "backend": "a checkout of its own: migrations go to the direct endpoint",
    "bench": "code that is no part of the service",
    "copy": "a checkout of its own: the doctor is given the direct endpoint",
    "data_dir": "the bundled server alone",
    "migrated": "a server or a database that the test itself names",
    "own": "a checkout of its own",
    "own_postgres": "a server of its own",
    "postgres": "a server of its own",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-again", action="store_true", help="the second run: not only a quarter")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "once(why): another Python or a pooler changes nothing here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--endpoint") != "pooled":
        return
    every = config.getoption("--all-again")
    kept = [item for item in items if not is_once(item) and (every or is_chosen(item.nodeid))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def is_once(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("once") is not None or not ONCE.keys().isdisjoint(fixtures)


def is_chosen(nodeid: str, content: bytes | None = None) -> bool:
    """Whether the content of `src` chooses this function's tests. It chooses one in `SHARE`."""
    function = nodeid.partition("[")[0]
    chosen = hashlib.sha256((content or digest_of_source()) + function.encode()).digest()
    return chosen[0] % SHARE == 0


@cache
def digest_of_source() -> bytes:
    digest = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*.py")):
        digest.update(path.relative_to(SOURCE).as_posix().encode() + path.read_bytes())
    return digest.digest()
