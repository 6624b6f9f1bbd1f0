"""What becomes of a mail that somebody asked for by typing an address.

The request stores the same row for every address, so neither its answer nor its time shows who has
an account. The postman then looks for the account, and sends nothing if there is none.
"""

from dataclasses import replace

from sqlmodel import Session

from src.mail.letters import Kind, Letter
from src.models import MailedToken, User
from src.settings import get_settings
from src.users.credentials import find_credentials, is_proved
from src.users.fields import may_be_new
from src.verification import steps
from src.verification.asking import PURPOSES
from src.verification.tokens import Purpose, code_digest, digest


def resolve(db: Session, letter: Letter) -> Letter | None:
    """The letter with its account and token. None: nobody gets it."""
    found = find_credentials(db, letter.recipient)
    user = None if found is None else db.get(User, found.user_id)
    if user is None:
        signs_up = letter.kind is Kind.MAGIC_LINK and get_settings().magic_link_signup
        email = letter.recipient
        if not signs_up or not may_be_new(email) or steps.is_reserved(db, email):
            return None
        return replace(letter, token_id=_magic_link(db, letter, None))
    if user.disabled_at is not None:
        return None
    if letter.kind is Kind.VERIFY_EMAIL and is_proved(user):
        return None
    if letter.kind is Kind.MAGIC_LINK:
        token_id: int | None = _magic_link(db, letter, user)
    else:
        token_id = _link(db, letter, user)
    # To the stored address, whatever was typed.
    return replace(letter, user_id=user.id, recipient=user.email, token_id=token_id)


def _link(db: Session, letter: Letter, user: User) -> int | None:
    if letter.kind not in PURPOSES:
        return None
    token = letter.facts.token or ""
    return steps.issue(db, user, PURPOSES[letter.kind], token, user.email)


def _magic_link(db: Session, letter: Letter, user: User | None) -> int:
    """Store the link, the code and the attempt. For an account, they replace older ones."""
    facts = letter.facts
    token, attempt, code = facts.token or "", facts.attempt or "", facts.code or ""
    address = letter.recipient if user is None else user.email
    token_id = steps.issue(db, user, Purpose.MAGIC_LINK, token, address)
    row = db.get_one(MailedToken, token_id)
    row.attempt_digest = digest(attempt)
    row.code_digest = code_digest(get_settings().secret_keys[0], attempt, code)
    return token_id
