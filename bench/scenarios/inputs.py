"""Whether bad inputs anywhere in the API cause a server error, or are accepted.

Inputs are generated for each place that the OpenAPI document names, in turn. Those of
backend/tests/corpus come in addition. Postern runs outside production, with bcrypt at cost 4:
at the usual cost it would spend most of the time hashing.
"""

import base64
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from bench.bad_inputs import SHORTEST, Json, Right, made_up, may_be_accepted
from bench.plan import Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios.figures import Figures
from bench.servers import Server
from bench.services import Postern
from bench.services.base import address_of
from bench.services.postern import BACKEND
from src.passwords.hashes import get_password_hash
from tests.support import corpus
from tests.support.places import BUNDLE, Place, places
from tests.support.raw_http import Raw
from tests.support.visitor import PASSWORD, Person, Visitor

CONNECTIONS = 8
PER_PERSON, LEAST_PEOPLE = 8, 2_000
"""An account is used for about sixteen inputs."""
SHOWN = 10
ANOTHER = PASSWORD[::-1]
NEWCOMERS = itertools.count(1)
OVERLOADED = b'"code":"overloaded"'
ERROR = 500
SETTINGS = {
    "ENVIRONMENT": "test",
    "BCRYPT_ROUNDS": "4",
    "MIN_PASSWORD_LENGTH": str(SHORTEST),
    "ACCESS_TOKEN_TTL": "3600",
}
Draw = Callable[[Right], Json]
Job = tuple[str, Place, Draw]
"""An input: its name in a report, the place where it goes, and its value for a sender."""


@dataclass
class Tally:
    inputs: int = 0
    server_errors: list[str] = field(default_factory=list)
    overloaded: int = 0
    accepted: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """In seconds."""

    def add(self, what: str, answer: Raw | None, *, acceptable: bool) -> None:
        """Count one answer. None means that there was no answer."""
        self.inputs += 1
        if answer is None:
            self.server_errors.append(f"no answer: {what}")
            return
        self.slowest = max(self.slowest, answer.seconds)
        if OVERLOADED in answer.body:
            self.overloaded += 1
        elif answer.status >= ERROR:
            self.server_errors.append(f"{answer.status}: {what}")
        elif answer.status < 300 and not acceptable:  # noqa: PLR2004  any 2xx
            self.accepted.append(f"{answer.status}: {what}")


class Intruder(Visitor):
    """A visitor who makes bad values from valid ones, and keeps both of the last request.

    It uses many accounts in turn, since an accepted request may end a session or an account.
    """

    def __init__(self, port: int, numbers: Iterable[int]) -> None:
        super().__init__(port)
        self._numbers = iter(numbers)
        self.value: Json = None
        self.right: Right = {}

    def _sign_up(self) -> Person:
        """Sign in to an existing account: hashing a new password takes longer than all else."""
        email = address_of(next(self._numbers))
        tokens = json.loads(self._post("/auth/signin", {"email": email, "password": PASSWORD}).body)
        self._person = Person(email, tokens["access_token"], tokens["refresh_token"])
        return self._person

    def _write(self, place: Place, value: Draw) -> Raw:
        person = self._person or self._sign_up()
        known = {
            "email": person.email,
            "password": PASSWORD,
            "current_password": PASSWORD,
            "new_password": ANOTHER,
            "refresh_token": person.refresh_token,
        }
        if place.operation.path == Postern.signup_path:  # a new account has another password
            known |= {"email": f"new{next(NEWCOMERS)}@example.org", "password": ANOTHER}
        bearer = person.access_token
        self.right = known | {"bearer": bearer, "id": session_of(bearer)}
        self.value = value(self.right)
        return self.send(place.request(self.value, known, bearer))


def session_of(access_token: str) -> str:
    claims = access_token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=="))["sid"])


def measure(postgres: Postgres, server: Server, plan: Plan) -> Figures | None:
    """None for the peers: we cannot judge what they may accept."""
    service = server.service
    if not isinstance(service, Postern):
        return None
    options = SETTINGS | service.options
    separate = Postern(f"{service.database}_inputs", service.socket_folder, options)
    postgres.create(separate.database)
    people = plan.inputs // PER_PERSON + LEAST_PEOPLE
    asked = ready(postgres, separate, people)
    try:
        known = get_password_hash(PASSWORD, int(options["BCRYPT_ROUNDS"]))
        postgres.run(separate.database, 'UPDATE "user" SET password_hash = %(known)s', known=known)
        everywhere = places(asked.client.get("/openapi.json").json())
        began = time.monotonic()
        tallies = sent(asked, everywhere, plan, people)
        return figures(tallies, time.monotonic() - began)
    finally:
        asked.stop()


def jobs(everywhere: list[Place], plan: Plan) -> Iterator[Job]:
    yield from itertools.islice(_of_the_corpus(everywhere), 0, None, plan.corpus_step)
    for number, place in zip(range(plan.inputs), by_turns(everywhere), strict=False):
        yield f"input {number} in {place}", place, made_up(number, place)


def _of_the_corpus(everywhere: list[Place]) -> Iterator[Job]:
    for number, one in enumerate(corpus.read(BACKEND / "tests" / "corpus")):
        for place in corpus.places_for(one, number, everywhere):
            yield f"{one.source} in {place}", place, partial(_as_it_is, one.value)


def by_turns(everywhere: list[Place]) -> Iterator[Place]:
    """All places again and again, but one bundle of passive headers at a time: they are alike."""
    others = [place for place in everywhere if place.name != BUNDLE]
    for bundle in itertools.cycle(place for place in everywhere if place.name == BUNDLE):
        yield from others
        yield bundle


def _as_it_is(value: Json, _right: Right) -> Json:
    return value


def sent(server: Server, everywhere: list[Place], plan: Plan, people: int) -> list[Tally]:
    """Send on several connections at once. Each has its share of the inputs."""
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        turns = range(CONNECTIONS)
        shares = [
            itertools.islice(jobs(everywhere, plan), turn, None, CONNECTIONS) for turn in turns
        ]
        intruders = [Intruder(server.port, range(turn + 1, people, CONNECTIONS)) for turn in turns]
        tallies = list(threads.map(_send, intruders, shares))
    server.require_running()
    return tallies


def _send(intruder: Intruder, share: Iterator[Job]) -> Tally:
    tally = Tally()
    for what, place, draw in share:
        try:
            answer = intruder.write(place, draw)
        except OSError:
            intruder.close()
            tally.add(what, None, acceptable=True)
        else:
            acceptable = may_be_accepted(place, intruder.value, intruder.right)
            tally.add(what, answer, acceptable=acceptable)
    intruder.close()
    return tally


def figures(tallies: list[Tally], seconds: float) -> Figures:
    """The figures. It also prints the first complaints, which name the input and not its value."""
    errors = [one for tally in tallies for one in tally.server_errors]
    accepted = [one for tally in tallies for one in tally.accepted]
    for one in (*errors[:SHOWN], *(f"accepted, {what}" for what in accepted[:SHOWN])):
        print(f"\n{one}", end="", file=sys.stderr)
    inputs = sum(tally.inputs for tally in tallies)
    return {
        "inputs": float(inputs),
        "server_errors": float(len(errors)),
        "overloaded": float(sum(tally.overloaded for tally in tallies)),
        "accepted": float(len(accepted)),
        "per_second": inputs / seconds,
        "slowest_ms": max(tally.slowest for tally in tallies) * 1000,
    }
