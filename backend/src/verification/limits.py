"""The limits of mails that anybody can ask for, and of links and codes that are tried."""

from dataclasses import replace

from src.ratelimit.budgets import Budget, Purpose
from src.sessions.access_tokens import Claims
from src.users.addresses import address_key, split
from src.web.visitor import Visitor


def of_mail(address: str, visitor: Visitor) -> Budget:
    """By what was typed, so an address without an account has the same limits.

    The visitor's own limit comes first: one who is refused uses up nobody else's.
    """
    key = address_key(address)
    return Budget(
        hits=(
            ("mail_address", visitor.network),
            ("mail_recipient_hour", key),
            ("mail_recipient_day", key),
            ("mail_domain", split(key)[1]),
        ),
        account=key,
        purpose=Purpose.MAIL,
    )


def of_link(visitor: Visitor) -> Budget:
    return Budget(hits=(("link_address", visitor.network),), purpose=Purpose.MAIL)


def in_session(budget: Budget, claims: Claims | None) -> Budget:
    """The same and, if there is a session, that of all its changes. The narrowest comes first."""
    if claims is None:
        return budget
    of_session = ("session_writes", str(claims.session_id))
    return replace(budget, hits=(of_session, *budget.hits), user_id=claims.user_id)
