"""Whether mails reach people."""

from pathlib import Path

import pytest

from src.doctor.report import Fine
from tests.support import databases
from tests.support.certificates import Certificates
from tests.support.checkout import Copy
from tests.support.ports import free_port
from tests.support.smtp_server import smtp_server

SECRET_KEY = "Zr8wq2Lk5vTn9XbYc3HdJf6MgPs1QaUe7Ri0Oz4WtVx"
PLAIN = "smtp://127.0.0.1:{}?disable_starttls=true"


class TestSetUp:
    TITLE = "Mail is set up"

    def test_development_shows_mails_in_the_browser(self, copy: Copy) -> None:
        copy.write_env()
        assert isinstance(copy.look(self.TITLE).outcome, Fine)

    def test_production_without_a_server(self, copy: Copy, migrated: str) -> None:
        own = {"ENVIRONMENT": "production", "SECRET_KEY": SECRET_KEY, "DATABASE_URL": migrated}
        copy.write_env(**own)
        seen = Fine("SMTP_URL is not set: nobody can replace a forgotten password")
        assert copy.look(self.TITLE).outcome == seen

    def test_sign_ups_that_need_one(self, copy: Copy, migrated: str) -> None:
        own = {"ENVIRONMENT": "production", "SECRET_KEY": SECRET_KEY, "DATABASE_URL": migrated}
        copy.write_env(**own, SIGNUP_REVEALS_ACCOUNTS="off")
        assert copy.found(self.TITLE).condition.code == "mail_off"

    @pytest.mark.parametrize(
        ("sender", "is_well"),
        [
            ("a@example.com", True),
            ("a@accounts.example.com", True),
            ("a@mail.accounts.example.com", True),
            ("a@example.org", False),
            ("a@notexample.com", False),
        ],
    )
    def test_the_sender_is_at_the_domain_of_the_links(
        self, copy: Copy, sender: str, is_well: bool
    ) -> None:
        url = "https://accounts.example.com"
        copy.write_env(SMTP_URL="smtp://mail.example.com", MAIL_FROM=sender, WEB_URL=url)
        if is_well:
            assert isinstance(copy.look(self.TITLE).outcome, Fine)
        else:
            assert copy.found(self.TITLE).condition.code == "mail_from_elsewhere"


class TestTheServer:
    TITLE = "The mail server answers"

    def test_one_that_takes_mail(self, copy: Copy) -> None:
        with smtp_server() as (inbox, port):
            copy.write_env(SMTP_URL=PLAIN.format(port), MAIL_FROM="a@example.com")
            assert copy.look(self.TITLE).outcome == Fine(f"127.0.0.1:{port} takes mail")
            assert inbox.mails == []

    def test_one_that_is_not_there(self, copy: Copy) -> None:
        copy.write_env(SMTP_URL=PLAIN.format(free_port()), MAIL_FROM="a@example.com")
        finding = copy.found(self.TITLE)
        assert finding.condition.code == "mail_server_unreachable"
        assert finding.evidence[0].endswith("the mail server refused the connection")

    def test_a_wrong_password_is_not_shown(
        self, copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        certificates = Certificates(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
        with smtp_server(tls=certificates.server(), auth=True) as (_, port):
            url = f"smtp://someone:canary-93@localhost:{port}"
            copy.write_env(SMTP_URL=url, MAIL_FROM="a@example.com")
            finding = copy.found(self.TITLE)
        assert "user or password" in finding.evidence[0]
        assert "canary-93" not in str(finding)


def test_mails_that_were_given_up(copy: Copy, migrated: str) -> None:
    copy.write_env(DATABASE_URL=migrated)
    title = "No mail was given up"
    assert copy.look(title).outcome == Fine("no mail was given up")
    databases.execute(
        migrated,
        "INSERT INTO mail (message_id, kind, recipient, language, sealed, attempts, fault, "
        "created_at, due_at, parked_at) VALUES ('a', 'reset_password', 'a@b.c', 'en', '', 1, "
        "'the recipient was refused (550)', now(), now(), now())",
    )
    finding = copy.found(title)
    assert finding.condition.code == "mail_parked"
    assert finding.evidence == ("1 of reset_password: the recipient was refused (550)",)
