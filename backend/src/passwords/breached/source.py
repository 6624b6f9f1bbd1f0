"""Who can be asked about a password, and what they raise if they cannot say."""

from typing import Protocol


class Source(Protocol):
    async def has(self, digest: str) -> bool:
        """Whether it knows this SHA-1. Raises `Unavailable`. May take long: set a deadline."""

    async def close(self) -> None: ...


class Unavailable(Exception):  # noqa: N818  it names the fact
    """It is not known. The sentence has nothing of the password, of its hash or of an answer."""
