"""The request that stops a reset."""

from src.verification.fields import MailedToken
from src.web.strict_json import Body


class StopReset(Body):
    """In a session the token may be left out."""

    token: MailedToken | None = None
