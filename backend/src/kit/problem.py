"""A refusal: what it means to a client (RFC 9457), and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_of
from types import MappingProxyType
from typing import Any, ClassVar

NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class FieldError:
    """One refused field: its path in the body, a stable code, and a sentence without its value.

    `params` are the limits and the reason in that sentence, for clients with other languages.
    """

    field: str
    code: str
    message: str
    params: Mapping[str, str | int] = field_of(default_factory=dict)


class Problem(Exception):  # noqa: N818  subclasses name the fact, as RFC 9457 does
    """A refusal with a stable code. `detail` is for the client, `log` for the operator."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    why: ClassVar[str]
    """What it means and why it happens, for the page at /problems/{code}."""
    fix: ClassVar[str]
    """What the reader can do about it, for the same page."""
    keeps_writes: ClassVar[bool] = False
    """True if the write is the record of the refusal: the transaction is then committed."""
    retry_after: int | None = None
    """Seconds, for the Retry-After header (RFC 9110, section 10.2.3)."""
    challenge: ClassVar[str | None] = None
    """The WWW-Authenticate header of a 401 on a bearer endpoint (RFC 6750, section 3)."""

    extensions: ClassVar[Mapping[str, Any]] = NONE
    """The members that only this problem has (RFC 9457, section 3.2): JSON schemas by name.

    Each has an example."""
    optional: ClassVar[Mapping[str, Any]] = NONE
    """More of them, which some answers leave out."""

    registry: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Problem.registry[cls.code] = cls

    def __init__(  # noqa: PLR0913  all that an answer may carry
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
        log: dict[str, object] | None = None,
        retry_after: int | None = None,
        members: Mapping[str, object] = NONE,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.headers = headers or {}
        self.log = log or {}
        self.members = members
        if retry_after is not None:
            self.retry_after = retry_after
