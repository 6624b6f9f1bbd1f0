"""A device token says which accounts were used on a device. Only Postern can read it."""

from datetime import UTC, datetime, timedelta

import pytest

from src.auth import devices
from src.auth.devices import Device
from src.kit.sealing import derive_key, seal

AT = datetime(2026, 1, 1, tzinfo=UTC)
SECRET, NEWER = "a" * 32, "b" * 32
HASH, OTHER_HASH = "$2b$04$one", "$2b$04$two"


def device(*accounts: str, secret: str = SECRET) -> Device:
    seen = None
    for account in accounts:
        seen = read(devices.token_for(secret, seen, account, HASH, AT), secret)
    assert seen is not None
    return seen


def read(token: str, *secrets: str, at: datetime = AT) -> Device | None:
    return devices.read(secrets, token, at)


class TestADevice:
    def test_a_device_knows_each_account_and_its_password(self) -> None:
        own = device("ada@example.com", "eve@example.com")
        for account in ("ada@example.com", "eve@example.com"):
            assert devices.knows([SECRET], own, account)
            assert devices.has_seen([SECRET], own, account, password_hash=HASH)
            assert not devices.has_seen([SECRET], own, account, password_hash=OTHER_HASH)
        assert not devices.knows([SECRET], own, "bob@example.com")
        assert not devices.has_seen([SECRET], own, "bob@example.com", password_hash=HASH)

    def test_a_device_remembers_the_last_ten_accounts(self) -> None:
        names = [f"p{number}@example.com" for number in range(11)]
        known = [devices.knows([SECRET], device(*names), name) for name in names]
        assert known == [False] + [True] * 10

    def test_an_account_is_kept_once_even_if_its_password_changes(self) -> None:
        own = device("ada@example.com")
        again = read(devices.token_for(SECRET, own, "ada@example.com", OTHER_HASH, AT), SECRET)
        assert again is not None
        assert (again.number, len(again.accounts)) == (own.number, 1)
        assert devices.has_seen([SECRET], again, "ada@example.com", password_hash=OTHER_HASH)

    def test_a_device_says_since_when_each_account_was_used(self) -> None:
        first, later = device("ada@example.com"), AT + timedelta(hours=1)
        own = read(devices.token_for(SECRET, first, "eve@example.com", HASH, later), SECRET)
        assert own is not None
        assert devices.used_since([SECRET], own, AT, "ada@example.com")
        assert not devices.used_since([SECRET], own, later, "ada@example.com")
        assert devices.used_since([SECRET], own, later, "eve@example.com")
        assert not devices.used_since([SECRET], own, AT, "bob@example.com")

    def test_a_token_of_the_previous_release_has_one_time_for_all_accounts(self) -> None:
        entries = [entry[: devices.PROVED_BYTES] for entry in device("ada@example.com").accounts]
        head = devices.HEAD.pack(devices.FORMER_VERSION, b"12345678", int(AT.timestamp()))
        plain = head + b"".join(entries)
        token = seal(derive_key(SECRET, devices.PURPOSE), plain, place=devices.PURPOSE)
        own = read(token, SECRET)
        assert own is not None
        assert devices.has_seen([SECRET], own, "ada@example.com", password_hash=HASH)
        assert devices.used_since([SECRET], own, AT, "ada@example.com")
        second = AT + timedelta(seconds=1)
        assert not devices.used_since([SECRET], own, second, "ada@example.com")

    def test_a_token_is_valid_while_its_secret_is_the_previous_one(self) -> None:
        token = devices.token_for(SECRET, None, "ada@example.com", HASH, AT)
        own = read(token, NEWER, SECRET)
        assert own is not None
        assert devices.has_seen([NEWER, SECRET], own, "ada@example.com", password_hash=HASH)
        assert read(token, NEWER) is None

    def test_the_length_of_a_token_has_a_limit(self) -> None:
        names = [f"p{number}@example.com" for number in range(30)]
        token = devices.token_for(SECRET, device(*names), "last@example.com", HASH, AT)
        assert len(token) <= devices.MAX_LENGTH
        assert read(token, SECRET) is not None


class TestAnInvalidToken:
    @pytest.mark.parametrize("version", [0, 1, 4])
    def test_a_token_of_another_version_is_refused(self, version: int) -> None:
        plain = devices.HEAD.pack(version, b"12345678", int(AT.timestamp()))
        token = seal(derive_key(SECRET, devices.PURPOSE), plain, place=devices.PURPOSE)
        assert read(token, SECRET) is None

    def test_a_token_that_is_too_long_is_not_opened(self) -> None:
        head = devices.HEAD.pack(devices.VERSION, b"12345678", int(AT.timestamp()))
        key = derive_key(SECRET, devices.PURPOSE)
        tokens = [seal(key, head + bytes(size), place=devices.PURPOSE) for size in (240, 480)]
        assert [read(token, SECRET) is None for token in tokens] == [False, True]

    def test_a_token_expires_after_400_days(self) -> None:
        token = devices.token_for(SECRET, None, "ada@example.com", HASH, AT)
        assert read(token, SECRET, at=AT + timedelta(days=400)) is not None
        assert read(token, SECRET, at=AT + timedelta(days=400, seconds=1)) is None

    def test_a_changed_token_is_refused(self) -> None:
        token = devices.token_for(SECRET, None, "ada@example.com", HASH, AT)
        for place in range(3, len(token)):
            changed = "A" if token[place] != "A" else "B"
            assert read(token[:place] + changed + token[place + 1 :], SECRET) is None
