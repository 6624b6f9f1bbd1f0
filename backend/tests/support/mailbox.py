"""The development mailbox of the running service, read over HTTP."""

from typing import Any

import httpx

from tests.support.waiting import eventually


class Mailbox:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def all(self) -> list[dict[str, Any]]:
        """Those that were sent, the oldest first."""
        answer = self._client.get("/dev/mail")
        assert answer.status_code == 200, answer.text
        return [mail for mail in reversed(answer.json()) if mail["sent_at"]]

    def wait(self, kind: str, *, count: int = 1) -> dict[str, Any]:
        """The last mail of this kind, when this many have been sent."""

        def sent() -> list[dict[str, Any]]:
            return [mail for mail in self.all() if mail["kind"] == kind]

        eventually(lambda: len(sent()) >= count)
        return sent()[-1]

    def token(self, kind: str, *, count: int = 1) -> str:
        link: str = self.wait(kind, count=count)["link"]
        return link.partition("?token=")[2]
