"""A forgotten password: a link by mail, and a new password with it."""

from functools import partial

from pydantic import SecretStr

from src.accounts.recovery import steps
from src.auth.caller import Caller
from src.database.database import in_transaction
from src.mail.letters import Kind
from src.passwords.common import words_of_person
from src.ratelimit.limiter import Limiter
from src.verification import asking, limits
from src.web.visitor import Visitor


async def forgot(email: str, *, visitor: Visitor, limiter: Limiter) -> None:
    """Mail a link, if the address has an account. Neither answer nor time shows whether it has."""
    asking.require_mail()
    await limiter.count(limits.of_mail(email, visitor))
    await in_transaction(asking.ask, Kind.RESET_PASSWORD, email)


async def reset(token: SecretStr, new_password: SecretStr, caller: Caller) -> None:
    """Set the password. Raises a refusal of the link, or `PasswordTooCommon`."""
    link, secret = token.get_secret_value(), new_password.get_secret_value()
    async with caller.drawing_on(limits.of_link(caller.visitor)) as drawn:
        email, name = await in_transaction(steps.whose, link)
        own = words_of_person(email, name)
        await drawn.turn.refuse_common(secret, own, field="new_password")
        password_hash = await drawn.turn.hash_password(secret)
    # After the turn to hash has ended: this may wait for a server elsewhere.
    await caller.breached.refuse(secret, field="new_password")
    lifted = await in_transaction(
        partial(
            steps.reset,
            token=link,
            password_hash=password_hash,
            known=caller.second_factors,
            visitor=caller.visitor,
        )
    )
    caller.limiter.forget(lifted)
