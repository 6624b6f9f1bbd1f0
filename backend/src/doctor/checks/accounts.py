"""Whether two accounts have addresses that look the same."""

from sqlmodel import Session, col, select

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


CHECKS = (Check(Group.SECURITY, "Each address has one account", looks_alike),)
