"""The fixtures of `postern_auth.testing`. pytest finds them by itself once the package is there."""

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # imported late: a run without these fixtures does not wait for them
    from collections.abc import Callable, Iterator

    from postern_auth.testing import PosternInMemory, TestUser


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """`Postern.from_env()` works in tests, also where a module or a conftest calls it."""
    if not os.environ.get("POSTERN_ISSUER", "").strip():
        os.environ["POSTERN_ISSUER"] = "http://postern.test"


@pytest.fixture(scope="session")
def postern_in_memory() -> "PosternInMemory":
    """The Postern of the tests, with the issuer and the audience of the environment.

    Override this fixture to name others.
    """
    from postern_auth.testing import PosternInMemory

    return PosternInMemory(os.environ["POSTERN_ISSUER"], os.environ.get("POSTERN_AUDIENCE"))


@pytest.fixture
def postern_user(
    postern_in_memory: "PosternInMemory",
) -> "Iterator[Callable[..., TestUser]]":
    """Makes people: `postern_user(id=1, email=…, expired=True, revoked=True, issuer=…)`."""
    with postern_in_memory.trusted():
        yield postern_in_memory.user


@pytest.fixture
def signed_in(
    postern_user: "Callable[..., TestUser]",  # noqa: ARG001  its Postern is trusted
) -> "Iterator[Callable[[Any, TestUser], Any]]":
    """`signed_in(client, user)`: the client sends the user's token until the test ends."""
    from postern_auth.testing import authorize, forget

    clients: list[Any] = []

    def sign_in(client: Any, user: "TestUser") -> Any:  # noqa: ANN401  clients share no type
        clients.append(client)
        authorize(client, user)
        return client

    yield sign_in
    for client in clients:
        forget(client)
