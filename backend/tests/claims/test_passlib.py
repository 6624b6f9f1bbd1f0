"""passlib and bcrypt: which pairs fail, on which Python, and why."""

import subprocess

import pytest

from tests.claims import interpreters

HASH = """
from passlib.hash import bcrypt
print(bcrypt.verify("testpass123", bcrypt.using(rounds=4).hash("testpass123")))
"""
SEVENTY_TWO = "password cannot be longer than 72 bytes, truncate manually if necessary"
FAILS_INSIDE = "in detect_wrap_bug"


def run_with(python: str, bcrypt: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` on this Python with passlib 1.7.4 and this bcrypt, in a throw-away environment."""
    uv = interpreters.uv()
    if uv is None:
        pytest.fail("uv is not here. Install it with: make setup", pytrace=False)
    command = (uv, "run", "--quiet", "--isolated", "--no-project", "--no-config")
    packages = ("--with", "passlib==1.7.4", "--with", f"bcrypt=={bcrypt}")
    return subprocess.run(
        (*command, "--python", python, *packages, "python", "-W", "ignore", "-c", code),
        capture_output=True,
        text=True,
        check=False,
    )


def test_bcrypt_5_fails_on_every_python_inside_of_passlibs_own_self_test(python: str) -> None:
    said = run_with(python, "5.0.0", HASH)

    assert said.returncode == 1
    assert SEVENTY_TWO in said.stderr
    assert FAILS_INSIDE in said.stderr, "it is not the eleven letters that are too long"


def test_bcrypt_4_0_works_on_every_python(python: str) -> None:
    said = run_with(python, "4.0.1", HASH)

    assert said.stdout.strip() == "True", said.stderr


def test_bcrypt_4_3_works_on_every_python_for_all_its_noise(python: str) -> None:
    said = run_with(python, "4.3.0", HASH)

    assert "module 'bcrypt' has no attribute '__about__'" in said.stderr
    assert said.stdout.strip() == "True", said.stderr


def test_bcrypt_itself_refuses_73_bytes_since_5_and_cut_them_off_before(python: str) -> None:
    code = """
import bcrypt
salt = bcrypt.gensalt(4)
print(bcrypt.hashpw(b"a" * 72, salt) == bcrypt.hashpw(b"a" * 73, salt))
"""
    assert run_with(python, "4.3.0", code).stdout.strip() == "True"
    assert SEVENTY_TWO in run_with(python, "5.0.0", code).stderr
