"""A real SMTP server (aiosmtpd) that a test can make slow, unwilling or forgetful."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.support.ports import free_port

USER, PASSWORD = "postern", "a password of the mail server"


@dataclass
class Inbox:
    """Handles what arrives: keeps it, or answers what the test has set for a step."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    """By step (`MAIL`, `RCPT`, `DATA`): the next answers in place of 250. `hang up` closes."""
    held: str | None = None
    """The step at which the server answers no more, until `let_go`."""
    reached: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    on_mail: Callable[[EmailMessage], None] | None = None
    connections: int = 0
    port: int = 0

    async def handle_EHLO(  # noqa: N802  aiosmtpd's
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        await self._hold("EHLO")
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        await self._hold("MAIL")
        return self._next(server, "MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options += options
        await self._hold("RCPT")
        return self._next(server, "RCPT")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        await self._hold("DATA")
        answer = self._next(server, "DATA")
        if answer.startswith("250") or answer == "":
            self.mails.append(message_from_bytes(content, policy=POLICY))
            if self.on_mail is not None:
                self.on_mail(self.mails[-1])
            self.recipients += envelope.rcpt_tos
        await self._hold("accepted")
        return answer

    async def _hold(self, step: str) -> None:
        if step == self.held and not self.let_go.is_set():
            self.reached.set()
            await asyncio.to_thread(self.let_go.wait)

    def _next(self, server: SMTP, step: str) -> str:
        waiting = self.answers.get(step, [])
        answer = waiting.pop(0) if waiting else "250 OK"
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
            return ""
        return answer


@contextmanager
def smtp_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, auth: bool = False
) -> Iterator[tuple[Inbox, int]]:
    """An inbox and its port."""
    inbox = Inbox()
    options: dict[str, Any] = {"enable_SMTPUTF8": True}
    if auth:
        options |= {"authenticator": _authenticate, "auth_required": True}
        options |= {"auth_require_tls": tls is not None}
    if tls is not None and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=tls if implicit else None,
        **options,
    )
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        inbox.let_go.set()
        controller.stop()


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
