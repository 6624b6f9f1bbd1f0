"""Letters that several use cases write."""

from datetime import timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.mail import steps
from src.mail.letters import Facts, Kind, Letter
from src.mail.words import language_of
from src.models import Mail, User
from src.settings import get_settings
from src.web.context import current_request

MOST_NOTICES = 5
"""Notices of one kind to one person in a day. A storm of them would hide what matters."""


def language() -> str:
    """That of the request that is being answered."""
    request = current_request.get()
    return language_of("" if request is None else request.headers.get("accept-language", ""))


def notify(  # noqa: PLR0913  what a mail may say
    db: Session,
    kind: Kind,
    user: User,
    *,
    address: str | None = None,
    new_address: str | None = None,
    device: str | None = None,
    network_address: str | None = None,
    factor: str | None = None,
    codes_left: int | None = None,
    without_password: bool | None = None,
) -> None:
    """Write to the person what has happened to the account, unless MAIL_NOTICES leaves it out."""
    settings = get_settings()
    if kind.value not in settings.mail_notices or not settings.sends_mail:
        return
    at = now()
    lately = (
        select(func.count())
        .select_from(Mail)
        .where(
            col(Mail.user_id) == user.id,
            col(Mail.kind) == kind.value,
            col(Mail.created_at) > at - timedelta(days=1),
        )
    )
    if db.exec(lately).one() >= MOST_NOTICES:
        return
    facts = Facts(
        at,
        new_address=new_address,
        device=device,
        network_address=network_address,
        factor=factor,
        codes_left=codes_left,
        without_password=without_password,
    )
    letter = Letter(kind, user.id, address or user.email, facts, language())
    steps.post(db, letter)
