"""What a service refuses, in the form in which Postern itself refuses (RFC 9457, RFC 6750)."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

INVALID = 'Bearer error="invalid_token"'


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that any framework can send."""

    status: int
    headers: dict[str, str]
    body: bytes


class Refused(Exception):  # noqa: N818  subclasses name the fact
    """Why a request or a token is refused. `code` is stable, and the same as Postern's."""

    status: ClassVar[int] = 401
    code: ClassVar[str]
    title: ClassVar[str]
    explained: ClassVar[bool] = True
    """Whether Postern serves a page about it, at /problems/{code}."""

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": INVALID}

    def document(self, issuer: str) -> dict[str, Any]:
        """The problem document."""
        return {
            "type": f"{issuer}/problems/{self.code}" if self.explained else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }

    def answer(self, issuer: str) -> Answer:
        body = json.dumps(self.document(issuer)).encode()
        kept = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
        return Answer(self.status, kept | self.headers, body)


class TokenMissing(Refused):
    code, title = "token_missing", "Sign in first"

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class TokenInvalid(Refused):
    code, title = "token_invalid", "The token is not valid"


class TokenExpired(Refused):
    code, title = "token_expired", "The access token has expired"


class SessionRevoked(Refused):
    code, title = "session_revoked", "This session has ended"


class ReauthenticationRequired(Refused):
    """The session is valid, but the person's last proof of who they are is too old."""

    status = 403
    code, title = "reauthentication_required", "Prove again that it is you"

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds

    @property
    def headers(self) -> dict[str, str]:
        """As RFC 9470 says it."""
        challenge = f'Bearer error="insufficient_user_authentication", max_age="{self.seconds}"'
        return {"WWW-Authenticate": challenge}


class Unavailable(Refused):
    """A client that gets a 401 signs its user out, so a fault that may be ours is never one."""

    status = 503
    explained = False

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "10"}


class KeysUnavailable(Unavailable):
    code, title = "keys_unavailable", "Tokens cannot be verified at this moment"


class PosternUnavailable(Unavailable):
    code, title = "postern_unavailable", "The session cannot be checked at this moment"
