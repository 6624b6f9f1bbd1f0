"""Who answers at an address: this Postern, another one, another program, or nobody."""

import json
import urllib.error
import urllib.request
from enum import Enum, auto
from http.client import HTTPException
from urllib.parse import urlsplit

WITHIN = 3.0
"""Seconds."""
MOST = 64 * 1024
PAGE = "/problems/not_found"
"""Every Postern has it, and it names the service's own API_URL."""


class Who(Enum):
    NOBODY = auto()
    STRANGER = auto()
    OTHER = auto()
    OURS = auto()


def who(url: str, *, api_url: str, instance: str | None) -> Who:
    """Ask at `url`; `OURS` is a Postern that names `api_url` as its own, on our database.

    The database goes unasked where `instance` is None, and where the service does not tell its.
    """
    try:
        page = _ask(f"{url}{PAGE}")
    except OSError:
        return Who.NOBODY
    if page.get("code") != "not_found":
        return Who.STRANGER
    theirs = _ask(f"{url}/readyz").get("instance")
    other_database = instance is not None and theirs not in {None, instance}
    return Who.OTHER if other_database or page.get("type") != f"{api_url}{PAGE}" else Who.OURS


def _ask(url: str) -> dict[str, object]:
    """The JSON object there, or an empty one where the answer is anything else."""
    request = urllib.request.Request(  # noqa: S310  settings let http and https through alone
        url, headers={"Accept": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:  # noqa: S310
            document = json.loads(answer.read(MOST))
    except (urllib.error.HTTPError, HTTPException, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def address(text: str) -> str:
    """The address of a service as somebody typed it, without a password; a ValueError for none."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
