"""Stopping a reset of second factors that an operator has asked for."""

from pydantic import SecretStr

from src.accounts.resets import steps
from src.database.database import in_transaction
from src.kit.problem import FieldError
from src.ratelimit.limiter import Limiter
from src.sessions.access_tokens import Claims
from src.sessions.service import count_change
from src.verification import limits
from src.web.errors import ValidationFailed
from src.web.visitor import Visitor


async def stop(
    token: SecretStr | None, claims: Claims | None, *, visitor: Visitor, limiter: Limiter
) -> None:
    """With the link from the mail, or in any session of the account."""
    if token is not None:
        await limiter.count(limits.of_link(visitor))
        await in_transaction(steps.stop_by_mail, token.get_secret_value(), claims)
        return
    if claims is None:
        sentence = "Send the token from the mail, or the access token of a session."
        raise ValidationFailed(errors=(FieldError("token", "missing", sentence),))
    await count_change(claims, limiter)
    await in_transaction(steps.stop_in_session, claims)
