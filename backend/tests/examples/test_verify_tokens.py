"""docs/verify-tokens.md: its few lines of Python and TypeScript, run as a reader would run them."""

from collections.abc import Iterator

import pytest

from src.kit.clock import now
from src.settings import get_loaded
from tests.support import forgeries
from tests.support.environment import SETTINGS
from tests.support.forgeries import Forgery
from tests.support.resource_servers import (
    Postern,
    Verifier,
    python_snippet,
    typescript_snippet,
)


@pytest.fixture(scope="module", params=[python_snippet, typescript_snippet])
def snippet(request: pytest.FixtureRequest, postern: Postern) -> Iterator[Verifier]:
    with request.param(postern.url) as verifier:
        yield verifier


def test_accepts_a_token_of_signin(snippet: Verifier, postern: Postern) -> None:
    assert snippet.get(postern.access_token()).status_code == 200


@pytest.mark.parametrize("forgery", forgeries.ALL, ids=lambda forgery: forgery.__name__)
def test_refuses_a_forged_token(snippet: Verifier, postern: Postern, forgery: Forgery) -> None:
    assert snippet.get(forgery(postern.signing_key(), postern.url)).status_code == 401


def test_refuses_expired_and_refresh_tokens(snippet: Verifier, postern: Postern) -> None:
    at = int(now().timestamp())
    expired = forgeries.signed(postern.signing_key(), postern.url, iat=at - 961, exp=at - 61)
    assert snippet.get(expired).status_code == 401
    assert snippet.get(postern.sign_in()["refresh_token"]).status_code == 401


def test_a_storm_of_unknown_keys_costs_one_fetch(snippet: Verifier, postern: Postern) -> None:
    assert snippet.get(postern.access_token()).status_code == 200
    snippet.advance(11)
    fetched = postern.fetches
    for _ in range(40):
        unknown = forgeries.of_an_unknown_key(postern.signing_key(), postern.url)
        assert snippet.get(unknown).status_code == 401
    assert postern.fetches - fetched == 1


class TestChangingTheSecretKey:
    OLD, NEW = SETTINGS["SECRET_KEY"], "nW7xQ2vTz9LbR4wYf6NcHd8JpGs3UaVe5Zq1Bo7Iy"

    @pytest.fixture(autouse=True)
    def _as_before(self, postern: Postern, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        self.patch, self.postern = monkeypatch, postern
        yield
        self.restart(self.OLD, self.NEW)
        postern.rotate(at_once=True)
        self.restart(self.OLD)

    def restart(self, secret: str, previous: str | None = None) -> None:
        """The process has these secrets now."""
        self.patch.setenv("SECRET_KEY", secret)
        self.patch.setenv("SECRET_KEY_PREVIOUS", previous or "")
        get_loaded.cache_clear()
        self.postern.forget_keys()

    def test_in_two_restarts_signs_nobody_out(self, postern: Postern) -> None:
        tokens = postern.sign_in()
        self.restart(self.OLD, self.NEW)
        tokens = postern.refresh(tokens)
        for _ in range(2):  # processes before and after their second restart, side by side
            self.restart(self.NEW, self.OLD)
            tokens = postern.refresh(tokens)
            self.restart(self.OLD, self.NEW)
            tokens = postern.refresh(tokens)
        self.restart(self.NEW, self.OLD)
        postern.rotate(at_once=True)
        tokens = postern.refresh(tokens)
        self.restart(self.NEW)
        assert postern.profile(tokens).status_code == 200
        postern.refresh(tokens)
