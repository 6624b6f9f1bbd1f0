"""What a verified token says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LARGEST_ID = 2**63 - 1


class ClaimRefused(ValueError):  # noqa: N818  it names the fact
    """A claim has a form that Postern's tokens never have."""

    def __init__(self, claim: str, value: object, wanted: str) -> None:
        super().__init__(claim)
        self.claim, self.value, self.wanted = claim, value, wanted


@dataclass(frozen=True)
class Claims:
    """A person with a valid access token."""

    id: int
    """The account: the `id` of Postern's table `user`."""
    session_id: int
    issued_at: datetime
    expires_at: datetime
    auth_time: datetime | None
    """When the person last proved who they are."""
    amr: tuple[str, ...]
    """How they did (RFC 8176)."""
    acr: str | None
    """How sure that is: `aal1`, or `aal2` for two kinds of proof."""
    client_id: str | None
    token: str = field(repr=False, compare=False)
    """The token itself, to call Postern or another service for this person. Never log it."""


def read(payload: Mapping[str, Any], token: str) -> Claims:
    """The claims of a token whose signature, issuer, audience and times are good.

    Raise `ClaimRefused` where one has a wrong form.
    """
    auth_time, acr, client = payload.get("auth_time"), payload.get("acr"), payload.get("client_id")
    return Claims(
        id=_number("sub", payload),
        session_id=_number("sid", payload),
        issued_at=_moment("iat", payload["iat"]),
        expires_at=_moment("exp", payload["exp"]),
        auth_time=None if auth_time is None else _moment("auth_time", auth_time),
        amr=_methods(payload.get("amr", [])),
        acr=acr if isinstance(acr, str) else None,
        client_id=client if isinstance(client, str) else None,
        token=token,
    )


def _number(claim: str, payload: Mapping[str, Any]) -> int:
    """An id that is written as text, as `sub` must be (RFC 7519, section 4.1.2)."""
    value = payload[claim]
    digits = isinstance(value, str) and value.isascii() and value.isdecimal()
    if not digits or int(value[:20]) > LARGEST_ID:
        raise ClaimRefused(claim, value, "a whole number, written as text")
    return int(value)


def _moment(claim: str, value: object) -> datetime:
    try:
        if type(value) is int:
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise ClaimRefused(claim, value, "whole seconds since 1970")


def _methods(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(method, str) for method in value)):
        raise ClaimRefused("amr", value, "a list of names")
    return tuple(value)
