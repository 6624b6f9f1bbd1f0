"""Which broken lines the tests notice: `python -m tests.mutations [package …]`.

Breaks one line at a time in a copy of the project and runs the tests of its package. It finds a
line by its text, wherever it stands in `src`. `tests/test_mutations.py` checks that it is there.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BACKEND = Path(__file__).resolve().parents[1]
ROOT = BACKEND.parent
NOT_COPIED = (
    *(".git", ".venv*", ".tools", ".env", ".data", ".next", "node_modules", "test-results"),
    *("__pycache__", ".*_cache", ".hypothesis", "results"),
)
WITHIN = 600
"""Seconds for the tests of one package; a line that makes them hang is noticed."""


class AlreadyRedError(Exception):
    """The tests fail before anything is broken."""


@dataclass(frozen=True)
class Package:
    tests: tuple[str, ...]
    """Below `tests`, those that are likely to notice first."""
    lines: tuple[tuple[str, str], ...]
    """A text that is in `src` once, and what replaces it."""


PACKAGES = {
    "accounts": Package(
        ("accounts",),
        (
            (
                "if current is not None and normalize(secret) ==",
                "if current is None and normalize(secret) ==",
            ),
            (
                "            own = words_of_person(email, name)\n            await",
                "            own = ()\n            await",
            ),
            ("    if not changes:\n", "    if True:\n"),
            ("email_verified=row.email_verified_at is not None", "email_verified=True"),
            ("await in_transaction(steps.refuse_taken, email)", "pass"),
            (
                "users.delete(db, lock_verified(db, credentials))",
                "lock_verified(db, credentials)",
            ),
        ),
    ),
    "audit": Package(
        ("audit",),
        (
            ("level = logging.WARNING if event in NOT_AS_PLANNED", "level = logging.INFO if event"),
            ('hooks.listen(db, "after_commit", committed, once=True)', "committed(db)"),
            ('(visitor.user_agent or "")[:MAX_USER_AGENT]', 'visitor.user_agent or ""'),
            (
                "{name: fact for name, fact in facts.items() if fact is not None}, **_client",
                "{name: fact for name, fact in facts.items()}, **_client",
            ),
        ),
    ),
    "auth": Package(
        ("auth", "ratelimit/test_guessing.py", "ratelimit/test_known_devices.py"),
        (
            ("if at > datetime.fromtimestamp(seconds, UTC) + KEEP:", "if False:"),
            ("(own, *others)[:MAX_ACCOUNTS]", "(own, *others)"),
            (
                "if token is None or len(token) > MAX_LENGTH:\n        return None\n    keys",
                "if token is None:\n        return None\n    keys",
            ),
            (
                "return _of_account(secret, account) + password",
                "return _of_account(secret, account) + bytes(PASSWORD_BYTES)",
            ),
            ("patience=((UNKNOWN_DEVICES, account),)", "patience=()"),
            (
                "if not _is_verdict(error):\n                self.limiter",
                "if False:\n                self.limiter",
            ),
            ("            col(SigninAttempt.tries) < MAX_TRIES,\n", ""),
            ("            (last < step) | (last > step + FAR_AHEAD + DRIFT),\n", ""),
            ("return () if shown & set(factors) else factors", "return ()"),
            (
                "    if attempt.password_fingerprint != binding(user.password_hash):",
                "    if False:",
            ),
            (
                "            col(SigninAttempt.origin_digest) == _origin(visitor, device),\n",
                "",
            ),
            (
                "        .where(col(RecoveryCode.id) == code_id, *_unused(user.id))",
                "        .where(col(RecoveryCode.id) == code_id)",
            ),
            (
                "patience=((SESSION, subject), (SESSIONS, str(claims.user_id)))",
                "patience=((SESSION, subject),)",
            ),
        ),
    ),
    "database": Package(
        ("database",),
        (
            (
                "return at_most if until is None else max(0.0, ",
                "return at_most if until is None else min(0.0, ",
            ),
            ('return f"{quoted(schema)}, pg_temp"', 'return f"pg_temp, {quoted(schema)}"'),
            ("if host.port and port and host.port != int(port)", "if False"),
            ("if changed == given and hosts == hosts_of(url)", "if changed == given"),
            ("if time.monotonic() < self._next_probe", "if False"),
            (
                "return state.startswith(AWAY) and state != errorcodes.QUERY_CANCELED",
                "return state.startswith(AWAY)",
            ),
        ),
    ),
    "doctor": Package(
        (
            "doctor/test_doctor_code.py",
            "doctor/test_doctor_security.py",
            "doctor/test_doctor_settings.py",
        ),
        (
            ("if cached.is_file() and _is_stale(source, cached):", "if cached.is_file():"),
            ("if in_place and not any(source.exists() for source in sources)", "if in_place"),
            (
                "return runs != loader.source_to_code(source.read_bytes(), str(source))",
                "return False",
            ),
            ("if mode & (stat.S_IRWXG | stat.S_IRWXO):", "if mode & stat.S_IRWXO:"),
            ("if asked.returncode == KNOWN:", "if False:"),
        ),
    ),
    "embedded": Package(
        ("embedded",),
        (
            ("if version != str(MAJOR_VERSION):", "if False:"),
            ("if place.is_symlink() and not place.exists():", "if False:"),
            ("if self.data_dir.exists() and not _is_empty_folder(self.data_dir):", "if False:"),
            ("return len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH", "return True"),
            ("if self.share is None or self.opened_by != os.getpid():", "if self.share is None:"),
        ),
    ),
    "instance": Package(
        ("instance", "flows/test_copies.py"),
        (
            ("if settings.environment not in UNATTENDED:", "if False:"),
            ('if "environment" not in settings.model_fields_set and not embedded:', "if False:"),
            ("removed = keys.remove_all(db)", "removed = 0"),
            ("ended = sessions.end_all(db, by=EndedBy.FORK)", "ended = 0"),
            ("if now_seen is None or not now_seen.is_a_copy:", "if now_seen is None:"),
        ),
    ),
    "keys": Package(
        ("keys",),
        (
            ("if key.signs_from > at:", "if key.signs_from >= at:"),
            (
                "return KeyState.VERIFYING if at < until else KeyState.SPENT",
                "return KeyState.VERIFYING",
            ),
            (
                "return min(later) + key.longest_ttl + LEEWAY if later else None",
                "return min(later) + LEEWAY if later else None",
            ),
            ("if state is KeyState.SIGNING:", "if False:"),
            ('if {etag, "*"} & _tags(', "if False and _tags("),
            ("return begun[-1] if begun else None", "return begun[0] if begun else None"),
        ),
    ),
    "kit": Package(
        ("kit", "auth/test_devices.py", "keys/test_keys.py"),
        (
            ("if sealed != SEALED + base64.b64encode(raw).decode():", "if False:"),
            ("nonce = random_bytes(NONCE_BYTES)", "nonce = bytes(NONCE_BYTES)"),
            ('info=f"postern: {purpose}".encode()', 'info=b"postern"'),
            ('if "\\0" in text:', "if False:"),
            ("if name not in known:", "if False:"),
        ),
    ),
    "mail": Package(
        ("mail",),
        (
            (
                "        .with_for_update(skip_locked=True)\n    )\n    claimed",
                "    )\n    claimed",
            ),
            (".values(due_at=at + LEASE, attempts", ".values(due_at=at, attempts"),
            ("    signal.on_commit(db)\n", "    pass\n"),
            ("if mail.token_id is not None and not _extended(db, mail.token_id):", "if False:"),
        ),
    ),
    "passwords": Package(
        ("passwords", "auth/test_signin.py", "accounts/test_signup.py"),
        (
            ('return unicodedata.normalize("NFKC", password).encode()', "return password.encode()"),
            ("for lacking in range(cost, rounds):", "for lacking in range(rounds, rounds):"),
            (
                "if self._branches[name].size > (own.size if own else 0) + 1:",
                "if self._branches[name].size:",
            ),
            (
                'readable = len(secret) <= BCRYPT_BYTES and b"\\x00" not in secret',
                "readable = True",
            ),
            ("return not BCRYPT_SHA256.fullmatch(password_hash) or cost_of", "return cost_of"),
            (
                'unicodedata.normalize("NFKC", password).casefold()',
                'unicodedata.normalize("NFKC", password)',
            ),
            ("if rest == text or not rest:", "if True:"),
            ("if found.guesses >= IN_PRODUCTION and is_leaked", "if is_leaked"),
        ),
    ),
    "probes": Package(
        ("schema/test_watch.py", "schema/test_state.py", "flows/test_outages.py"),
        (
            (
                "    if state is None or not state.ready:\n        return problem_response",
                "    if state is None:\n        return problem_response",
            ),
            ("return get_settings().environment is not Environment.PRODUCTION", "return True"),
            (
                "unavailable = state.status in {SchemaStatus.UNREACHABLE, SchemaStatus.READ_ONLY}",
                "unavailable = True",
            ),
            (
                'notice="database_is_a_copy" if watch_of(request).copies.undecided else None',
                "notice=None",
            ),
        ),
    ),
    "ratelimit": Package(
        ("ratelimit",),
        (
            ("where=then <= at + policy.window,", "where=then <= at + 2 * policy.window,"),
            (
                "func.greatest(func.least(full_at, literal(at + policy.window)), literal(at))",
                "func.least(full_at, literal(at + policy.window))",
            ),
            (
                "func.least(full_at, literal(at + policy.window))",
                "full_at",
            ),
            (
                "earlier = col(RateLimit.full_at) - policy.interval",
                "earlier = col(RateLimit.full_at)",
            ),
            (
                "gone = delete(RateLimit).where(_named(policy, subject))",
                "gone = delete(RateLimit).where(False)",
            ),
        ),
    ),
    "schema": Package(
        (
            "schema/test_place.py",
            "schema/test_losses.py",
            "schema/test_state.py",
            "schema/test_identity.py",
            "schema/test_privileges.py",
        ),
        (
            (
                "return any(None not in pair and pair[0] != pair[1] for pair in pairs)",
                "return any(pair[0] != pair[1] for pair in pairs)",
            ),
            (
                "if app.database_oid != direct.database_oid or _differ(app, direct):",
                "if _differ(app, direct):",
            ),
            (
                "if evidence.pending:\n        return SchemaStatus.BEHIND",
                "if False:\n        return SchemaStatus.BEHIND",
            ),
            (
                "return SchemaStatus.AHEAD if newer else SchemaStatus.UNKNOWN_REVISION",
                "return SchemaStatus.AHEAD",
            ),
            ("return READ if table in READ_ONLY_TABLES else WRITE", "return WRITE"),
            (
                'return bool(names & LEADS_NAMES_ELSEWHERE) or names == {"reset", "all"}',
                "return bool(names & LEADS_NAMES_ELSEWHERE)",
            ),
        ),
    ),
    "sessions": Package(
        ("sessions", "auth/test_bearer.py", "auth/test_step_up.py"),
        (
            ("or (needs_second and level_of(shown.amr) != TWO_FACTORS)", ""),
            (
                "col(User.disabled_at).is_(None),\n        col(UserSession.password",
                "col(UserSession.password",
            ),
            ("        col(UserSession.password_fingerprint) == binding_of_user(),\n", ""),
            (
                "return col(UserSession.ended_at).is_(None), col(UserSession.idle_expires_at) > at",
                "return (col(UserSession.ended_at).is_(None),)",
            ),
            ("just_before = current.generation == presented.generation + 1", "just_before = True"),
            (
                "by=EndedBy.TOKEN_REUSE, **whose)",
                "by=EndedBy.TOKEN_REUSE) if False else None",
            ),
            ("if current.handouts < MAX_HANDOUTS and", "if"),
            (
                "hmac.compare_digest(_mac(secret, message), mac) for secret in secrets",
                "True for _ in secrets",
            ),
            ("if signed.expires <= now - leeway:", "if signed.expires <= now - 2 * leeway:"),
            (
                "*open_of(claims.user_id), col(UserSession.id) == session_id, by=by",
                "col(UserSession.id) == session_id, by=by",
            ),
            ("return func.least(at + idle, UserSession.expires_at)", "return at + idle"),
        ),
    ),
    "upkeep": Package(
        ("upkeep",),
        (
            (
                "            if not stopping.is_set():\n                outcome",
                "            if True:\n                outcome",
            ),
            (
                "        if lease is None:\n            continue",
                "        if False:\n            continue",
            ),
            ("if not self._looked or self._database.idle_for < IN_USE_FOR:", "if True:"),
        ),
    ),
    "users": Package(
        ("accounts", "users", "auth/test_signin.py", "test_properties.py"),
        (
            ("return email.casefold()", "return email.lower()"),
            ("if row.email_key == former and same_domain(row.email, email):", "if False:"),
            ("same_domain(holder, email):", "True:"),
            ("transitional=False", "transitional=True"),
            ("if constraint_of(error) in ONE_ACCOUNT:", "if True:"),
            ("col(User.password_hash).is_not_distinct_from(credentials.password_hash),", ""),
            (
                'return unicodedata.normalize("NFC", name).strip() or None',
                "return name.strip() or None",
            ),
        ),
    ),
    "verification": Package(
        ("accounts/test_addresses.py", "accounts/test_recovery.py", "auth/test_magic_link.py"),
        (
            (
                "    if row.used_at is not None:\n        raise LinkUsed",
                "    if False:\n        raise LinkUsed",
            ),
            (
                "    if row.expires_at <= now():\n        raise LinkExpired",
                "    if False:\n        raise LinkExpired",
            ),
            (
                "    if row.password_fingerprint != binding(user.password_hash):",
                "    if False:",
            ),
            (
                "digest(token), col(MailedToken.purpose) == purpose.value",
                "digest(token)",
            ),
            (
                "    if used.rowcount == 0:\n        raise LinkUsed",
                "    if False:\n        raise LinkUsed",
            ),
            ("        _replace(db, user.id, *same)\n", "        pass\n"),
        ),
    ),
    "web": Package(
        (
            "web/test_strict_json.py",
            "web/test_visitor.py",
            "web/test_problems.py",
            "web/test_protocol.py",
        ),
        (
            ("if len(result) != len(pairs):", "if False:"),
            ('if text.startswith("\\ufeff"):', "if False:"),
            ('extra="forbid", strict=True', 'extra="forbid"'),
            ('if charset.lower() not in {"utf-8", "utf8"}:', "if False:"),
            ("if len(body) > MAX_BODY:", "if False:"),
            ("if address in NAT64:", "if False:"),
            ("if len(path) > MAX_NESTING:", "if False:"),
        ),
    ),
}


def where(text: str, source: Path = BACKEND / "src") -> Path:
    """The one file in which this text stands, once."""
    found = [path for path in sorted(source.rglob("*.py")) if text in path.read_text()]
    if len(found) != 1 or found[0].read_text().count(text) != 1:
        names = ", ".join(str(path.relative_to(source)) for path in found) or "no file"
        raise LookupError(f"{text!r} stands in {names}, and must stand in src once")
    return found[0]


def survivors(name: str, backend: Path) -> Iterator[str]:
    """The lines of this package that no test misses."""
    package = PACKAGES[name]
    if not passes(backend, package):
        raise AlreadyRedError
    for text, broken in package.lines:
        path = where(text, backend / "src")
        before = path.read_text()
        path.write_text(before.replace(text, broken))
        noticed = not passes(backend, package)
        path.write_text(before)
        print(f"{name}: {'caught' if noticed else 'NOT CAUGHT'}: {text}", file=sys.stderr)  # noqa: T201
        if not noticed:
            yield text


def passes(backend: Path, package: Package) -> bool:
    for cache in (backend / "src").rglob("__pycache__"):
        shutil.rmtree(cache)  # it may be of the same second and size as the line before
    tests = (f"tests/{path}" for path in package.tests)
    options = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestWarning")
    command = (sys.executable, "-m", "pytest", *options, *tests)
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=backend, stdout=quiet, stderr=quiet) as running:
        try:
            return running.wait(WITHIN) == 0
        except subprocess.TimeoutExpired:
            running.terminate()  # it stops its servers then
            return False


def main(*names: str) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="postern-") as folder:
        copy = Path(folder) / "postern"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
        print("| Package | Lines | Caught | Not caught |\n|---|---|---|---|")  # noqa: T201
        for name in names or PACKAGES:
            lines = len(PACKAGES[name].lines)
            try:
                alive = list(survivors(name, copy / "backend"))
            except AlreadyRedError as error:
                missed += 1
                print(f"| {name} | {lines} | 0 | {error.__doc__} |", flush=True)  # noqa: T201
                continue
            missed += len(alive)
            shown = ", ".join(f"`{text.strip()}`" for text in alive)
            print(f"| {name} | {lines} | {lines - len(alive)} | {shown} |", flush=True)  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
