"""Whether accounts share an address, and whether their second factors can be read."""

from sqlmodel import Session, col, select

from src.auth.factors import counting, totp
from src.doctor.case import Case
from src.doctor.checks.views import app_connection
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.models import User
from src.users.upkeep import judge

ALIKE = Condition(
    "addresses_alike",
    "Two accounts have addresses that look the same",
    "Earlier releases took them for different addresses. Both people sign in until a release drops "
    "the former key.",
    "Addresses that look the same",
)
APPS_CLOSED = Condition(
    "authenticator_apps_closed",
    "SECRET_KEY does not open the secrets of authenticator apps",
    "It was changed without SECRET_KEY_PREVIOUS. The codes of these apps are refused.",
    "SECRET_KEY does not open authenticator apps",
)
MOST = 1000


def looks_alike(case: Case) -> Outcome:
    """Story: decision 0032. Shows ids only: an address belongs to a person."""
    case.require_our_tables()
    lacking = select(User.id, User.email).where(col(User.address_key).is_(None))
    with app_connection(case) as connection, Session(connection) as db:
        alike = judge(db, db.execute(lacking.order_by(col(User.id)).limit(MOST)).all()).alike
    if not alike:
        return Fine("no two accounts have addresses that look the same")
    evidence = (f"accounts {one.holder_id} and {one.user_id}" for one in alike)
    return ALIKE.found(
        *evidence, fix="ask one of the two people to delete their account, or delete it yourself"
    )


def apps_open(case: Case) -> Outcome:
    """Story: "SECRET_KEY was changed". Shows numbers only."""
    case.require_our_tables()
    with app_connection(case) as connection, Session(connection) as db:
        opened, closed = totp.count_opened(db, case.settings.secret_keys)
    if closed:
        return APPS_CLOSED.found(
            f"{closed} of {opened + closed} apps are sealed under another secret than SECRET_KEY "
            f"from {case.loaded.source_of('secret_key')}",
            fix="Set SECRET_KEY_PREVIOUS to the former secret, for an hour at least.",
        )
    return Fine(f"authenticator apps that it opens: {opened}")


def second_factors(case: Case) -> Outcome:
    """Story: decision 0048. Shows numbers only."""
    case.require_our_tables()
    with app_connection(case) as connection, Session(connection) as db:
        counts, without = counting.with_factor(db), counting.without(db)
    shown = ", ".join(f"{name} {count}" for name, count in counts.items())
    if not case.settings.require_second_factor:
        return Fine(f"not required; accounts with {shown}")
    return Fine(f"required; accounts with {shown}; without a second factor {without}")


CHECKS = (
    Check(Group.SECURITY, "Each address has one account", looks_alike),
    Check(Group.SECURITY, "SECRET_KEY opens the secrets of authenticator apps", apps_open),
    Check(Group.SECURITY, "Accounts have second factors", second_factors),
)
