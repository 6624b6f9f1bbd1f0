"""`postern limits`, as an operator runs it."""

import httpx
import pytest

from src.kit.clock import Clock
from src.policies import UNKNOWN_DEVICES
from tests.ratelimit.conftest import OTHER, Limit, SignUp, Visit
from tests.ratelimit.guesses import guess
from tests.support.commands import postern
from tests.support.live import forget_refusals


@pytest.mark.usefixtures("ada")
def test_forget_lets_a_user_sign_in_after_guesses_by_others(visitor: Visit, moved: Clock) -> None:
    assert guess(visitor(), moved, 100) == UNKNOWN_DEVICES.limit
    assert visitor(OTHER).signin().status_code == 429
    done = postern("limits", "forget", "ADA@example.com")
    assert (done.returncode, done.stdout) == (
        0,
        "Forgotten. Running services notice within five seconds.\n",
    )
    forget_refusals()
    assert visitor(OTHER).signin().status_code == 200


def test_forget_also_resets_the_limits_of_sessions(
    client: httpx.Client, sign_up: SignUp, limit: Limit
) -> None:
    me = sign_up()
    limit("password_account=3+1/day password_proof=99+99/second")

    def prove() -> int:
        body = {"password": "wrong-password"}
        return client.post("/auth/profile/delete", json=body, headers=me["headers"]).status_code

    assert [prove() for _ in range(4)] == [401] * 3 + [429]
    postern("limits", "forget", "ada@example.com")
    forget_refusals()
    assert prove() == 401


@pytest.mark.usefixtures("client")
def test_forget_reports_an_unknown_or_invalid_address() -> None:
    nobody = postern("limits", "forget", "nobody@example.com")
    assert nobody.returncode == 0
    assert nobody.stdout.startswith("Forgotten. No account has that address.")
    refused = postern("limits", "forget", "nobody")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("An address has an @-sign, as in ada@example.com.")
