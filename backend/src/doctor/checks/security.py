"""Whether the secrets are secret, and production is reached safely."""

import os
import stat
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from src.doctor.case import Case
from src.doctor.checks.views import app_connection
from src.doctor.env_file import make_from_example
from src.doctor.report import (
    CannotExamine,
    Check,
    Condition,
    Fine,
    Fix,
    Found,
    Group,
    NotExamined,
    Outcome,
    found_or_fine,
)
from src.doctor.shown import address

if TYPE_CHECKING:
    from src.database.urls.hosts import Host

SECRET_UNSET = Condition(
    "secret_key_unset",
    "SECRET_KEY is not set",
    "Each process makes one up at its start: a restart signs everybody out, and two processes "
    "refuse each other's tokens. Production does not start without one.",
    "SECRET_KEY is weak or not set",
)
SECRET_WEAK = Condition(
    "secret_key_weak",
    "SECRET_KEY can be guessed",
    "Whoever knows it can make access tokens for every account. Production does not start with it.",
    "SECRET_KEY is weak or not set",
)
KEYS_CLOSED = Condition(
    "signing_keys_closed",
    "SECRET_KEY does not open the signing keys in the database",
    "It was changed, or another process runs with another one: tokens and sessions of before are "
    "refused, and processes with different secrets refuse each other's.",
    "SECRET_KEY was changed",
)
OPEN_FILE = Condition(
    "env_file_open",
    "Other users of this machine can read backend/.env",
    "It holds the database's password and SECRET_KEY.",
    "backend/.env can be read by others",
)
COMMITTED = Condition(
    "env_file_committed",
    "backend/.env is under version control",
    "Its secrets are in every clone and in the history, also after it is removed.",
    "backend/.env is under version control",
)
NOT_HTTPS = Condition(
    "not_https",
    "Production is reached without https",
    "Passwords and tokens travel in clear text, and cookies cannot be Secure.",
    "Production needs https and real addresses",
)
LOCALHOST = Condition(
    "localhost_in_production",
    "Production says that it is reached at localhost",
    "Links in mails and the issuer in every token name the reader's own machine.",
    "Production needs https and real addresses",
)
TLS_OPTIONAL = Condition(
    "tls_not_required",
    "The connection to the database may go unencrypted",
    "Without sslmode=require (or stricter) libpq falls back to clear text where the server, or "
    "somebody between, declines TLS.",
    "The database connection may go unencrypted",
)
ONE_ADDRESS = Condition(
    "clients_behind_one_address",
    "All people seem to come from one address",
    "A proxy stands before the service and is not known as one: limits by address throttle "
    "everybody together, and whoever guesses passwords is not told from the others.",
    "All people seem to come from one address",
)
TWO_JUDGES = Condition(
    "forwarded_allow_ips_set",
    "FORWARDED_ALLOW_IPS decides beside TRUSTED_PROXIES whose word counts",
    "Plain uvicorn obeys it before Postern sees a request, and takes the address out of "
    "X-Forwarded-For by its own rule. `postern serve` does not.",
    "All people seem to come from one address",
)
LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  looked for, not bound
ENFORCING = frozenset({"require", "verify-ca", "verify-full"})
KNOWN, UNKNOWN = 0, 1
"""What `git ls-files --error-unmatch` ends with; anything else is an error of git's."""
WEAKNESS = "is short, repeats itself, or is made of an example's words"
MAKE_A_KEY = "openssl rand -base64 48"


def strong_secret(case: Case) -> Outcome:
    from src.settings import is_weak_secret

    source = case.loaded.source_of("secret_key")
    if source == "the default":
        return SECRET_UNSET.found(
            "neither the process environment nor backend/.env sets it",
            mend=f"Set SECRET_KEY in backend/.env to what this prints: {MAKE_A_KEY}",
            fix=_make_env_file(case),
        )
    secret = case.settings.secret_key.get_secret_value()
    if is_weak_secret(secret):
        return SECRET_WEAK.found(
            f"SECRET_KEY from {source} {WEAKNESS}",
            mend=f"Set SECRET_KEY in {source} to what this prints: {MAKE_A_KEY}",
        )
    previous = case.settings.secret_key_previous
    if previous and is_weak_secret(previous.get_secret_value()):
        place = case.loaded.source_of("secret_key_previous")
        return SECRET_WEAK.found(
            f"SECRET_KEY_PREVIOUS from {place} {WEAKNESS}",
            mend=f"Remove SECRET_KEY_PREVIOUS from {place}; everybody signs in once more.",
        )
    return Fine(f"SECRET_KEY from {source}")


def signing_keys(case: Case) -> Outcome:
    if case.schema.status not in {"ok", "ahead"}:
        return NotExamined("the tables are not what the code wants")
    from sqlmodel import Session

    from src.keys import steps

    with app_connection(case) as connection, Session(connection) as db:
        keys = steps.load(db, case.settings.secret_keys)
    if closed := len(keys.unreadable):
        return KEYS_CLOSED.found(
            f"{closed} of {closed + len(keys.keys)} keys are sealed under another secret than "
            f"SECRET_KEY from {case.loaded.source_of('secret_key')}",
            mend="Give all processes the same SECRET_KEY. If it was changed because it had leaked, "
            "remove each such key that `postern keys list` names: postern keys retire KID --leaked",
        )
    return Fine(f"{len(keys.keys)} of them")


def clients_told_apart(case: Case) -> Outcome:
    if case.schema.status not in {"ok", "ahead"}:
        return NotExamined("the tables are not what the code wants")
    from sqlmodel import Session

    from src.sessions import crowd
    from src.settings import Environment

    found = []
    if os.environ.get("FORWARDED_ALLOW_IPS"):
        mend = "Unset FORWARDED_ALLOW_IPS, and name the proxies in TRUSTED_PROXIES."
        found.append(TWO_JUDGES.found("the process environment sets it", mend=mend))
    with app_connection(case) as connection, Session(connection) as db:
        seen = crowd.one_address(db)
    if seen and case.settings.environment is not Environment.DEVELOPMENT:
        people, address_ = seen
        evidence = f"of late nearly all sign-ins, by {people} people, came from {address_}"
        mend = f"If it is your proxy: let it send X-Forwarded-For, TRUSTED_PROXIES={address_}"
        found.append(ONE_ADDRESS.found(evidence, mend=mend))
    proxies = ", ".join(map(str, case.settings.trusted_proxies)) or "no proxy"
    return found_or_fine(found, f"X-Forwarded-For is believed from {proxies}")


def _make_env_file(case: Case) -> Fix | None:
    """Where there is no backend/.env yet, the example makes one with a key of its own."""
    example, path = case.checkout.example, case.checkout.env_file
    if os.path.lexists(path) or not example.is_file() or not os.access(path.parent, os.W_OK):
        return None
    says = "made backend/.env from .env.example, with a SECRET_KEY of its own"
    return Fix(says, lambda: make_from_example(example, path))


def closed_env_file(case: Case) -> Outcome:
    path = case.checkout.env_file
    if not os.path.lexists(path):
        return Fine("there is no backend/.env")
    if not path.is_file():
        return NotExamined("backend/.env is not a file")
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        ours = os.geteuid() in {0, found.st_uid}
        close = Fix("closed backend/.env to other users (0600)", lambda: path.chmod(0o600))
        return OPEN_FILE.found(
            f"its mode is {mode:04o}", mend="chmod 600 backend/.env", fix=close if ours else None
        )
    return Fine(f"its mode is {mode:04o}")


def uncommitted_env_file(case: Case) -> Outcome:
    path = case.checkout.shown(case.checkout.env_file)
    command = ("git", "ls-files", "--error-unmatch", path)
    try:
        asked = subprocess.run(  # noqa: S603
            command, cwd=case.checkout.root, capture_output=True, check=False, timeout=10
        )
    except OSError:
        return Fine("there is no git here")
    if asked.returncode not in {KNOWN, UNKNOWN} and (case.checkout.root / ".git").exists():
        said = asked.stderr.decode(errors="replace").strip().splitlines()
        raise CannotExamine(f"git refuses to look: {said[0] if said else asked.returncode}")
    if asked.returncode == KNOWN:
        return COMMITTED.found(
            "git ls-files names it",
            mend="git rm --cached backend/.env, then change every secret that was in it",
        )
    return Fine("git does not know it")


def safe_production(case: Case) -> Outcome:
    from src.settings import Environment

    if case.settings.environment is not Environment.PRODUCTION:
        return Fine(f"this is {case.settings.environment}")
    found = []
    for name in ("api_url", "web_url"):
        found += _public_address(case, name)
    return found_or_fine(
        [*found, *_encrypted(case)], "https, public addresses, TLS to the database"
    )


def _public_address(case: Case, field: str) -> list[Found]:
    url = urlsplit(getattr(case.settings, field))
    evidence = f"{field.upper()} is {url.geturl()} ({case.loaded.source_of(field)})"
    mend = f"Set {field.upper()} to the https address that people use."
    if url.hostname in LOCAL:
        return [LOCALHOST.found(evidence, mend=mend)]
    return [NOT_HTTPS.found(evidence, mend=mend)] if url.scheme != "https" else []


def _encrypted(case: Case) -> list[Found]:
    from src.database.endpoints import InvalidDatabaseUrl, parse
    from src.database.urls.hosts import hosts_of

    found = []
    for field in ("database_url", "database_url_unpooled"):
        secret = getattr(case.settings, field)
        try:
            url = parse(secret.get_secret_value()) if secret else None
        except InvalidDatabaseUrl:  # another check reports it
            continue
        if url is None or all(_is_here(host) for host in hosts_of(url)):
            continue
        if url.query.get("sslmode") not in ENFORCING:
            evidence = f"{field.upper()} is {address(secret.get_secret_value())}"
            mend = f"Add ?sslmode=require to {field.upper()}."
            found.append(TLS_OPTIONAL.found(evidence, mend=mend))
    return found


def _is_here(host: "Host") -> bool:
    """Whether what is sent to it leaves this machine."""
    return host.is_socket or (host.address or host.name) in ("", *LOCAL)


CHECKS = (
    Check(Group.SECURITY, "SECRET_KEY cannot be guessed", strong_secret),
    Check(Group.SECURITY, "SECRET_KEY opens the signing keys", signing_keys),
    Check(Group.SECURITY, "backend/.env is closed to others", closed_env_file),
    Check(Group.SECURITY, "backend/.env is not committed", uncommitted_env_file),
    Check(Group.SECURITY, "Production is reached safely", safe_production),
    Check(Group.SECURITY, "People are told apart by address", clients_told_apart),
)
