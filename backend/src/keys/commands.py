"""What `postern keys` does and says."""

from datetime import datetime

from src.database.database import unit_of_work
from src.keys import steps
from src.keys.signing_keys import KeySet, SigningKey
from src.kit.clock import now


def describe() -> str:
    with unit_of_work() as db:
        keys = steps.load(db)
    lines = [_line(keys, key, now()) for key in reversed(keys.keys)]
    lines += [f"{kid}  sealed under another SECRET_KEY" for kid in keys.unreadable]
    return "\n".join(lines) or "There is no key yet: the first sign-in makes one."


def rotate(*, at_once: bool) -> str:
    with unit_of_work() as db:
        key = steps.rotate(db, at_once=at_once)
    return f"{key.kid} is published, and signs from {_moment(key.signs_from)}."


def retire(kid: str, *, leaked: bool) -> str:
    with unit_of_work() as db:
        steps.retire(db, kid, leaked=leaked)
    return f"{kid} is gone. Running services forget it within a minute of their next use."


def _line(keys: KeySet, key: SigningKey, at: datetime) -> str:
    until = keys.verifies_until(key)
    words = [f"{key.kid}  {keys.state(key, at):9}", f"signs from {_moment(key.signs_from)}"]
    if until is not None:
        words.append(f"verifies until {_moment(until)}")
    if key.under_previous_secret:
        words.append("sealed under SECRET_KEY_PREVIOUS")
    return "  ".join(words)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
