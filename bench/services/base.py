"""What the scenarios need from a service."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx

BENCH = Path(__file__).resolve().parent.parent
PASSWORD = "a long enough passphrase"  # noqa: S105  of made-up people
SECRET = "kX3v9QmTz7LbR2wYf8NcHd5JpGs6UaVe1Zq4Bo0Ix"  # noqa: S105  of a server that lives for minutes
JSON = {"Content-Type": "application/json"}
SEED = "seed@example.com"


def address_of(number: int) -> str:
    return f"person{number:08}@example.com"


@dataclass(frozen=True)
class Request:
    """One request of a stream. The next body takes the field `follow` from the answer."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    follow: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    def send(self, client: httpx.Client) -> httpx.Response:
        return client.request(self.method, self.path, headers=self.headers, content=self.body)


class Service(ABC):
    """One of the measured services, on one database."""

    name: ClassVar[str]
    health: ClassVar[str]
    signup_path: ClassVar[str]
    copy_people: ClassVar[str]
    """SQL that copies the seed's account to accounts with the numbers %(first)s to %(last)s."""
    look_up: ClassVar[str]
    """The first statement of a sign-in. Its parameter is %(email)s."""

    def __init__(self, database: str, socket_folder: str, options: dict[str, str]) -> None:
        self.database = database
        self.socket_folder = socket_folder
        self.options = options
        """Settings that override the usual ones, for Postern only."""

    @abstractmethod
    def command(self, port: int) -> tuple[str, ...]: ...

    @abstractmethod
    def environment(self, port: int) -> dict[str, str]: ...

    @abstractmethod
    def hashing(self, seconds: float) -> tuple[str, ...]:
        """The program that only verifies passwords, with this service's hash and default cost."""

    @abstractmethod
    def versions(self) -> dict[str, str]: ...

    @property
    def readiness(self) -> str:
        """The path that answers with success when the service is ready."""
        return self.health

    @property
    def folder(self) -> Path:
        return BENCH / "peers" / self.name.replace("-", "_")

    def prepare(self) -> tuple[str, ...] | None:
        """The command that makes the tables, if the server does not do it at its start."""
        return None

    def signup(self) -> Request:
        body = f'{{"email": "{SEED}", "password": "{PASSWORD}", "name": "Seed"}}'
        return Request("POST", self.signup_path, JSON, body)

    @abstractmethod
    def signin(self, email: str, password: str = PASSWORD) -> Request: ...

    def on_device(self, request: Request, signed_in: httpx.Response) -> Request:  # noqa: ARG002  for who knows devices
        """The sign-in on a device where the same person signed in before."""
        return request

    @abstractmethod
    def profile(self, signed_in: httpx.Response) -> Request: ...

    def refresh(self, signed_in: httpx.Response) -> Request | None:  # noqa: ARG002  for who has one
        """None if the service has no rotation of tokens."""
        return None
