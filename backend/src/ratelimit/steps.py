"""Steps on the limits, inside a transaction."""

from collections.abc import Callable, Sequence

from sqlmodel import Session

from src.policies import PATIENCE, Policy
from src.ratelimit import buckets, streaks
from src.ratelimit.budgets import Budget
from src.ratelimit.errors import RateLimited


def succeed(db: Session, *budgets: Budget) -> None:
    """Forget the failures and reset the limits against guessing, after a right password."""
    _forget(db, *budgets, which=lambda policy: policy.guards_password)


def forget(db: Session, budget: Budget) -> None:
    """Reset all limits of this budget."""
    _forget(db, budget, which=lambda _: True)


def _forget(db: Session, *budgets: Budget, which: Callable[[Policy], bool]) -> None:
    """Rows in the order in which they are counted, which prevents deadlocks."""
    for policy, subject in dict.fromkeys(hit for budget in budgets for hit in budget.policies):
        if which(policy):
            buckets.forget(db, policy, subject)
    patience = {one for budget in budgets for one in budget.patience}
    for one, subject in sorted(patience, key=lambda entry: PATIENCE.index(entry[0])):
        streaks.end(db, one, subject)


def count(db: Session, budgets: Sequence[Budget]) -> Budget:
    *own, last = budgets
    for budget in own:
        if not _is_usable(db, budget):
            continue
        try:
            return _draw(db, budget)
        except RateLimited:
            if _is_usable(db, budget):
                raise
            # A parallel request has used it up.
    return _draw(db, last)


def _draw(db: Session, budget: Budget) -> Budget:
    for policy, subject in budget.policies:
        buckets.hit(db, policy, subject)
    with db.begin_nested():  # if one of them refuses, none counts the request
        for patience, subject in budget.patience:
            streaks.begin(db, patience, subject)
    return budget


def give_back(db: Session, budget: Budget) -> None:
    for policy, subject in budget.policies:
        buckets.give_back(db, policy, subject)
    for patience, subject in budget.patience:
        streaks.give_back(db, patience, subject)


def _is_usable(db: Session, budget: Budget) -> bool:
    spent = any(streaks.is_spent(db, patience, subject) for patience, subject in budget.patience)
    return not spent and budget.is_due(db)
