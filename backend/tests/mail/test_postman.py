"""The thread of the service that sends mail."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from src.database.database import current, unit_of_work
from src.database.errors import DatabaseUnavailable
from src.kit.clock import now
from src.mail import postman as postman_module
from src.mail import steps
from src.mail.letters import Facts, Kind, Letter
from src.mail.postman import Postman, rest_after
from src.mail.smtp import NotDelivered
from src.settings import Settings
from src.users import steps as users
from src.verification.asked import resolve
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("outbox")


class Counting:
    """A transport that takes every mail."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed = False

    def send(self, _message: object, *, sender: str, recipient: str) -> None:
        assert sender
        self.sent.append(recipient)

    def close(self) -> None:
        self.closed = True


def post(email: str) -> None:
    with unit_of_work() as db:
        user = users.create(db, email=email, password_hash=None, name=None)
        steps.post(db, Letter(Kind.PASSWORD_CHANGED, user.id, email, Facts(now())))


def post_and_fail(db: Session) -> None:
    user = users.create(db, email="ada@example.com", password_hash=None, name=None)
    steps.post(db, Letter(Kind.PASSWORD_CHANGED, user.id, user.email, Facts(now())))
    raise RuntimeError


@pytest.fixture
def through() -> Counting:
    return Counting()


@pytest.fixture
def postman(through: Counting) -> Iterator[Postman]:
    made = Postman(current(), through, resolve=resolve, may_send=lambda: True)
    yield made
    made.stop()


def test_a_commit_wakes_it(postman: Postman, through: Counting) -> None:
    postman.start()
    post("ada@example.com")
    eventually(lambda: through.sent == ["ada@example.com"])
    post("eve@example.com")
    eventually(lambda: through.sent == ["ada@example.com", "eve@example.com"])


def test_what_waited_before_its_start_is_sent(postman: Postman, through: Counting) -> None:
    post("ada@example.com")
    postman.start()
    eventually(lambda: through.sent == ["ada@example.com"])


def test_a_rollback_sends_nothing(postman: Postman, through: Counting) -> None:
    postman.start()
    with pytest.raises(RuntimeError), unit_of_work() as db:
        post_and_fail(db)
    post("eve@example.com")
    eventually(lambda: through.sent == ["eve@example.com"])


def test_from_a_copy_nothing_is_sent(through: Counting) -> None:
    asked = threading.Event()

    def may_send() -> bool:
        asked.set()
        return False

    postman = Postman(current(), through, resolve=resolve, may_send=may_send)
    post("ada@example.com")
    postman.start()
    try:
        assert asked.wait(30)
    finally:
        postman.stop()
    assert through.sent == []
    assert through.closed


def test_a_server_that_cannot_be_used_is_tried_at_growing_intervals() -> None:
    assert [rest_after(times, 0.5) for times in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert (rest_after(1, 0), rest_after(1, 1)) == (2.5, 7.5)


class Unusable(Counting):
    """A server that cannot be reached the first two times."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def send(self, message: object, *, sender: str, recipient: str) -> None:
        self.asked += 1
        if self.asked <= 2:
            refused = NotDelivered("the mail server refused the connection")
            refused.for_all = True
            raise refused
        super().send(message, sender=sender, recipient=recipient)


def test_after_a_server_is_back_all_that_waited_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman_module, "FIRST_REST", 0.01)
    monkeypatch.setattr(steps, "FIRST_PAUSE", timedelta())
    through = Unusable()
    for number in range(4):
        post(f"p{number}@example.com")
    made = Postman(current(), through, resolve=resolve, may_send=lambda: True)
    made.start()
    try:
        eventually(lambda: len(through.sent) == 4)
    finally:
        made.stop()
    assert through.asked == 6


def test_without_a_server_the_start_says_what_is_off(caplog: pytest.LogCaptureFixture) -> None:
    made = Postman(current(), None, resolve=resolve, may_send=lambda: True)
    with caplog.at_level("WARNING", "postern.mail"):
        made.start()
    made.stop()
    assert "SMTP_URL is not set" in caplog.text
    assert "These are off: forgotten passwords" in caplog.text


def test_without_a_server_a_quiet_sign_up_is_off(
    caplog: pytest.LogCaptureFixture, configure: Callable[..., Settings]
) -> None:
    configure(signup_reveals_accounts=False)
    made = Postman(current(), None, resolve=resolve, may_send=lambda: True)
    with caplog.at_level("WARNING", "postern.mail"):
        made.start()
    made.stop()
    assert "These are off: signing up, forgotten passwords" in caplog.text


def test_a_fault_in_the_background_refuses_no_request() -> None:
    """The postman may be the first to meet a server that restarts."""
    database = current()
    with database.in_background(), pytest.raises(DatabaseUnavailable), database.answering():
        raise OperationalError("", {}, psycopg2.OperationalError("the server closed"))
    with unit_of_work() as db:  # the breaker has not opened
        assert db.exec(select(1)).one() == 1
