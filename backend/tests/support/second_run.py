"""Which tests run a second time: on another Python, and through PgBouncer (`--endpoint pooled`).

The fixtures of a test show what it uses. A test with one of `ONCE` does not use the app's endpoint,
but its own server, checkout or bench, where a pooler changes nothing. All others run again: those
that use the app, those that read the database as the app does, and pure ones, which are fast and
show that the code runs on the other Python. `@pytest.mark.once(why)` leaves one test out.
"""

import pytest

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


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "once(why): another Python or a pooler changes nothing here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--endpoint") != "pooled":
        return
    once = [item for item in items if is_once(item)]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if item not in set(once)]


def is_once(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("once") is not None or not ONCE.keys().isdisjoint(fixtures)
