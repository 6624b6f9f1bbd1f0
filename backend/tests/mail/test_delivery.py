"""Mails over a real SMTP server: what is sent, what is tried again, and what is given up."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta

import psycopg2
import pytest
from pydantic import SecretStr

from src.database.database import unit_of_work
from src.kit.clock import Clock, now
from src.kit.smtp_url import smtp_server as parse
from src.mail import steps
from src.mail.delivery import deliver
from src.mail.letters import Facts, Kind, Letter
from src.mail.smtp import NotDelivered, Smtp
from src.settings import Settings, get_settings
from src.users import steps as users
from src.verification import asking
from src.verification import steps as verification
from src.verification.asked import resolve
from src.verification.tokens import Purpose
from tests.support.certificates import Certificates
from tests.support.smtp_server import PASSWORD, USER, Inbox, smtp_server
from tests.support.waiting import eventually

Connection = psycopg2.extensions.connection
Configure = Callable[..., Settings]
pytestmark = pytest.mark.usefixtures("outbox", "moved")


@pytest.fixture
def inbox(configure: Configure) -> Iterator[Inbox]:
    configure(mail_from="Lanterns <accounts@example.com>")
    with smtp_server() as (inbox, port):
        inbox.port = port
        yield inbox


def way_to(port: int, *, url: str = "smtp://127.0.0.1:{}?disable_starttls=true") -> Smtp:
    return Smtp(parse(url.format(port)), name="example.com")


def post(kind: Kind = Kind.PASSWORD_CHANGED, email: str = "ada@example.com") -> None:
    with unit_of_work() as db:
        user = users.create(db, email=email, password_hash=None, name=None)
        steps.post(db, Letter(kind, user.id, user.email, Facts(now())))


def run(inbox: Inbox) -> list[str | None]:
    through = way_to(inbox.port)
    faults = [outcome.fault for outcome in deliver(through, resolve, threading.Event())]
    through.close()
    return faults


def state(stored: Connection) -> tuple[object, ...]:
    with stored.cursor() as cursor:
        cursor.execute(
            "SELECT sent_at IS NOT NULL, parked_at IS NOT NULL, attempts, fault FROM mail"
        )
        row: tuple[object, ...] = cursor.fetchone()  # type: ignore[assignment]
    return row


class TestAMail:
    def test_it_is_what_the_standards_ask_for(self, inbox: Inbox) -> None:
        post()
        assert run(inbox) == [None]
        (mail,) = inbox.mails
        assert mail["From"] == "Lanterns <accounts@example.com>"
        assert mail["To"] == "ada@example.com"
        assert mail["Subject"] == "Your password for Lantern & Sons was changed"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Message-ID"].endswith("@example.com>")
        assert mail["Date"]
        assert mail["MIME-Version"] == "1.0"
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert html is not None
        link = f"{get_settings().web_url}/security"
        assert link in text.get_content()
        assert link in html.get_content()

    @pytest.mark.parametrize(
        ("email", "sent_to"),
        [
            ("ada@straße.de", "ada@xn--strae-oqa.de"),
            ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
            ("o'hara+x@example.com", "o'hara+x@example.com"),
        ],
    )
    def test_it_has_one_recipient(self, inbox: Inbox, email: str, sent_to: str) -> None:
        post(email=email)
        assert run(inbox) == [None]
        assert inbox.recipients == [sent_to]

    def test_one_connection_serves_several(self, inbox: Inbox) -> None:
        for number in range(3):
            post(email=f"p{number}@example.com")
        assert run(inbox) == [None] * 3
        assert inbox.connections == 1


class TestAFault:
    @pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
    def test_a_temporary_refusal_is_tried_again(
        self, inbox: Inbox, stored: Connection, moved: Clock, step: str
    ) -> None:
        post()
        inbox.answers[step] = ["451 later"]
        (fault,) = run(inbox)
        assert fault is not None
        assert "(451)" in fault
        assert run(inbox) == []  # not at once
        moved.advance(timedelta(seconds=30))
        assert run(inbox) == [None]
        assert state(stored) == (True, False, 2, None)
        assert len(inbox.mails) == 1

    @pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
    def test_a_permanent_refusal_is_given_up(
        self, inbox: Inbox, stored: Connection, moved: Clock, step: str
    ) -> None:
        post()
        inbox.answers[step] = ["550 never"]
        (fault,) = run(inbox)
        moved.advance(timedelta(days=1))
        assert run(inbox) == []
        assert state(stored) == (False, True, 1, fault)

    def test_one_refused_mail_does_not_stop_the_next(self, inbox: Inbox) -> None:
        post()
        post(email="eve@example.com")
        inbox.answers["RCPT"] = ["550 never"]
        first, second = run(inbox)
        assert (first is None, second) == (False, None)

    def test_a_server_that_hangs_up_after_the_mail_gets_it_again_under_the_same_name(
        self, inbox: Inbox, moved: Clock
    ) -> None:
        post()
        inbox.answers["DATA"] = ["hang up"]
        assert run(inbox) == ["the mail server closed the connection"]
        moved.advance(timedelta(seconds=30))
        assert run(inbox) == [None]
        first, second = inbox.mails
        assert first["Message-ID"] == second["Message-ID"]

    def test_a_server_that_cannot_be_used_is_tried_once_and_not_for_each_mail(
        self, stored: Connection, inbox: Inbox, moved: Clock
    ) -> None:
        for number in range(5):
            post(email=f"p{number}@example.com")
        refused = list(deliver(way_to(1), resolve, threading.Event()))
        assert [(one.fault, one.for_all) for one in refused] == [
            ("the mail server refused the connection", True)
        ]
        moved.advance(timedelta(seconds=30))
        assert run(inbox) == [None] * 5
        with stored.cursor() as cursor:  # it was the server's fault, so no attempt counts
            cursor.execute("SELECT max(attempts) FROM mail")
            assert cursor.fetchone() == (1,)

    def test_an_hour_without_a_server_loses_nothing(self, inbox: Inbox, moved: Clock) -> None:
        for number in range(12):
            post(email=f"p{number}@example.com")
        nowhere = way_to(1)
        until = now() + timedelta(hours=1)
        while now() < until:
            list(deliver(nowhere, resolve, threading.Event()))
            moved.advance(timedelta(minutes=2))
        assert inbox.mails == []
        moved.advance(timedelta(hours=2))
        assert run(inbox) == [None] * 12
        assert sorted(inbox.recipients) == sorted(f"p{n}@example.com" for n in range(12))

    def test_after_two_days_it_is_given_up(self, moved: Clock, stored: Connection) -> None:
        post()
        moved.advance(timedelta(days=2, seconds=1))
        list(deliver(way_to(1), resolve, threading.Event()))
        assert state(stored)[:3] == (False, True, 1)

    def test_a_mail_of_a_process_that_died_is_taken_over(self, inbox: Inbox, moved: Clock) -> None:
        post()
        with unit_of_work() as db:
            assert steps.claim(db) is not None
        assert run(inbox) == []
        moved.advance(steps.LEASE)
        assert run(inbox) == [None]

    @pytest.mark.parametrize("step", ["posted", "claimed", "refused"])
    def test_a_mail_of_a_clock_that_was_an_hour_ahead_does_not_wait_for_that_hour(
        self, inbox: Inbox, stored: Connection, moved: Clock, step: str
    ) -> None:
        moved.advance(timedelta(hours=1))
        post()
        if step == "claimed":
            with unit_of_work() as db:
                assert steps.claim(db) is not None
        elif step == "refused":
            inbox.answers["DATA"] = ["451 later"]
            assert run(inbox) != [None]
        moved.advance(-timedelta(hours=1))
        assert run(inbox) == [None]
        assert state(stored)[0] is True
        assert run(inbox) == []
        assert len(inbox.mails) == 1

    def test_a_clock_that_jumps_an_hour_ahead_and_back_sends_a_mail_once(
        self, inbox: Inbox, moved: Clock
    ) -> None:
        post()
        inbox.answers["DATA"] = ["451 later"]
        assert run(inbox) != [None]
        moved.advance(timedelta(hours=1))
        assert run(inbox) == [None]
        moved.advance(-timedelta(hours=1))
        assert run(inbox) == []
        assert len(inbox.mails) == 1

    @pytest.mark.parametrize("refusals", [1, 4, 12])
    def test_a_pause_after_refusals_is_kept(
        self, inbox: Inbox, moved: Clock, refusals: int
    ) -> None:
        """It is not taken for the time of a wrong clock."""
        post()
        inbox.answers["DATA"] = ["451 later"] * refusals
        for _ in range(refusals):
            assert run(inbox) not in ([None], [])
            assert run(inbox) == []
            moved.advance(steps.LONGEST_PAUSE * 1.5)
        assert run(inbox) == [None]

    def test_several_processes_share_the_work(self, inbox: Inbox) -> None:
        for number in range(40):
            post(email=f"p{number}@example.com")
        with ThreadPoolExecutor(4) as pool:
            list(
                pool.map(lambda context: context.run(run, inbox), [copy_context() for _ in "1234"])
            )
        assert sorted(inbox.recipients) == sorted(f"p{n}@example.com" for n in range(40))

    def test_a_mail_that_another_secret_key_sealed_waits_and_is_then_given_up(
        self, inbox: Inbox, configure: Configure, stored: Connection, moved: Clock
    ) -> None:
        """A rolling change of the key: another process can read it."""
        post()
        configure(secret_key=SecretStr("another secret key, which is long enough for it"))
        assert run(inbox) == []
        assert state(stored)[1] is False
        moved.advance(timedelta(days=2, seconds=1))
        assert run(inbox) == []
        assert state(stored)[1] is True


def test_an_account_that_is_deleted_meanwhile_gets_no_mail_and_nobody_waits_for_ever(
    inbox: Inbox, stored: Connection
) -> None:
    """The deletion has locked the account, and then removes its mails and tokens."""
    with unit_of_work() as db:
        user = users.create(db, email="ada@example.com", password_hash=None, name=None)
        asking.send_verification(db, user)
    stored.autocommit = False
    with stored.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute('SELECT 1 FROM "user" FOR UPDATE')
        sending = pool.submit(copy_context().run, run, inbox)
        with connect_again(stored) as watching, watching.cursor() as watch:
            eventually(lambda: is_waiting(watch))
        cursor.execute('DELETE FROM "user"')
        stored.commit()
        assert sending.result(30) == []
    assert inbox.mails == []


@contextmanager
def connect_again(stored: Connection) -> Iterator[Connection]:
    connection = psycopg2.connect(stored.dsn)
    connection.autocommit = True
    yield connection
    connection.close()


def is_waiting(cursor: psycopg2.extensions.cursor) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    [(count,)] = cursor.fetchall()
    return bool(count)


class TestLinks:
    def test_the_link_of_a_mail_that_waited_works(self, inbox: Inbox, moved: Clock) -> None:
        """Its lifetime counts from the sending."""
        with unit_of_work() as db:
            users.create(db, email="ada@example.com", password_hash=None, name=None)
            asking.ask(db, Kind.RESET_PASSWORD, "ada@example.com")
        moved.advance(timedelta(hours=5))
        assert run(inbox) == [None]
        text = inbox.mails[0].get_body(("plain",))
        assert text is not None
        token = text.get_content().partition("token=")[2].split()[0]
        with unit_of_work() as db:
            assert (
                verification.redeem(db, token, Purpose.RESET_PASSWORD).user.email
                == "ada@example.com"
            )

    def test_a_mail_whose_link_no_longer_counts_is_not_sent(
        self, inbox: Inbox, stored: Connection
    ) -> None:
        with unit_of_work() as db:
            user = users.create(db, email="ada@example.com", password_hash=None, name=None)
            asking.send_verification(db, user)
            verification.replace_all(db, user.id)
        assert run(inbox) == []
        with stored.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM mail")
            assert cursor.fetchone() == (0,)


class TestTls:
    def test_starttls_and_a_password(self, certificates: Certificates) -> None:
        with smtp_server(tls=certificates.server(), auth=True) as (_, port):
            url = f"smtp://{USER}:{PASSWORD.replace(' ', '%20')}@localhost:{port}"
            way_to(port, url=url).greet()

    def test_tls_from_the_first_byte(self, certificates: Certificates) -> None:
        with smtp_server(tls=certificates.server(), implicit=True) as (_, port):
            way_to(port, url=f"smtps://localhost:{port}").greet()

    @pytest.mark.parametrize(
        ("url", "fault"),
        [
            ("smtp://localhost:{}", "lacks STARTTLS"),
            ("smtps://localhost:{}", "does not speak TLS"),
        ],
    )
    def test_a_server_without_it_gets_nothing(self, inbox: Inbox, url: str, fault: str) -> None:
        with pytest.raises(NotDelivered, match=fault):
            way_to(inbox.port, url=url).greet()

    def test_a_certificate_that_nobody_signed_is_refused(
        self, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        with (
            smtp_server(tls=certificates.server(), implicit=True) as (_, port),
            pytest.raises(NotDelivered, match="certificate"),
        ):
            way_to(port, url=f"smtps://localhost:{port}").greet()

    def test_a_wrong_password_is_no_fault_of_the_mail(self, certificates: Certificates) -> None:
        with (
            smtp_server(tls=certificates.server(), auth=True) as (_, port),
            pytest.raises(NotDelivered, match="user or password") as refused,
        ):
            way_to(port, url=f"smtp://{USER}:wrong@localhost:{port}").greet()
        assert not refused.value.for_good


def test_one_mail_is_claimed_whatever_plan_the_database_chooses() -> None:
    """A plan that looks for the due mail once for each row would claim several."""
    for number in range(5):
        post(email=f"p{number}@example.com")
    ways = "hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize", "indexscan"
    with unit_of_work() as db:
        for way in (*ways, "bitmapscan", "indexonlyscan"):
            db.connection().exec_driver_sql(f"SET LOCAL enable_{way} = off")
        claimed = [steps.claim(db) for _ in range(6)]
    assert claimed[-1] is None
    assert len(set(claimed[:-1])) == 5
