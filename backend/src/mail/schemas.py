"""What the development mailbox shows."""

from datetime import datetime

from pydantic import BaseModel


class DevMail(BaseModel):
    id: int
    kind: str
    to: str
    subject: str
    text: str
    html: str
    link: str | None
    code: str | None
    language: str
    created_at: datetime
    sent_at: datetime | None
