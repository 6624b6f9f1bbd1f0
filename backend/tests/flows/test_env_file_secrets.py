"""A .env file contains secrets in every wrong form, and no output shows a part of one."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from src.doctor.checks import reachability, security, settings, web_app
from src.doctor.rendering import Page, render
from src.settings import Settings
from tests.support import checkout, memory
from tests.support.checkout import Copy
from tests.support.ports import free_port

CHECKS = (*settings.CHECKS, *reachability.CHECKS, *security.CHECKS, *web_app.CHECKS)
PIECE = 6
GOOD = "SECRET_KEY=kX3v9QmTz7LbR2wYf8NcHd5JpGs6UaVe1Zq4Bo0Ix\n"
NEXT = "\nLOG_LEVEL=debug\nDB_POOL_SIZE=5\n"
URL = "postgresql://app:{}@127.0.0.1:1/app"


def made_up() -> tuple[str, ...]:
    """Realistic keys and passwords; the same in every run."""
    chance = Random(20)  # noqa: S311  no secret, and always the same
    upper, lower = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
    return (
        base64.b64encode(chance.randbytes(64)).decode(),  # as `openssl rand -base64 64` makes it
        base64.b64encode(chance.randbytes(16)).decode(),
        base64.urlsafe_b64encode(chance.randbytes(48)).decode(),
        chance.randbytes(32).hex(),
        "".join(chance.choices(upper, k=24)),
        "".join(chance.choices(lower, k=24)),
        "".join(chance.choices(f"{upper}0123456789_", k=24)),
    )


SECRETS = made_up()


def wrapped(secret: str, width: int) -> str:
    return "\n".join(secret[at : at + width] for at in range(0, len(secret), width))


def names(secret: str, end: str) -> str:
    """Parts of a secret in the place of a name, as written, in upper case and in lower case."""
    word = re.sub(r"\W", "", secret)
    pieces = [word[at : at + length] for length in (6, 8, 12, 22, 48) for at in (0, 5)]
    return "".join(
        f"{case}{end}\n" for piece in pieces for case in (piece, piece.upper(), piece.lower())
    )


SHAPES: dict[str, Callable[[str], str | bytes]] = {
    "alone": lambda secret: f"{secret}{NEXT}",
    "an address alone": URL.format,
    "an address with a query alone": lambda secret: f"{URL.format(secret)}?sslmode=require",
    "a colon": lambda secret: f"DATABASE_URL:{URL.format(secret)}",
    "a colon, and = further on": lambda secret: (
        f"DATABASE_URL:{URL.format(secret)}?sslmode=require"
    ),
    "a colon and a space": lambda secret: f"SECRET_KEY: {secret}",
    "a space": lambda secret: f"SECRET_KEY {secret}",
    "no name": lambda secret: f"={secret}",
    "spaces around": lambda secret: f"  SECRET_KEY  =  {secret}  \n  {secret}  =  x",
    "wrapped at 64": lambda secret: f"SECRET_KEY={wrapped(secret, 64)}\n",
    "wrapped at 40": lambda secret: f"SECRET_KEY={wrapped(secret, 40)}{NEXT}",
    "wrapped at 21": lambda secret: f"A_KEY={wrapped(secret, 21)}{NEXT}",
    "begun in the next line": lambda secret: f"SECRET_KEY=\n{secret}\n",
    "continued by a backslash": lambda secret: f"SECRET_KEY={secret[:20]}\\\n{secret[20:]}\n",
    'a " not closed': lambda secret: f'DATABASE_URL="{URL.format(secret)}{NEXT}',
    "a ' not closed": lambda secret: f"DATABASE_URL='{URL.format(secret)}{NEXT}",
    "a ` not closed": lambda secret: f"DATABASE_URL=`{URL.format(secret)}{NEXT}",
    "a quote closed further down": lambda secret: f'SECRET_KEY="{wrapped(secret, 16)}"{NEXT}',
    "a quoted name": lambda secret: f"'{secret}'=x\n'{secret}\n'=x",
    "text after the quote": lambda secret: f'SECRET_KEY="{secret[:8]}"{secret[8:]}',
    "escapes": lambda secret: f'SECRET_KEY="{secret}\\n{secret}\\t"',
    "export": lambda secret: f"export {secret}\nexport SECRET_KEY {secret}\nexport {secret}=x",
    "a comment": lambda secret: f"# {secret}\n#{secret}=x\nLOG_LEVEL= # {secret}\n",
    "JSON": lambda secret: json.dumps({"SECRET_KEY": secret}, indent=2),
    "an address of libpq's other kind": lambda secret: f"host=db password={secret}",
    "UTF-16": lambda secret: f"SECRET_KEY={secret}\n".encode("utf-16"),
    "UTF-16 without its mark": lambda secret: f"SECRET_KEY={secret}\n".encode("utf-16-le"),
    "Latin-1": lambda secret: f"SECRET_KEY={secret}ä\n".encode("latin-1"),
    "NUL": lambda secret: f"SECRET_KEY={secret[:9]}\0{secret[9:]}\n",
    "two names": lambda secret: f"SECRET_KEY={secret}\nsecret_key={secret[::-1]}\n",
    "one name twice": lambda secret: f"SECRET_KEY={secret}\n\nSecret_Key={secret}\n",
    "names and values": lambda secret: names(secret, "=x"),
    "names": lambda secret: names(secret, "="),
    "padded names": lambda secret: names(secret, "=="),
    "name and value exchanged": lambda secret: f"{secret}=SECRET_KEY",
    **{
        f"{name.upper()}, which it is not": lambda secret, name=name: f"{name.upper()}={secret}"  # type: ignore[misc]
        for name in Settings.model_fields
    },
    **{
        f"{name.upper()}, as an address": lambda secret, name=name: (  # type: ignore[misc]
            f"{name.upper()}={URL.format(secret)}"
        )
        for name in Settings.model_fields
    },
}


PUBLIC = {"DATABASE_SCHEMA, which it is not", "APP_NAME, which it is not"}
"""There the text would be the name of a schema or of the app, and such names are not secret."""


def leaks(secret: str, text: str) -> list[str]:
    """The parts of the secret that are in the text, in upper or lower case."""
    lower, text = secret.lower(), text.lower()
    pieces = (lower[at : at + PIECE] for at in range(len(lower) - PIECE + 1))
    return [piece for piece in pieces if piece in text]


def content(shape: str, secret: str) -> bytes:
    text = SHAPES[shape](secret)
    return text if isinstance(text, bytes) else text.encode()


@pytest.fixture(scope="module")
def own() -> Iterator[Copy]:
    with memory.folder() as made:
        yield checkout.copy(made / "postern")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)


def said(copy: Copy) -> str:
    """All output of the settings and the doctor, in every form."""
    case, report = copy.case(), copy.examine(*CHECKS)
    assert report.failed == ()
    shown = render(report, Page(100, colour=False)) + json.dumps(report.document())
    return f"{shown} {case.reading!r} {case.reading}"


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape not in PUBLIC])
def test_no_part_of_a_secret_in_backend_env_is_shown(own: Copy, shape: str) -> None:
    for secret in SECRETS:
        own.checkout.env_file.write_bytes(content(shape, secret))
        assert leaks(secret, said(own)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_no_part_of_a_secret_in_another_file_is_shown(own: Copy, shape: str) -> None:
    own.checkout.env_file.write_text(GOOD)
    others = [own.checkout.root / ".env", own.checkout.frontend / ".env.local"]
    for secret in SECRETS:
        for path in others:
            path.write_bytes(content(shape, secret))
        assert leaks(secret, said(own)) == []
    for path in others:
        path.unlink()


class TestProcesses:
    """Each ends at once, names the line, and shows nothing of the secret."""

    COMMANDS = (
        ("-m", "src.cli", "doctor"),
        ("-m", "src.cli", "migrate"),
        ("-m", "alembic", "current"),
        ("diagnose_schema.py",),
        ("-m", "uvicorn", "src.main:app", "--port", "{port}"),
        ("-m", "src.cli", "serve", "--port", "{port}"),
        ("-m", "src.cli", "serve", "--port", "{port}", "--workers", "2"),
    )
    SHAPES = ('a " not closed', "a colon", "wrapped at 64")
    FAULTS = (
        'the quote " of DATABASE_URL on line 1 is not closed on that line',
        "line 5 is not NAME=value",
        "SECRET_KEY on line 6 seems to continue on line 7",
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_a_command_with_an_unreadable_env_file_ends_at_once(
        self, own: Copy, command: tuple[str, ...]
    ) -> None:
        secret = SECRETS[0]
        lines = b"\n".join(content(shape, secret).rstrip() for shape in self.SHAPES)
        own.checkout.env_file.write_bytes(lines.replace(b"\nDATABASE_URL:", b"\n\nDATABASE_URL:"))
        done = run(own.backend, *command)
        said = " ".join(done.stdout.split())

        assert done.returncode != 0
        assert [fault for fault in self.FAULTS if fault not in said] == []
        assert "Traceback" not in said
        assert leaks(secret, said) == []
        assert not own.checkout.data.exists()


def run(backend: Path, *command: str) -> subprocess.CompletedProcess[str]:
    arguments = (part.format(port=free_port()) for part in command)
    return subprocess.run(
        (sys.executable, *arguments),
        cwd=backend,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
