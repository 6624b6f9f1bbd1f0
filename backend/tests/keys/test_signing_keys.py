"""When each key signs and verifies, and which part of it is published."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from src.keys.signing_keys import KeySet, KeyState, SigningKey, generate

START = datetime(2026, 3, 1, tzinfo=UTC)
TTL = timedelta(minutes=15)


def key(days: float) -> SigningKey:
    at = START + timedelta(days=days)
    return generate(at=at, signs_from=at, ttl=TTL)


def after(days: float = 0, seconds: float = 0) -> datetime:
    return START + timedelta(days=days, seconds=seconds)


class TestSchedule:
    def test_the_newest_key_that_has_started_signs(self) -> None:
        keys = KeySet((key(0), key(30), key(60)))
        assert keys.signing(after(-1)) is None
        assert keys.signing(after(0)) is keys.keys[0]
        assert keys.signing(after(30)) is keys.keys[1]
        assert keys.signing(after(59.9)) is keys.keys[1]

    def test_a_key_is_published_before_it_signs_and_while_its_tokens_are_valid(self) -> None:
        first, second = key(0), key(30)
        keys = KeySet((first, second))
        assert keys.state(second, after(29)) is KeyState.NEXT
        assert keys.state(first, after(29)) is KeyState.SIGNING
        assert keys.state(first, after(30)) is KeyState.VERIFYING
        assert keys.state(first, after(30, seconds=15 * 60 + 59)) is KeyState.VERIFYING
        assert keys.state(first, after(30, seconds=16 * 60)) is KeyState.SPENT
        assert keys.published(after(29)) == (first, second)
        assert keys.published(after(31)) == (second,)

    def test_the_only_key_verifies_for_ever(self) -> None:
        keys = KeySet((key(0),))
        assert keys.verifies_until(keys.keys[0]) is None
        assert keys.state(keys.keys[0], after(4000)) is KeyState.SIGNING

    def test_two_keys_with_the_same_start_are_both_in_use(self) -> None:
        first, second = key(0), key(0)
        keys = KeySet((first, second))
        assert keys.signing(after(1)) is second
        assert keys.state(first, after(1)) is KeyState.SIGNING  # no key starts after it

    def test_a_key_verifies_for_the_longest_lifetime_of_a_token(self) -> None:
        long = generate(at=START, signs_from=START, ttl=timedelta(hours=1))
        keys = KeySet((long, key(1)))
        assert keys.verifies_until(long) == after(1, seconds=3660)


class TestJwk:
    def test_a_jwk_holds_only_the_public_key(self) -> None:
        jwk = key(0).jwk
        assert set(jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert {len(urlsafe_b64decode(jwk[name] + "=")) for name in ("x", "y")} == {32}

    def test_the_id_is_the_thumbprint_of_rfc_7638(self) -> None:
        jwk = key(0).jwk
        canonical = json.dumps(
            {name: jwk[name] for name in ("crv", "kty", "x", "y")},
            separators=(",", ":"),
            sort_keys=True,
        )
        assert urlsafe_b64decode(jwk["kid"] + "=") == sha256(canonical.encode()).digest()

    def test_the_text_of_a_key_or_a_set_hides_the_private_key(self) -> None:
        one = key(0)
        secret = str(one.private_key.private_numbers().private_value)
        assert secret not in repr(one)
        assert "private" not in repr(KeySet((one,)))
