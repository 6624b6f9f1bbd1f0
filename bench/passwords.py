"""Shows how many passwords production accepts, without its rule of 15 characters.

`python -m bench.passwords` fetches the lists, as `scripts/leaked_passwords.py` does.
"""

import json
import multiprocessing.pool
import string
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing import Pool
from random import Random

from scripts.leaked_passwords import (
    MOST_USED,
    SECLISTS,
    SHORTEST,
    XATO,
    passwords_of,
    seems_strong,
)

from src.passwords.common import IN_PRODUCTION, weakness, words_of_person
from src.passwords.estimate import folded, words_in

PERSON = (*words_of_person("ada.lovelace@example.com", "Ada Lovelace"), *words_in("Postern"))
TIMES = 10_000
MANAGERS = string.ascii_letters + string.digits + "!#$%&*+-=?@^_"
LISTS = """import { dictionary } from "@zxcvbn-ts/language-common";
console.log(JSON.stringify(dictionary))"""
PACKAGE = "@zxcvbn-ts/language-common@4.1.3"


def is_accepted(password: str) -> bool:
    return weakness(password, PERSON, at_least=IN_PRODUCTION) is None


def other_lists() -> dict[str, list[str]]:
    """Other leaked passwords, and the EFF's long list of words for dice (CC BY 3.0 US)."""
    with tempfile.TemporaryDirectory() as folder:
        run = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
        run(("npm", "install", "--silent", "--no-save", "--prefix", folder, PACKAGE))
        done = run(("node", "--input-type=module", "--eval", LISTS))
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def main() -> None:
    random = Random(1815)  # seeded: two runs print the same
    most_used, other = passwords_of(MOST_USED), other_lists()
    words = other["diceware-common"]
    others = [one for one in other["passwords-common"] if len(one) >= SHORTEST]
    known = {*passwords_of(XATO), *passwords_of(SECLISTS)}
    phrases = (" ".join(random.choices(words, k=4)) for _ in range(TIMES))
    arbitrary = ("".join(random.choices(MANAGERS, k=15)) for _ in range(TIMES))
    with Pool() as pool:
        show = partial(_show, pool)
        show("most used, eight characters or more", most_used[:1000], is_accepted)
        left = [one for one in most_used if folded(one) not in known]
        show(f"leaked, held out of the list ({len(most_used):,})", left, seems_strong)
        show("the same, with the list as it is", most_used, is_accepted)
        show("leaked, the list of zxcvbn-ts", others, is_accepted)
        show(f"four random words of {len(words):,}", phrases, is_accepted)
        show("15 random characters", arbitrary, is_accepted)


def _show(
    pool: multiprocessing.pool.Pool,
    name: str,
    passwords: Iterable[str],
    accepts: Callable[[str], bool],
) -> None:
    every = list(passwords)
    accepted = sum(pool.map(accepts, every, chunksize=200))
    print(f"{name:42} {accepted:6,} accepted of {len(every):6,}")


if __name__ == "__main__":
    main()
