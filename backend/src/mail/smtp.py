"""Hands messages to the mail server over SMTP (RFC 5321). Blocking: only the postman calls it.

One connection serves several mails. Each step waits at most `STEP_WITHIN`, and one mail at most
`MAIL_WITHIN`, so a server that answers slowly cannot hold a mail for longer than its lease.
"""

import os
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from src.kit.smtp_url import SmtpServer, Tls

STEP_WITHIN = 10.0
MAIL_WITHIN = 180.0
IDLE_FOR = 20.0
"""Seconds after which a connection is not used again. Servers close it after minutes."""
OK, PERMANENT = 250, 500
"""Replies of SMTP. Those from `PERMANENT` on are final (RFC 5321, section 4.2.1)."""


class NotDelivered(Exception):  # noqa: N818  it names the fact
    """The mail was not accepted. `fault` says why, without anything that the server said."""

    def __init__(self, fault: str, *, for_good: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.for_good = for_good
        """Another attempt would be refused too."""
        self.for_all = False
        """The mail server takes no mail at all now."""


class Smtp:
    """The way to one mail server. Not for several threads."""

    def __init__(self, server: SmtpServer, *, name: str) -> None:
        """`name` is the domain that we greet the server with."""
        self._server, self._name = server, name
        self._connection: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Deliver it to the server. Raises `NotDelivered`."""
        connection = self._connected()
        try:
            # A server that looks into the mail answers late. A second copy would be worse.
            connection.sock.settimeout(MAIL_WITHIN)  # type: ignore[union-attr]  # it is connected
            with _cut_after(connection, MAIL_WITHIN):
                connection.send_message(message, from_addr=sender, to_addrs=[recipient])
        except smtplib.SMTPNotSupportedError:
            lacks = "the address needs SMTPUTF8, which the mail server lacks"
            raise NotDelivered(lacks, for_good=True) from None
        except (OSError, smtplib.SMTPException) as error:
            fault = fault_of(error)
            if not fault.for_good:
                self.close()
            raise fault from None
        self._used_at = time.monotonic()

    def greet(self) -> None:
        """Connect, say EHLO and sign in, and send no mail. Raises `NotDelivered`."""
        self._connected()
        self.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        """A connection that answers: the last one, or a new one."""
        if self._connection is not None and not self._is_well(self._connection):
            self.close()
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                fault = fault_of(error)
                fault.for_all = True
                raise fault from None
            self._used_at = time.monotonic()
        return self._connection

    def _is_well(self, connection: smtplib.SMTP) -> bool:
        if time.monotonic() - self._used_at > IDLE_FOR:
            return False
        try:
            return connection.noop()[0] == OK
        except (OSError, smtplib.SMTPException):
            return False

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        connection: smtplib.SMTP
        if server.tls is Tls.IMPLICIT:
            connection = smtplib.SMTP_SSL(
                server.host, server.port, self._name, timeout=STEP_WITHIN, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, self._name, timeout=STEP_WITHIN)
        try:
            if server.tls is Tls.STARTTLS:
                connection.starttls(context=context)
            connection.ehlo()
            if server.username is not None:
                connection.login(server.username, server.password or "")
        except BaseException:
            connection.close()
            raise
        return connection


REPLIES: dict[type[smtplib.SMTPException], str] = {
    smtplib.SMTPSenderRefused: "the sender was refused",
    smtplib.SMTPDataError: "the mail was refused",
}
"""Refusals of one mail, in which a final reply is final."""
FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "the mail server refused the user or password of SMTP_URL"),
    (smtplib.SMTPNotSupportedError, "the mail server lacks STARTTLS, or a sign-in that we know"),
    (smtplib.SMTPResponseException, "the mail server refused to talk to us"),
    (ssl.SSLCertVerificationError, "the certificate of the mail server could not be verified"),
    (ssl.SSLError, "the mail server does not speak TLS as SMTP_URL says"),
    (TimeoutError, "the mail server did not answer in time"),
    (socket.gaierror, "the host of SMTP_URL has no address"),
    (ConnectionRefusedError, "the mail server refused the connection"),
    (Exception, "the mail server closed the connection"),
)
"""The first that fits. Another attempt may find that the fault is gone."""


def fault_of(error: Exception) -> NotDelivered:
    """What an error of the connection or of the server means for the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        return NotDelivered(f"the recipient was refused ({code})", for_good=code >= PERMANENT)
    if said := REPLIES.get(type(error)):  # type: ignore[arg-type]  # a class of another kind
        code = error.smtp_code  # type: ignore[attr-defined]  # both have it
        return NotDelivered(f"{said} ({code})", for_good=code >= PERMANENT)
    return NotDelivered(next(said for kind, said in FAULTS if isinstance(error, kind)))


def _plain(connection: smtplib.SMTP) -> socket.socket:
    return socket.socket(fileno=os.dup(connection.sock.fileno()))  # type: ignore[union-attr]


@contextmanager
def _cut_after(connection: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection then: a server may send one byte at a time for ever."""

    def cut() -> None:
        # Not through TLS, whose state belongs to the other thread.
        with suppress(OSError, AttributeError), _plain(connection) as plain:
            plain.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
