"""Whether secrets are secret, and production is safe to reach."""

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import URL
from sqlmodel import Session

from src.database.endpoints import InvalidDatabaseUrl, parse
from src.database.urls.hosts import Host, hosts_of
from src.doctor.case import DATABASE_URLS, Case
from src.doctor.checks.views import app_connection
from src.doctor.env_file import make_from_example
from src.doctor.report import (
    AutomaticFix,
    CannotExamine,
    Check,
    Condition,
    Fine,
    Found,
    Group,
    NotExamined,
    Outcome,
    found_or_fine,
)
from src.doctor.shown import address
from src.keys import steps as keys
from src.kit.weak_secrets import weakness_of
from src.passwords.common import IN_PRODUCTION, weakness
from src.passwords.errors import REASONS
from src.passwords.estimate import Weakness, words_in
from src.sessions import crowd
from src.settings import Environment

SECRET_UNSET = Condition(
    "secret_key_unset",
    "SECRET_KEY is not set",
    "Each process makes a key at its start. A restart signs everybody out, and two processes "
    "refuse each other's tokens. Production does not start without SECRET_KEY.",
    "SECRET_KEY is weak or not set",
)
SECRET_WEAK = Condition(
    "secret_key_weak",
    "SECRET_KEY can be guessed",
    "An attacker can make tokens for every account. Production does not start with it.",
    "SECRET_KEY is weak or not set",
)
KEYS_CLOSED = Condition(
    "signing_keys_closed",
    "SECRET_KEY does not open the signing keys in the database",
    "It was changed, or processes have different ones. Earlier tokens and sessions are refused, "
    "and so are those of the other processes.",
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
    "Its secrets are in every clone and in the history, even after it is removed.",
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
    "Production has a localhost address",
    "Links in mails and the issuer in tokens lead to the reader's own machine.",
    "Production needs https and real addresses",
)
TLS_OPTIONAL = Condition(
    "tls_not_required",
    "The connection to the database may go unencrypted",
    "Without sslmode=require (or stricter) libpq continues in clear text if the server, or an "
    "attacker between, declines TLS.",
    "The database connection may go unencrypted",
)
TLS_UNVERIFIED = Condition(
    "tls_not_verified",
    "The database's certificate is not checked",
    "The connection is encrypted, but an attacker on the network can pose as the database and read "
    "everything. Only sslmode=verify-full (or verify-ca) checks who answers.",
    "The database connection may go unencrypted",
)
DATABASE_PASSWORD = Condition(
    "database_password_weak",
    "The password of the database can be guessed",
    "Attackers try such passwords on every database that they can reach. This one is on another "
    "machine, so others may reach it, too.",
    "The password of the database can be guessed",
)
ONE_ADDRESS = Condition(
    "clients_behind_one_address",
    "All people seem to come from one address",
    "The proxy in front is not in TRUSTED_PROXIES, or sends no address in the header that "
    "CLIENT_ADDRESS_HEADER names. All people share the limits of one address, and a guesser "
    "cannot be distinguished from them.",
    "All people seem to come from one address",
)
UVICORN_TRUSTS = Condition(
    "forwarded_allow_ips_set",
    "FORWARDED_ALLOW_IPS overrides TRUSTED_PROXIES",
    "Plain uvicorn reads it before Postern sees a request, and takes the client's address from "
    "X-Forwarded-For by another rule. `postern serve` does not.",
    "All people seem to come from one address",
)
LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  looked for, not bound
VERIFYING = frozenset({"verify-ca", "verify-full"})
ENFORCING = frozenset({"require", *VERIFYING})
KNOWN, UNKNOWN = 0, 1
"""Exit codes of `git ls-files --error-unmatch`. Every other code is an error."""
MAKE_A_KEY = "openssl rand -base64 48"


def strong_secret(case: Case) -> Outcome:
    """Story: "SECRET_KEY is weak or not set"."""
    source = case.loaded.source_of("secret_key")
    if source == "the default":
        return SECRET_UNSET.found(
            "neither the process environment nor backend/.env sets it",
            fix=f"Set SECRET_KEY in backend/.env to the output of: {MAKE_A_KEY}",
            automatic=_make_env_file(case),
        )
    secret = case.settings.secret_key.get_secret_value()
    if why := weakness_of(secret):
        return SECRET_WEAK.found(
            f"SECRET_KEY from {source} {why}",
            fix=f"Set SECRET_KEY in {source} to the output of: {MAKE_A_KEY}",
        )
    previous = case.settings.secret_key_previous
    if previous and (why := weakness_of(previous.get_secret_value())):
        place = case.loaded.source_of("secret_key_previous")
        return SECRET_WEAK.found(
            f"SECRET_KEY_PREVIOUS from {place} {why}",
            fix=f"Remove SECRET_KEY_PREVIOUS from {place}. Everybody has to sign in again.",
        )
    return Fine(f"SECRET_KEY from {source}")


def signing_keys(case: Case) -> Outcome:
    """Story: "SECRET_KEY was changed"."""
    case.require_our_tables()
    with app_connection(case) as connection, Session(connection) as db:
        loaded = keys.load(db, case.settings.secret_keys)
    if closed := len(loaded.unreadable):
        return KEYS_CLOSED.found(
            f"{closed} of {closed + len(loaded.keys)} keys are sealed under another secret than "
            f"SECRET_KEY from {case.loaded.source_of('secret_key')}",
            fix="Give all processes the same SECRET_KEY. If it was changed because it had leaked, "
            "remove each such key of `postern keys list`: postern keys retire KID --leaked",
        )
    return Fine(f"keys that it opens: {len(loaded.keys)}")


def clients_have_addresses(case: Case) -> Outcome:
    """Report: alextselegidis/easyappointments 1946, one limit for all visitors of a proxy."""
    case.require_our_tables()
    found, header = [], case.settings.client_address_header
    if os.environ.get("FORWARDED_ALLOW_IPS"):
        fix = "Unset FORWARDED_ALLOW_IPS, and name the proxies in TRUSTED_PROXIES."
        found.append(UVICORN_TRUSTS.found("the process environment sets it", fix=fix))
    with app_connection(case) as connection, Session(connection) as db:
        seen = crowd.one_address(db)
    if seen and case.settings.environment is not Environment.DEVELOPMENT:
        people, address_ = seen
        evidence: tuple[str, ...] = (
            f"nearly all recent sign-ins, by {people} people, came from {address_}",
        )
        fix = f"If it is your proxy: let it send {header}, set TRUSTED_PROXIES={address_}"
        if _is_named(address_, case):
            evidence = (*evidence, f"TRUSTED_PROXIES names it, but no address arrived in {header}")
            fix = "Set CLIENT_ADDRESS_HEADER to the header that this proxy sends; the log names it."
        found.append(ONE_ADDRESS.found(*evidence, fix=fix))
    proxies = ", ".join(map(str, case.settings.trusted_proxies)) or "no proxy"
    return found_or_fine(found, f"{header} is trusted from {proxies}")


def _is_named(text: str, case: Case) -> bool:
    """Whether TRUSTED_PROXIES has the address."""
    try:
        address_ = ip_address(text)
    except ValueError:
        return False
    return any(address_ in network for network in case.settings.trusted_proxies)


def _make_env_file(case: Case) -> AutomaticFix | None:
    """Make backend/.env from the example, if it does not exist yet."""
    example, path = case.checkout.example, case.checkout.env_file
    if os.path.lexists(path) or not example.is_file() or not os.access(path.parent, os.W_OK):
        return None
    says = "made backend/.env from .env.example, with its own SECRET_KEY"
    return AutomaticFix(says, lambda: make_from_example(example, path))


def closed_env_file(case: Case) -> Outcome:
    """Story: "backend/.env can be read by others"."""
    path = case.checkout.env_file
    if not os.path.lexists(path):
        return Fine("there is no backend/.env")
    if not path.is_file():
        return NotExamined("backend/.env is not a file")
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        ours = os.geteuid() in {0, found.st_uid}
        close = AutomaticFix("closed backend/.env to other users (0600)", lambda: path.chmod(0o600))
        return OPEN_FILE.found(
            f"its mode is {mode:04o}",
            fix="chmod 600 backend/.env",
            automatic=close if ours else None,
        )
    return Fine(f"its mode is {mode:04o}")


def uncommitted_env_file(case: Case) -> Outcome:
    """Story: "backend/.env is under version control"."""
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
        raise CannotExamine(f"git does not answer: {said[0] if said else asked.returncode}")
    if asked.returncode == KNOWN:
        return COMMITTED.found(
            "git ls-files lists it",
            fix="git rm --cached backend/.env, then change every secret that was in it",
        )
    return Fine("git does not track it")


def safe_production(case: Case) -> Outcome:
    """Story: "Production needs https and real addresses"."""
    if case.settings.environment is not Environment.PRODUCTION:
        return Fine(f"this is {case.settings.environment}")
    found = []
    for name in ("api_url", "web_url"):
        found += _public_address(case, name)
    return found_or_fine(
        [*found, *_encrypted(case), *_secret_passwords(case)],
        "https, public addresses, TLS to the database, and a password that nobody guesses",
    )


def _public_address(case: Case, field: str) -> list[Found]:
    url = urlsplit(getattr(case.settings, field))
    evidence = f"{field.upper()} is {url.geturl()} ({case.loaded.source_of(field)})"
    fix = f"Set {field.upper()} to the https address that people use."
    if url.hostname in LOCAL:
        return [LOCALHOST.found(evidence, fix=fix)]
    return [NOT_HTTPS.found(evidence, fix=fix)] if url.scheme != "https" else []


def _remote_urls(case: Case) -> Iterator[tuple[str, URL, str]]:
    """The database URLs that lead to another machine: setting, parsed, and as shown."""
    for field in DATABASE_URLS:
        secret = getattr(case.settings, field)
        try:
            url = parse(secret.get_secret_value()) if secret else None
        except InvalidDatabaseUrl:  # another check reports it
            continue
        if url is not None and not all(_is_here(host) for host in hosts_of(url)):
            yield field, url, address(secret.get_secret_value())


def _encrypted(case: Case) -> list[Found]:
    found = []
    for field, url, shown in _remote_urls(case):
        evidence = f"{field.upper()} is {shown}"
        fix = (
            f"In {field.upper()}: sslmode=verify-full, and sslrootcert= with the file of your "
            "provider's certificate authority."
        )
        mode = url.query.get("sslmode")
        if mode not in ENFORCING:
            found.append(TLS_OPTIONAL.found(evidence, fix=fix))
        elif mode not in VERIFYING and "sslrootcert" not in url.query:
            found.append(TLS_UNVERIFIED.found(evidence, fix=fix))
    return found


def _secret_passwords(case: Case) -> list[Found]:
    """Those of examples, such as postgres:postgres, are among the most used ones."""
    found = []
    for field, url, shown in _remote_urls(case):
        names = (name for name in (url.username, url.database) if name)
        own = tuple(word for name in names for word in words_in(name))
        password = url.password
        if password and (why := weakness(password, own, at_least=IN_PRODUCTION)):
            reason = "It is the name of the role or of the database."
            reason = reason if why is Weakness.OWN else REASONS[why]
            found.append(
                DATABASE_PASSWORD.found(
                    f"{field.upper()} is {shown}",
                    f"about its password: {reason}",
                    fix=f"Give the role a random password, and put it into {field.upper()}: "
                    "openssl rand -hex 24",
                )
            )
    return found


def _is_here(host: Host) -> bool:
    """True if the host is this machine or a container of its private network.

    The Internet has no names without a dot.
    """
    place = host.address or host.name
    return host.is_socket or place in ("", *LOCAL) or not re.search(r"[.:]", place)


CHECKS = (
    Check(Group.SECURITY, "SECRET_KEY cannot be guessed", strong_secret),
    Check(Group.SECURITY, "SECRET_KEY opens the signing keys", signing_keys),
    Check(Group.SECURITY, "backend/.env is closed to others", closed_env_file),
    Check(Group.SECURITY, "backend/.env is not committed", uncommitted_env_file),
    Check(Group.SECURITY, "Production is safe to reach", safe_production),
    Check(Group.SECURITY, "People have their own addresses", clients_have_addresses),
)
