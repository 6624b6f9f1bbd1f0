"""Proving, changing and restoring the address of an account."""

from functools import partial

from pydantic import SecretStr

from src.accounts.addresses import steps
from src.auth.attempt import again_if_changed
from src.auth.caller import Caller
from src.auth.service import prove_presence
from src.database.database import in_transaction
from src.kit.problem import FieldError
from src.mail.letters import Kind
from src.ratelimit.limiter import Limiter
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import SecondFactors
from src.users.credentials import Credentials, require_credentials
from src.verification import asking, limits
from src.web.errors import ValidationFailed
from src.web.visitor import Visitor


async def resend(
    claims: Claims | None, email: str | None, *, visitor: Visitor, limiter: Limiter
) -> None:
    """Send the mail again: to the account of the session, or to a typed address.

    Raises `MailOff`, `RateLimited`, and `SessionRevoked`.
    """
    asking.require_mail()
    if claims is not None:
        credentials = await in_transaction(require_credentials, claims)
        await limiter.count(limits.in_session(limits.of_mail(credentials.email, visitor), claims))
        await in_transaction(steps.resend, claims)
        return
    if email is None:
        sentence = "Send the address, or the access token of a session."
        raise ValidationFailed(errors=(FieldError("email", "missing", sentence),))
    await limiter.count(limits.of_mail(email, visitor))
    await in_transaction(asking.ask, Kind.VERIFY_EMAIL, email)


async def verify(  # noqa: PLR0913  who asks, and what they send
    token: SecretStr,
    claims: Claims | None,
    email: str | None,
    *,
    visitor: Visitor,
    limiter: Limiter,
    known: SecondFactors,
) -> None:
    await limiter.count(limits.in_session(limits.of_link(visitor), claims))
    await in_transaction(steps.verify, token.get_secret_value(), claims, email, known)


async def ask_for_change(
    claims: Claims, new_email: str, password: SecretStr | None, caller: Caller
) -> None:
    """Mail a link to the new address, after the person has proved again who they are."""
    asking.require_mail()

    async def change(credentials: Credentials) -> None:
        await caller.limiter.count(limits.of_mail(new_email, caller.visitor))
        await in_transaction(steps.ask_for_change, claims, credentials, new_email)

    prove = partial(prove_presence, claims, password, field="password", caller=caller)
    await again_if_changed(prove, change)


async def confirm_change(
    token: SecretStr,
    claims: Claims | None,
    *,
    visitor: Visitor,
    limiter: Limiter,
    known: SecondFactors,
) -> None:
    await limiter.count(limits.in_session(limits.of_link(visitor), claims))
    await in_transaction(steps.confirm_change, token.get_secret_value(), claims, known)


async def undo_change(
    token: SecretStr, email: str | None, *, visitor: Visitor, limiter: Limiter
) -> None:
    await limiter.count(limits.of_link(visitor))
    await in_transaction(steps.undo_change, token.get_secret_value(), email)
