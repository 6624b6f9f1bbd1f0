"""One request on a connection of its own, so that no failure comes from an idle connection."""

import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv6Address
from typing import Any

from bench.faults.tally import Answer

LONGEST = 10.0
"""Seconds that a client waits."""
SPREAD = 2_654_435_761
"""Odd, so its multiples are all different: addresses that are far apart."""


@dataclass(frozen=True)
class Said:
    """An answer with what it says. Without an answer, both are empty."""

    answer: Answer
    body: dict[str, Any]
    device: str


def far_apart(number: int) -> str:
    """An address in a /32 of its own."""
    return str(IPv6Address((0x2400_0000 + number * SPREAD % 2**24) << 96 | 1))


def ask(port: int, method: str, path: str, headers: dict[str, str], body: object = None) -> Said:
    """Never raises: a connection that fails is an answer, too."""
    sent, connection = time.monotonic(), HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    content, device, ok = dict[str, Any](), "", False
    try:
        connection.connect()
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", **headers})
        got = connection.getresponse()
        read = got.read()
        content = json.loads(read) if read else {}
        device, ok = got.headers.get("Postern-Device", ""), got.status < 300  # noqa: PLR2004
        said = f"{got.status} {content.get('code', '')}".strip()
    except TimeoutError:
        said = f"no answer in {LONGEST:.0f} s"
    except ConnectionRefusedError:
        said = "not connected"
    except (OSError, HTTPException):
        said = "cut off"
    finally:
        connection.close()
    return Said(Answer(said, ok, sent, time.monotonic(), f"{method} {path}"), content, device)
