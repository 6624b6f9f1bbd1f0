"""The commands of `postern limits`."""

from src.auth import guessing
from src.database.database import unit_of_work
from src.ratelimit import steps as limits
from src.users.addresses import address_key
from src.users.credentials import find_credentials


def forget_failures(email: str) -> str:
    with unit_of_work() as db:
        credentials = find_credentials(db, email)
        user_id = credentials.user_id if credentials else None
        limits.forget(db, guessing.at_account(address_key(email), user_id))
        if user_id is not None:
            limits.forget(db, guessing.codes_at_account(user_id))
    whose = "" if credentials else ". No account has that address"
    return f"Forgotten{whose}. Running services notice within five seconds."
