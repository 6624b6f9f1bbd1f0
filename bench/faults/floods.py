"""Floods of requests. `python -m bench.floods` measures more of them."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv6Address

from bench.faults.asking import SPREAD, ask
from bench.faults.stage import HOLD, Stage
from bench.services.base import PASSWORD

RATE = 100
"""Wrong sign-ins per second."""
PROVIDER = 0x2001_0DB8
"""Its /32."""


def flood_from_many_networks(stage: Stage) -> None:
    """100 wrong sign-ins a second, each from another /64 of one /32 and for another address."""
    began = time.monotonic()
    with ThreadPoolExecutor(RATE * 2) as attackers:
        for number in itertools.count():
            at = number / RATE
            if at > HOLD:
                break
            time.sleep(max(0.0, began + at - time.monotonic()))
            attackers.submit(_guess, stage.ports[0], number)


def _guess(port: int, number: int) -> None:
    network = IPv6Address(PROVIDER << 96 | (number * SPREAD % 2**32) << 64 | 1)
    who = {"email": f"nobody{number}@example.com", "password": PASSWORD + "s"}
    ask(port, "POST", "/auth/signin", {"X-Forwarded-For": str(network)}, who)
