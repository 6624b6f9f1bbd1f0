"""Guesses on unknown devices do not lock the user out on a known device."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import httpx
import pytest

from src.kit.clock import Clock
from src.policies import KNOWN_DEVICE, UNKNOWN_DEVICES
from tests.ratelimit.conftest import AMPLE, OTHER, PASSWORD, WRONG, Account, Limit, SignUp, Visit
from tests.ratelimit.guesses import guess
from tests.support.asking import until_served
from tests.web.test_problems import assert_problem


@pytest.mark.usefixtures("moved")
class TestAKnownDevice:
    def test_a_known_device_can_sign_in_while_others_guess(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        limit()
        own = visitor().remember()
        for number in range(60):  # from other addresses, and from the same one
            visitor(f"203.0.113.{number}").signin(WRONG)
            visitor().signin(WRONG)
        assert visitor(OTHER).signin().status_code == 429
        assert own.signin().status_code == 200
        own.ip = OTHER
        assert own.signin().status_code == 200

    @pytest.mark.usefixtures("ada")
    def test_a_sign_in_on_a_known_device_unlocks_other_devices(
        self, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor().remember()
        guess(visitor(OTHER), moved, 100)
        assert visitor("203.0.113.9").signin().status_code == 429
        assert own.signin().status_code == 200
        assert visitor("203.0.113.9").signin().status_code == 200

    @pytest.mark.usefixtures("ada")
    def test_a_known_device_becomes_unknown_after_its_own_guesses(
        self, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor().remember()
        assert guess(own, moved, 200) == KNOWN_DEVICE.limit + UNKNOWN_DEVICES.limit
        assert visitor(OTHER).signin().status_code == 429

    @pytest.mark.usefixtures("ada")
    def test_a_sign_in_resets_the_guesses_of_a_known_device(
        self, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor().remember()
        guess(own, moved, KNOWN_DEVICE.limit)
        assert own.signin().status_code == 200  # as an unknown device
        for _ in range(8):
            visitor(OTHER).signin(WRONG)
        assert visitor(OTHER).signin().status_code == 429
        assert own.signin().status_code == 200

    @pytest.mark.usefixtures("ada")
    def test_parallel_guesses_on_a_known_device_continue_as_unknown(
        self, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor().remember()
        guess(own, moved, KNOWN_DEVICE.limit - 1)
        moved.advance(timedelta(hours=1))
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(until_served, [partial(own.signin, WRONG)] * 8))
        refusals = {answer.headers.get("ratelimit", "").split(";")[0] for answer in answers}
        assert refusals <= {"", '"signin_failures"'}
        assert Counter(answer.status_code for answer in answers) == {401: 6, 429: 2}

    def test_a_device_stays_known_after_it_changes_the_password(
        self, ada: Account, client: httpx.Client, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor().remember()
        assert own.device
        changed = client.post(
            "/auth/password/change",
            json={"current_password": PASSWORD, "new_password": "another testpass"},
            headers={**ada["headers"], "Postern-Device": own.device},
        )
        own.device = changed.headers["postern-device"]
        guess(visitor(OTHER), moved, 100)
        assert visitor(OTHER).signin("another testpass").status_code == 429
        assert own.signin("another testpass").status_code == 200

    def test_a_password_change_elsewhere_makes_a_device_unknown(
        self, ada: Account, client: httpx.Client, visitor: Visit
    ) -> None:
        former, own = visitor().remember(), visitor(OTHER)
        change = {"current_password": PASSWORD, "new_password": "another testpass"}
        client.post("/auth/password/change", json=change, headers=ada["headers"])
        own.device = own.signin("another testpass").headers["postern-device"]
        for _ in range(5):
            assert former.signin().status_code == 401
        refused = former.signin("another testpass")
        assert_problem(refused, 429, "rate_limited")
        assert refused.headers["ratelimit"].startswith('"signin_failures"')
        assert own.signin("another testpass").status_code == 200

    def test_the_number_of_new_device_tokens_is_limited(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        limit("signin_devices=8+1/day")
        devices = [visitor().remember() for _ in range(4)]
        codes = Counter(device.signin().status_code for device in devices for _ in range(4))
        assert codes == {200: 8, 429: 8}

    def test_a_shared_device_is_known_to_each_account_used_on_it(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        sign_up("eve@example.com")
        limit(AMPLE)
        shared = visitor().remember()
        shared.device = shared.signin(email="eve@example.com").headers["postern-device"]
        for email in ("ada@example.com", "eve@example.com"):
            for _ in range(6):
                visitor(OTHER).signin(WRONG, email)
            assert visitor(OTHER).signin(email=email).status_code == 429
            assert shared.signin(email=email).status_code == 200

    def test_a_device_of_one_account_is_unknown_to_another(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        sign_up("eve@example.com")
        limit(AMPLE)
        eve = visitor()
        eve.device = eve.signin(email="eve@example.com").headers["postern-device"]
        for _ in range(5):
            eve.signin(WRONG, "ada@example.com")
        assert (
            eve.signin(WRONG, "ada@example.com")
            .headers["ratelimit"]
            .startswith('"signin_failures"')
        )

    @pytest.mark.parametrize("token", ["", "v1.", "v1.AAAA", "x" * 5000, "v1." + "A" * 120])
    @pytest.mark.usefixtures("ada")
    def test_an_invalid_token_makes_no_device_known(self, visitor: Visit, token: str) -> None:
        unknown = visitor()
        unknown.device = token
        for _ in range(5):
            assert unknown.signin(WRONG).status_code == 401
        assert unknown.signin().status_code == 429

    @pytest.mark.usefixtures("ada")
    def test_a_device_becomes_unknown_after_400_days_without_use(
        self, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor().remember()
        moved.advance(timedelta(days=401))
        for _ in range(5):
            visitor(OTHER).signin(WRONG)
        assert own.signin().status_code == 429

    def test_a_device_token_is_neither_an_access_nor_a_refresh_token(
        self, client: httpx.Client, sign_up: SignUp, visitor: Visit
    ) -> None:
        sign_up()
        token = visitor().remember().device
        header = {"Authorization": f"Bearer {token}"}
        assert_problem(client.get("/auth/profile", headers=header), 401, "token_invalid")
        refreshed = client.post("/auth/refresh", json={"refresh_token": token})
        assert_problem(refreshed, 401, "token_invalid")
