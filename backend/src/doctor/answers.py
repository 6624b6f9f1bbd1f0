"""What answers at an address: this Postern, another one, another program, or nothing."""

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
"""Every Postern has this page. It contains the service's own API_URL."""


class Who(Enum):
    NOBODY = auto()
    OTHER_PROGRAM = auto()
    OTHER_POSTERN = auto()
    OURS = auto()


def who(url: str, *, api_url: str, instance: str | None) -> Who:
    """Ask at `url`. `OURS` is a Postern whose API_URL is `api_url`, on our database.

    The databases are compared only if `instance` is given and the service shows its own.
    """
    try:
        page = _ask(f"{url}{PAGE}")
    except OSError:
        return Who.NOBODY
    if page.get("code") != "not_found":
        return Who.OTHER_PROGRAM
    theirs = _ask(f"{url}/readyz").get("instance")
    other_database = instance is not None and theirs not in {None, instance}
    other_url = page.get("type") != f"{api_url}{PAGE}"
    return Who.OTHER_POSTERN if other_database or other_url else Who.OURS


def _ask(url: str) -> dict[str, object]:
    """The JSON object in the answer; an empty one for every other answer."""
    request = urllib.request.Request(  # noqa: S310  settings let http and https through alone
        url, headers={"Accept": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:  # noqa: S310
            document = json.loads(answer.read(MOST))
    except (urllib.error.HTTPError, HTTPException, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirect: where it leads is the answer."""


class Plain(Enum):
    """What a browser gets that opens an address over http, where the web app is on https."""

    NOTHING = auto()
    LEADS_TO_HTTPS = auto()
    A_PAGE = auto()


def over_http(origin: str, path: str) -> Plain:
    """Ask for `path` at the https `origin`, but over http."""
    url = f"http://{origin.removeprefix('https://')}{path}"
    try:
        with urllib.request.build_opener(_StayHere).open(url, timeout=WITHIN):
            return Plain.A_PAGE
    except urllib.error.HTTPError as answer:
        to = answer.headers.get("Location", "")
        return Plain.LEADS_TO_HTTPS if to.startswith("https://") else Plain.NOTHING
    except (OSError, HTTPException):
        return Plain.NOTHING


def address(text: str) -> str:
    """A typed address of a service, without its password; a ValueError if it is no address."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
