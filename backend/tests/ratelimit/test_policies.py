"""The table of limits, and what operators may change in it."""

from datetime import UTC, datetime, timedelta

import pytest

from src.policies import (
    KNOWN_DEVICE,
    KNOWN_DEVICES,
    SESSION,
    SESSIONS,
    TABLE,
    UNKNOWN_DEVICES,
    Policy,
    with_overrides,
)


class TestPolicies:
    def test_a_burst_refills_one_by_one(self) -> None:
        policy = Policy("signup_address", burst=30, count=2, seconds=60)
        assert policy.interval == timedelta(seconds=30)
        assert policy.window == timedelta(minutes=15)

    def test_an_override_changes_only_the_named_limit(self) -> None:
        changed = with_overrides("signin_address=5+1/hour, signup_address=7+2/day")
        assert changed["signin_address"] == Policy("signin_address", 5, 1, 3600)
        assert changed["signup_address"].seconds == 86_400
        assert changed["refresh_session"] == TABLE["refresh_session"]

    def test_an_override_keeps_the_purpose_of_the_limit(self) -> None:
        assert with_overrides("password_proof=5+1/hour")["password_proof"].guards_password

    @pytest.mark.parametrize(
        "text",
        [
            "signin_address",
            "signin_address=0+1/minute",
            "signin_address=5+0/minute",
            "signin_address=5/minute",
            "signin_address=5+1/fortnight",
            "sign_in=5+1/minute",
            "signin_address=-5+1/minute",
            "signin_address=99999999+1/minute",
        ],
    )
    def test_an_invalid_override_is_refused_with_an_example(self, text: str) -> None:
        with pytest.raises(
            ValueError, match=r"its word 2 must be like signin_address=60\+10/minute"
        ):
            with_overrides(f"signup_address=5+1/hour {text}")

    def test_a_limit_that_is_named_twice_is_refused(self) -> None:
        with pytest.raises(ValueError, match="must name signin_address once"):
            with_overrides("signin_address=60+10/minute, signin_address=60+10/minute")


class TestPatience:
    def test_the_wait_doubles_from_a_second_to_an_hour(self) -> None:
        waits = [UNKNOWN_DEVICES.wait_after(failures).total_seconds() for failures in range(20)]
        assert waits[:9] == [0, 0, 0, 0, 0, 1, 2, 4, 8]
        assert waits[-3:] == [3600, 3600, 3600]
        assert UNKNOWN_DEVICES.wait_after(99) == timedelta(hours=1)

    def test_the_limits_allow_a_hundred_guesses_in_total(self) -> None:
        assert UNKNOWN_DEVICES.limit + KNOWN_DEVICES.limit + SESSIONS.limit == 100
        assert KNOWN_DEVICE.limit < KNOWN_DEVICES.limit
        assert SESSION.limit < SESSIONS.limit


def test_no_window_has_more_mails_to_one_address_than_promised() -> None:
    """Every five minutes somebody asks for another mail, after any time of quiet."""
    hour, day = TABLE["mail_recipient_hour"], TABLE["mail_recipient_day"]
    start, step = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=5)
    for quiet in range(0, 48 * 12, 7):
        full_at, sent = {hour: start, day: start}, []
        for turn in (0, *range(quiet, quiet + 48 * 12)):
            at = start + turn * step
            then = {one: max(full_at[one], at) + one.interval for one in full_at}
            if all(then[one] <= at + one.window for one in then):  # as `buckets.hit` decides
                full_at = then
                sent.append(at)
        for first in sent:
            assert sum(first <= at < first + timedelta(hours=1) for at in sent) <= 3
            assert sum(first <= at < first + timedelta(days=1) for at in sent) <= 10
