"""Whether the code that runs is the code that is meant, with the packages that it asks for."""

import platform
import sys
from pathlib import Path

from src.doctor import known_hashes, packages
from src.doctor.case import Case, Checkout
from src.doctor.report import Check, Condition, Fine, Group, Outcome

BREAKS_PASSLIB = 5
"""The first such major version of bcrypt."""

OTHER_CHECKOUT = Condition(
    "other_checkout",
    "The code that runs is not the code of this folder",
    "Whatever is edited here has no effect, and the settings come from the other copy.",
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
    "passlib's own self-test hashes more than 72 bytes, which bcrypt refuses since 5.0: every use "
    "of passlib's bcrypt fails, on every version of Python. Postern does not use passlib.",
    "password cannot be longer than 72 bytes",
)
WRONG_BCRYPT = Condition(
    "bcrypt_wrong",
    "bcrypt does not pass its published vectors",
    "Right passwords would be refused, or wrong ones taken.",
    "bcrypt gives wrong answers",
)
REINSTALL = "make clean setup"


def this_checkout(case: Case) -> Outcome:
    here = checkout_around(Path.cwd())
    if here is not None and here.root.resolve() != case.checkout.root.resolve():
        return OTHER_CHECKOUT.found(
            f"this folder belongs to {here.root}",
            f"the code that runs is {case.checkout.root}",
            mend=f"cd {here.root} && make doctor",
        )
    return Fine(f"the code is {case.checkout.backend}")


def checkout_around(folder: Path) -> Checkout | None:
    """The copy of Postern that `folder` lies in, or None."""
    around = (Checkout(root) for root in (folder, *folder.parents))
    return next((one for one in around if (one.backend / "src/doctor/case.py").is_file()), None)


def complete_packages(_case: Case) -> Outcome:
    """`pip check` compares versions; it misses lost files (pypa/pip, 8579)."""
    if faults := packages.incomplete():
        return INCOMPLETE.found(*faults, mend=REINSTALL)
    return Fine("every installed package has all its files")


def no_passlib(_case: Case) -> Outcome:
    passlib, bcrypt = packages.installed("passlib"), packages.installed("bcrypt")
    if passlib and bcrypt and int(bcrypt.partition(".")[0]) >= BREAKS_PASSLIB:
        return PASSLIB.found(
            f"passlib {passlib} beside bcrypt {bcrypt}, on Python {platform.python_version()}",
            mend=f"{sys.executable} -m pip uninstall passlib",
        )
    return Fine(
        f"bcrypt {bcrypt or 'is missing'}, {f'passlib {passlib}' if passlib else 'no passlib'}"
    )


def right_bcrypt(_case: Case) -> Outcome:
    import bcrypt

    from src.passwords.hashes import verify_password

    def plain(password: str, known: str) -> bool:
        return bool(bcrypt.checkpw(password.encode(), known.encode()))

    wrong = known_hashes.wrong_answers(plain, known_hashes.PLAIN)
    wrong += known_hashes.wrong_answers(verify_password, known_hashes.WRAPPED)
    asked = 2 * len(known_hashes.PLAIN + known_hashes.WRAPPED)
    if wrong:
        return WRONG_BCRYPT.found(
            f"{wrong} of {asked} answers are wrong, by {bcrypt.__file__}", mend=REINSTALL
        )
    return Fine(f"{asked} answers, all right")


CHECKS = (
    Check(Group.RUNTIME, "The code is that of this folder", this_checkout),
    Check(Group.RUNTIME, "The packages are complete", complete_packages),
    Check(Group.RUNTIME, "Nothing breaks on bcrypt 5", no_passlib),
    Check(Group.RUNTIME, "bcrypt passes its vectors", right_bcrypt),
)
