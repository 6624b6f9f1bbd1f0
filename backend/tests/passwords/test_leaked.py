"""The list of leaked passwords: what it holds, and how it is packed."""

import hashlib

from src.passwords.leaked import FILE, is_in, is_leaked, pack


def test_a_packed_list_knows_its_passwords_and_no_others() -> None:
    words = [f"word {number}" for number in range(5000)]
    packed = pack(words)
    assert all(is_in(packed, word) for word in words)
    assert [number for number in range(2000) if is_in(packed, f"another {number}")] == []
    assert len(packed) == 2**16 + 2 * len({hashlib.sha256(w.encode()).digest()[:4] for w in words})


def test_the_list_knows_leaked_passwords_that_look_arbitrary() -> None:
    assert all(map(is_leaked, ["1g2w3e4r", "zag12wsx", "fqrg7cs493", "vrbgqns997"]))
    assert not any(map(is_leaked, ["testpass123", "correct horse battery staple", ""]))


def test_the_list_is_small_and_whole() -> None:
    packed = FILE.read_bytes()
    assert len(packed) == 2**16 + 2 * sum(packed[: 2**16])
    assert len(packed) < 1_000_000
