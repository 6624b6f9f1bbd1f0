"""Whether new passwords are really checked against breaches, if they are to be."""

import asyncio
from pathlib import Path

from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.passwords.breached import file
from src.passwords.breached.breached import ask
from src.passwords.breached.ranges import digest_of
from src.passwords.breached.source import Unavailable

HEADING = "Breached passwords are accepted"
UNREACHABLE = Condition(
    "breached_passwords_unreachable",
    "The list of breached passwords cannot be asked",
    "New passwords are allowed without this check while nobody answers. "
    "`postern_breached_passwords_total` counts them.",
    HEADING,
)
MISSING = Condition(
    "breached_passwords_file_missing",
    "The file of breached passwords cannot be read",
    "Postern does not start without it. A service that runs allows new passwords without this "
    "check.",
    HEADING,
)
UNSORTED = Condition(
    "breached_passwords_file_unsorted",
    "The file of breached passwords cannot be used",
    "Only a whole list can be searched, sorted by SHA-1. Postern does not start with this file.",
    HEADING,
)
KNOWN = digest_of("password")
"""Every list of breached passwords has it."""


def breached_passwords(case: Case) -> Outcome:
    """Story: decision 0031. It looks up the word `password`, as for a sign-up."""
    source, path = case.settings.breached_passwords, case.settings.breached_passwords_file
    if source == "off":
        return Fine("it is off: only the built-in list is checked")
    return _file(path, case) if source == "file" and path else _server(case)


def _file(path: Path, case: Case) -> Outcome:
    try:
        first, last = file.check(path)
    except file.Missing as missing:
        place = case.loaded.source_of("breached_passwords_file")
        fix = f"Put the file there, or change BREACHED_PASSWORDS_FILE in {place}."
        return MISSING.found(f"{path}: {missing}", fix=fix)
    except file.Unusable as unusable:
        fix = "Download it again, ordered by hash, as docs/settings.md describes."
        return UNSORTED.found(f"{path}: {unusable}", fix=fix)
    return Fine(f"the hashes of {path} go from {first[:5]}… to {last[:5]}…")


def _server(case: Case) -> Outcome:
    url = case.settings.breached_passwords_url
    problem = asyncio.run(_problem_of(url))
    if problem is None:
        return Fine(f"{url} knows the word `password`")
    fix = (
        "Let this machine reach BREACHED_PASSWORDS_URL without a proxy, or use a file: "
        "docs/settings.md"
    )
    return UNREACHABLE.found(f"BREACHED_PASSWORDS_URL is {url}: {problem}", fix=fix)


async def _problem_of(url: str) -> str | None:
    from src.passwords.breached.range_api import RangeApi

    server = RangeApi(url)
    try:
        return None if await ask(server, KNOWN) else "it does not know the word `password`"
    except Unavailable as reason:
        return str(reason)
    finally:
        await server.close()


CHECKS = (Check(Group.SECURITY, "The list of breached passwords can be used", breached_passwords),)
