"""The database fails in every way, under load: requests are answered, and the service recovers."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.service import Service, service

Answers = list[tuple[httpx.Response, float]]
Ask = Callable[[Service], httpx.Response]

AT_ONCE = 50
SERVED = {None, "overloaded"}
"""What many sign-ins at once are answered while the database works: hashing is limited."""
ANSWERED_WITHIN = 2.0
"""Seconds in which a refusal must come."""
BACK_WITHIN = 5.0
"""Seconds after the database is back."""
SLACK = 5.0
"""Additional seconds for a slow and busy machine; a hanging request takes far longer."""


@pytest.fixture
def postgres() -> Iterator[OwnPostgres]:
    server = ready_made(migrated=True)
    yield server
    server.close()


@pytest.fixture
def running(tmp_path: Path, postgres: OwnPostgres) -> Iterator[Service]:
    with service(tmp_path, {"DATABASE_URL": postgres.text()}) as started:
        started.wait_ready()
        assert sign_up(started, 0).status_code == 201
        yield started


def sign_up(running: Service, number: int) -> httpx.Response:
    body = {"email": f"person{number}@example.com", "password": "testpass123"}
    return running.client.post("/auth/signup", json=body)


def storm(running: Service, ask: Ask | None = None) -> Answers:
    """The answers to `AT_ONCE` requests at the same time (sign-ins by default), with seconds."""
    ask = ask or sign_in

    def one(_: int) -> tuple[httpx.Response, float]:
        began = time.monotonic()
        answer = ask(running)
        return answer, time.monotonic() - began

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def codes_of(answers: Answers) -> set[str | None]:
    """The problems among the answers; None for a success."""
    return {answer.json().get("code") for answer, _ in answers}


def assert_refused_in_time(answers: Answers) -> None:
    assert codes_of(answers) == {"database_unavailable"}
    assert {answer.status_code for answer, _ in answers} == {503}
    assert all(answer.headers["retry-after"] for answer, _ in answers)
    slowest = max(seconds for _, seconds in answers)
    assert slowest < ANSWERED_WITHIN + SLACK, f"the slowest took {slowest:.2f} s"


def assert_back_in_time(running: Service) -> None:
    """Both the service and its readiness recover by themselves."""
    began = time.monotonic()
    running.wait(lambda: sign_in(running).status_code == 200, BACK_WITHIN + SLACK)
    running.wait_ready(BACK_WITHIN + SLACK - (time.monotonic() - began))


def sign_in(running: Service) -> httpx.Response:
    body = {"email": "person0@example.com", "password": "testpass123"}
    return running.client.post("/auth/signin", json=body)


def profile_of(running: Service) -> Ask:
    """Asks for the profile of the existing user, with one token."""
    token = sign_in(running).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return lambda running: running.client.get("/auth/profile", headers=headers)


def assert_not_ready(running: Service) -> None:
    began = time.monotonic()
    answer = running.readiness()
    assert time.monotonic() - began < ANSWERED_WITHIN + SLACK
    assert answer.status_code == 503
    assert answer.json()["code"] == "database_unavailable"


@contextmanager
def stopped(postgres: OwnPostgres) -> Iterator[None]:
    postgres.stop()
    yield
    postgres.start()


@contextmanager
def killed(postgres: OwnPostgres) -> Iterator[None]:
    postgres.kill()
    yield
    postgres.restart_after_kill()


WAYS = {"stopped": stopped, "killed": killed, "frozen": OwnPostgres.frozen}


class TestAnOutage:
    @pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
    def test_requests_are_refused_quickly_and_served_again_quickly(
        self, running: Service, postgres: OwnPostgres, way: Callable[..., ExitStack]
    ) -> None:
        profile = profile_of(running)
        with way(postgres):
            assert_refused_in_time(storm(running, profile))
            assert_not_ready(running)
            assert_refused_in_time(storm(running))
        assert_back_in_time(running)
        assert codes_of(storm(running)) <= SERVED
        assert codes_of(storm(running, profile)) == {None}
        assert postgres.sql('SELECT count(*) FROM "user"', "service") == [(1,)]

    def test_an_outage_during_requests_leaves_none_without_an_answer(
        self, running: Service, postgres: OwnPostgres
    ) -> None:
        with ThreadPoolExecutor(1) as side:
            answers = side.submit(storm, running)
            time.sleep(0.05)
            postgres.kill()
            finished = answers.result()
        assert codes_of(finished) <= {*SERVED, "database_unavailable"}
        assert max(seconds for _, seconds in finished) < ANSWERED_WITHIN + SLACK
        postgres.restart_after_kill()
        assert_back_in_time(running)

    def test_a_restart_between_two_requests_causes_no_error(
        self, running: Service, postgres: OwnPostgres
    ) -> None:
        postgres.stop()
        postgres.start()
        assert sign_up(running, 1).status_code == 201

    def test_each_finding_is_logged_once(self, running: Service, postgres: OwnPostgres) -> None:
        with stopped(postgres):
            storm(running)
            running.wait_logged("unreachable")
            storm(running)
            running.wait_logged(f"nothing listens on 127.0.0.1:{postgres.port}")
        assert running.log.count("unreachable:") <= 2  # before it: "is starting or stopping"
        running.wait_ready(BACK_WITHIN + SLACK)
        running.wait(lambda: running.log.count("Connected to") == 2)


class TestAWorkingDatabase:
    def test_one_burst_after_another_is_served(self, running: Service) -> None:
        profile = profile_of(running)
        assert codes_of(storm(running, profile)) == {None}
        for _ in range(2):
            time.sleep(ANSWERED_WITHIN + 0.2)  # longer than the deadline of the last request
            assert codes_of(storm(running, profile)) == {None}


class TestAnOutageAtTheStart:
    def test_the_service_starts_without_a_database_and_uses_it_later(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        postgres.stop()
        with service(tmp_path, {"DATABASE_URL": postgres.text()}) as running:
            assert_not_ready(running)
            running.wait_logged("unreachable")
            postgres.start()
            running.wait_ready(BACK_WITHIN + SLACK)
            assert sign_up(running, 1).status_code == 201
