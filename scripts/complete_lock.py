"""Completes a package-lock.json for platforms other than the one on which it was written.

If the registry does not serve a package, npm leaves it out of the lock, and then refuses to install
from that lock anywhere, even if the package is not needed. So this script adds the native
binaries that other packages name. Their exact version is in those packages, their platform in their
own name, and their hash comes from the registry if it has one. A binary without a hash would be
installed unchecked on its platform, so the last line that this prints should say 0.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "package-lock.json"
SYSTEMS = "aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32"
PROCESSORS = "arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64"


def main(path: Path) -> None:
    lock = json.loads(path.read_text())
    packages = lock["packages"]
    missing = {
        f"node_modules/{name}": entry(name, version, dev=package.get("dev", False))
        for package in tuple(packages.values())
        for name, version in package.get("optionalDependencies", {}).items()
        if not any(path.endswith(f"node_modules/{name}") for path in packages)
    }
    packages |= missing
    for place in unchecked(packages):
        name, version = place.rpartition("node_modules/")[2], packages[place]["version"]
        if integrity := integrity_of(name, version):
            packages[place]["integrity"] = integrity
    for package in packages.values():
        package.pop("funding", None)  # a lock has no addresses for donations
    lock["packages"] = dict(sorted(packages.items()))
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
    print(f"package-lock.json: {len(missing)} packages of other platforms added")
    print(f"package-lock.json: {len(unchecked(packages))} packages are without a hash")


def unchecked(packages: dict[str, dict[str, object]]) -> list[str]:
    return [
        place
        for place, package in packages.items()
        if is_installed(place, package) and "integrity" not in package
    ]


def is_installed(place: str, package: dict[str, object]) -> bool:
    """False for the folders of the workspace and the links to them."""
    return "node_modules/" in place and "link" not in package


def integrity_of(name: str, version: str) -> str | None:
    answer = subprocess.run(
        ("npm", "view", f"{name}@{version}", "dist.integrity"),
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or None


def entry(name: str, version: str, *, dev: bool) -> dict[str, object]:
    if not re.fullmatch(r"\d[\w.+-]*", version):
        sys.exit(f"{name} is not in the lock, and {version} is no exact version to write down")
    found: dict[str, object] = {"version": version}
    if processor := re.search(rf"\b({PROCESSORS})\b", name):
        found["cpu"] = [processor[1]]
    if dev:
        found["dev"] = True
    if libc := re.search(r"linux.*-(gnu|musl)", name):
        found["libc"] = ["glibc" if libc[1] == "gnu" else "musl"]
    found["optional"] = True
    if system := re.search(rf"\b({SYSTEMS})\b", name):
        found["os"] = [system[1]]
    return found


if __name__ == "__main__":
    for given in sys.argv[1:] or [str(LOCK)]:
        main(Path(given))
