"""Asks a server of the range protocol, such as Have I Been Pwned, or a mirror of your own."""

import logging

import httpx

from src.passwords.breached.ranges import PREFIX, is_listed
from src.passwords.breached.source import Unavailable

MOST_AT_ONCE = 16
"""Requests. The others wait for their turn, within the deadline of all."""
KEPT_OPEN = 4
LARGEST_ANSWER = 1 << 20
"""Bytes. The longest answers of the public server have about 100,000."""
HEADERS = {
    "Add-Padding": "true",
    "Accept-Encoding": "identity",  # a small compressed answer can be large
    "User-Agent": "Postern",
}


class RangeApi:
    """Has a client that follows no redirects, and uses no proxy of the environment."""

    def __init__(self, url: str) -> None:
        # They log each address, and so the first characters of a hash.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        trusted = httpx.create_ssl_context(trust_env=False)
        trusted.load_default_certs()  # also of a company's own authority
        self._url = url
        self._client = httpx.AsyncClient(
            headers=HEADERS,
            verify=trusted,
            timeout=None,  # noqa: S113  the one deadline is of the caller
            limits=httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=KEPT_OPEN),
            follow_redirects=False,
            trust_env=False,
        )

    async def has(self, digest: str) -> bool:
        """Ask for all digests that begin as this one does. Raises `Unavailable`."""
        try:
            answer = await self._range(digest[:PREFIX])
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            kind = type(error).__name__
            raise Unavailable(f"the server of the range API does not answer ({kind})") from None
        return is_listed(answer, digest)

    async def close(self) -> None:
        await self._client.aclose()

    async def _range(self, prefix: str) -> bytes:
        async with self._client.stream("GET", f"{self._url}/range/{prefix}") as answer:
            if answer.status_code != httpx.codes.OK:
                raise Unavailable(f"the status of the answer is {answer.status_code}")
            content = bytearray()
            async for part in answer.aiter_raw():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise Unavailable(f"the answer has more than {LARGEST_ANSWER:,} bytes")
        return bytes(content)
