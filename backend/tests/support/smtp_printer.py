"""A real SMTP server for browser tests, until SIGTERM: it prints each mail as one line of JSON.

python -m tests.support.smtp_printer

Its first line has its port.
"""

import json
import signal
import sys
from email.message import EmailMessage

from tests.support.smtp_server import smtp_server


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with smtp_server() as (inbox, port):
        inbox.on_mail = _print
        print(f"port: {port}", flush=True)  # noqa: T201 -- journeys read it
        signal.pause()


def _print(mail: EmailMessage) -> None:
    text = mail.get_body(("plain",))
    line = {
        "to": mail["To"],
        "subject": mail["Subject"],
        "text": "" if text is None else text.get_content(),
    }
    print(json.dumps(line), flush=True)  # noqa: T201 -- journeys read it


if __name__ == "__main__":
    main()
