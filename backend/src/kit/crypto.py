"""The only source of randomness."""

import secrets


def random_token(size: int = 32) -> str:
    """`size` bytes from the system's generator, as URL-safe text (256 bits by default)."""
    return secrets.token_urlsafe(size)


def random_bytes(count: int) -> bytes:
    return secrets.token_bytes(count)


def random_bits(count: int) -> int:
    """A number of at most `count` bits, for keys of locks and the like."""
    return secrets.randbits(count)


def random_id() -> str:
    """128 random bits in hexadecimal, for names that must not collide and hold no secret."""
    return secrets.token_hex(16)
