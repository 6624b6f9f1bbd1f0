"""Whether the time of a request for a mail shows that its address has an account.

As in `enumeration`, for the three requests that take any address, and for a quiet sign-up. A mail
server takes the mails meanwhile, so what the service does for a mail runs beside the requests.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from bench.plan import Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios.enumeration import (
    EACH,
    KNOWN,
    OF_KIND,
    WITHOUT_ACCOUNT,
    Ask,
    compared,
)
from bench.scenarios.figures import Figures
from bench.servers import Server, free_port
from bench.services import Postern
from bench.services.base import JSON, PASSWORD, Request, address_of

DOORS = {
    "forgot": "/auth/password/forgot",
    "verification": "/auth/email/verification",
    "magic_link": "/auth/magic-link",
}
SIGNUP = "signup"
"""With SIGNUP_REVEALS_ACCOUNTS=off: of a known address, and of a new one each time."""
KINDS = (KNOWN, "disabled", "unverified")


def measure(postgres: Postgres, server: Server, plan: Plan) -> Figures | None:
    service = server.service
    if not isinstance(service, Postern):
        return None
    people = {kind: range(n * EACH + 1, n * EACH + EACH + 1) for n, kind in enumerate(KINDS)}
    with _mail_server() as port:
        mail = {
            "MAGIC_LINK": "on",
            "SIGNUP_REVEALS_ACCOUNTS": "off",
            "SMTP_URL": f"smtp://127.0.0.1:{port}?disable_starttls=true",
            "MAIL_FROM": "Bench <bench@example.com>",
        }
        separate = Postern(
            f"{service.database}_mail", service.socket_folder, {**service.options, **mail}
        )
        postgres.create(separate.database)
        asked = ready(postgres, separate, len(KINDS) * EACH)
        try:
            for kind in KINDS[1:]:
                emails = [address_of(number) for number in people[kind]]
                change = f'UPDATE "user" SET {OF_KIND[kind]} WHERE email_key = ANY(%(emails)s)'
                postgres.run(separate.database, change, emails=emails)
            figures: Figures = {}
            for door, path in DOORS.items():
                found = compared(asked, people, plan.pairs, partial(_ask, path))
                figures |= {f"{door}_{name}": value for name, value in found.items()}
            found = compared(asked, {KNOWN: people[KNOWN]}, plan.pairs, _signer_up())
            return figures | {f"{SIGNUP}_{name}": value for name, value in found.items()}
        finally:
            asked.stop()


def _signer_up() -> Ask:
    strangers, numbers = {address_of(number) for number in WITHOUT_ACCOUNT}, count()

    def sign_up(server: Server, email: str) -> float:
        if email in strangers:
            email = f"new{next(numbers):07}@example.com"  # as long as a known one
        return _ask("/auth/signup", server, email, password=PASSWORD)

    return sign_up


def _ask(path: str, server: Server, email: str, **more: str) -> float:
    request = Request("POST", path, JSON, json.dumps({"email": email, **more}))
    began = time.perf_counter()
    answer = request.send(server.client)
    took = (time.perf_counter() - began) * 1000
    server.refuse_unless(answer.is_success, request, answer)
    return took


@contextmanager
def _mail_server() -> Iterator[int]:
    """It takes every mail and keeps none."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
