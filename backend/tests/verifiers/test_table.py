"""docs/verify-tokens.md: each line of its table, with the library that it names."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from src.kit.clock import now
from tests.support import forgeries
from tests.support.forgeries import Forgery
from tests.verifiers.conftest import SERVICES, Get, Line, Start, lines

if TYPE_CHECKING:
    from tests.support.resource_servers import Postern

FORGERIES: tuple[Forgery, ...] = (
    forgeries.of_another_key,
    forgeries.of_an_unknown_key,
    forgeries.with_the_public_key_as_secret,
    forgeries.unsigned,
    forgeries.of_another_issuer,
    forgeries.for_another_audience,
    forgeries.that_was_changed,
    forgeries.that_is_none,
)


def test_the_table_has_every_library() -> None:
    assert [line.library for line in lines()] == list(SERVICES)


@pytest.fixture(scope="module", params=lines(), ids=lambda line: line.library)
def line(request: pytest.FixtureRequest) -> Line:
    chosen: Line = request.param
    return chosen


@pytest.fixture(scope="module")
def get(line: Line, start: Start, postern: "Postern") -> Iterator[Get]:
    postern.access_token()  # before the first sign-in there is no key to forge with
    with start(line, postern.url) as asks:
        yield asks


def test_accepts_a_token_of_a_sign_in(get: Get, postern: "Postern") -> None:
    answer = get(postern.access_token())
    assert (answer.status_code, answer.text.strip('"')) == (200, "1")


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
def test_refuses_a_forged_token(get: Get, postern: "Postern", forgery: Forgery) -> None:
    assert get(forgery(postern.signing_key(), postern.url)).status_code == 401


def test_refuses_an_expired_token_and_a_refresh_token(get: Get, postern: "Postern") -> None:
    at = int(now().timestamp())
    expired = forgeries.signed(postern.signing_key(), postern.url, iat=at - 961, exp=at - 61)
    assert get(expired).status_code == 401
    assert get(postern.sign_in()["refresh_token"]).status_code == 401


def test_checks_typ_unless_the_note_says_that_it_does_not(
    line: Line, get: Get, postern: "Postern"
) -> None:
    token = forgeries.of_another_type(postern.signing_key(), postern.url)
    assert get(token).status_code == (401 if line.checks_typ else 200)
