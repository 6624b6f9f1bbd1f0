"""Whether the right code runs, with complete packages and a correct bcrypt."""

import platform
import sys
from pathlib import Path

import bcrypt

from src.doctor import known_hashes, packages
from src.doctor.case import Case, Checkout
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.passwords.hashes import verify_password

BREAKS_PASSLIB = 5
"""The first such major version of bcrypt."""

OTHER_CHECKOUT = Condition(
    "other_checkout",
    "The code that runs is not the code of this folder",
    "Edits in this folder have no effect, and the settings come from the other copy.",
    "The code that runs is another copy",
)
INCOMPLETE = Condition(
    "packages_incomplete",
    "Installed packages have lost files",
    "An import can fail, now or in the middle of a request.",
    "Packages are missing or incomplete",
)
PASSLIB = Condition(
    "passlib_with_bcrypt_5",
    "passlib is installed beside bcrypt 5 or newer",
    "passlib's self-test hashes more than 72 bytes, which bcrypt 5 refuses. So passlib's bcrypt "
    "always fails, on every version of Python. Postern does not use passlib.",
    "password cannot be longer than 72 bytes",
)
WRONG_BCRYPT = Condition(
    "bcrypt_wrong",
    "bcrypt gives wrong answers for published hashes",
    "Right passwords are refused, or wrong ones accepted.",
    "bcrypt gives wrong answers",
)
REINSTALL = "make clean setup"


def this_checkout(case: Case) -> Outcome:
    """Story: "The code that runs is another copy"."""
    here = checkout_around(Path.cwd())
    if here is not None and here.root.resolve() != case.checkout.root.resolve():
        return OTHER_CHECKOUT.found(
            f"this folder belongs to {here.root}",
            f"the code that runs is in {case.checkout.root}",
            fix=f"cd {here.root} && make doctor",
        )
    return Fine(f"the code is {case.checkout.backend}")


def checkout_around(folder: Path) -> Checkout | None:
    """The copy of Postern that contains `folder`, or None."""
    around = (Checkout(root) for root in (folder, *folder.parents))
    return next((one for one in around if (one.backend / "src/doctor/case.py").is_file()), None)


def complete_packages(_case: Case) -> Outcome:
    """Report: pypa/pip 8579, `pip check` compares versions and does not see lost files."""
    if faults := packages.incomplete():
        return INCOMPLETE.found(*faults, fix=REINSTALL)
    return Fine("every installed package has all its files")


def no_passlib(_case: Case) -> Outcome:
    """Report: pyca/bcrypt 1079, passlib 1.7.4 beside bcrypt 5.0.0."""
    passlib, version = packages.installed("passlib"), packages.installed("bcrypt")
    if passlib and version and int(version.partition(".")[0]) >= BREAKS_PASSLIB:
        return PASSLIB.found(
            f"passlib {passlib} beside bcrypt {version}, on Python {platform.python_version()}",
            fix=f"{sys.executable} -m pip uninstall passlib",
        )
    return Fine(
        f"bcrypt {version or 'is missing'}, {f'passlib {passlib}' if passlib else 'no passlib'}"
    )


def right_bcrypt(_case: Case) -> Outcome:
    """Report: pyca/bcrypt 140, another package of the same name."""

    def plain(password: str, known: str) -> bool:
        return bool(bcrypt.checkpw(password.encode(), known.encode()))

    wrong = known_hashes.wrong_answers(plain, known_hashes.PLAIN)
    wrong += known_hashes.wrong_answers(verify_password, known_hashes.WRAPPED)
    asked = 2 * len(known_hashes.PLAIN + known_hashes.WRAPPED)
    if wrong:
        return WRONG_BCRYPT.found(
            f"{wrong} of {asked} answers are wrong, by {bcrypt.__file__}", fix=REINSTALL
        )
    return Fine(f"{asked} answers, all right")


CHECKS = (
    Check(Group.RUNTIME, "The code is from this folder", this_checkout),
    Check(Group.RUNTIME, "The packages are complete", complete_packages),
    Check(Group.RUNTIME, "No passlib beside bcrypt 5", no_passlib),
    Check(Group.RUNTIME, "bcrypt gives right answers", right_bcrypt),
)
