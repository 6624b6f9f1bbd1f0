"""Codes of authenticator apps: the published vectors, drift, and what was used before."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyotp import HOTP

from src.auth.factors.totp import FAR_AHEAD, PERIOD, is_code, new_secret, step_at, step_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "totp.json").read_text())
SECRET = base64.b32encode(VECTORS["secret_ascii"].encode()).decode()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("row", VECTORS["totp"], ids=lambda row: str(row["unix_time"]))
def test_a_code_of_rfc_6238_is_right_in_its_step(row: dict[str, str]) -> None:
    moment = at(int(row["unix_time"]))
    assert step_of(SECRET, row["eight_digits"][-6:], moment) == step_at(moment)


@pytest.mark.parametrize(("step", "code"), list(enumerate(VECTORS["hotp"]))[1:])
def test_a_code_of_rfc_4226_is_right_one_step_early_or_late(step: int, code: str) -> None:
    first = step * PERIOD
    assert [
        step_of(SECRET, code, at(first + seconds)) is not None
        for seconds in (-PERIOD - 1, -PERIOD, 0, PERIOD - 1, 2 * PERIOD - 1, 2 * PERIOD)
    ] == [False, True, True, True, True, False]


def test_a_used_step_and_older_ones_do_not_count() -> None:
    moment = at(1_000_000_000)
    present = step_at(moment)
    for step in (present - 1, present, present + 1):
        code = HOTP(SECRET).at(step)
        assert step_of(SECRET, code, moment, after=step - 1) == step
        assert step_of(SECRET, code, moment, after=step) is None


def test_a_step_that_a_wrong_clock_has_stored_locks_nobody_out() -> None:
    moment = at(1_000_000_000)
    present = step_at(moment)
    code = HOTP(SECRET).at(present)
    assert step_of(SECRET, code, moment, after=present + FAR_AHEAD) is None
    assert step_of(SECRET, code, moment, after=present + FAR_AHEAD + 1) == present


@pytest.mark.parametrize("typed", ["755224", "755 224", " 755-224 ", "7 5 5 2 2 4"])
def test_spaces_and_hyphens_make_no_difference(typed: str) -> None:
    assert is_code(typed)
    assert step_of(base64.b32encode(b"1" * 20).decode(), typed, at(0), after=5) is None


@pytest.mark.parametrize("typed", ["", "75522", "7552244", "75522a", "٧٥٥٢٢٤", "７５５２２４"])
def test_only_six_ascii_digits_are_a_code(typed: str) -> None:
    assert not is_code(typed)
    assert step_of(SECRET, typed, at(59)) is None


def test_a_secret_has_160_bits() -> None:
    assert len(base64.b32decode(new_secret())) == 20
    assert new_secret() != new_secret()
