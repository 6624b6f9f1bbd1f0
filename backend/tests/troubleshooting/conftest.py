"""The troubleshooting guide's statements about Postern, each reproduced."""

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """These tests choose their own endpoints, so a pooled run would only repeat them."""
    return True if config.getoption("--endpoint") == "pooled" else None
