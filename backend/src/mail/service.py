"""The mailbox of development: every mail, as it was or will be sent."""

from src.database.database import in_transaction
from src.mail import steps
from src.mail.messages import content, link
from src.mail.schemas import DevMail
from src.settings import get_settings


async def mailbox(recipient: str | None) -> list[DevMail]:
    """The last mails, the newest first. With a recipient, only theirs."""
    settings, shown = get_settings(), []
    for mail, letter in await in_transaction(steps.last, recipient):
        made = content(letter)
        shown.append(
            DevMail(
                id=mail.id,
                kind=mail.kind,
                to=mail.recipient,
                subject=made.subject,
                text=made.text,
                html=made.html,
                link=link(letter.kind, letter.facts, settings),
                code=letter.facts.code,
                language=mail.language,
                created_at=mail.created_at,
                sent_at=mail.sent_at,
            )
        )
    return shown
