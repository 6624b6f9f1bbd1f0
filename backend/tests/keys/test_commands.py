"""`postern keys` and `postern purge`, as an operator runs them."""

import httpx

from tests.support.commands import postern
from tests.support.live import forget_keys


def test_the_commands_list_rotate_and_retire_keys(client: httpx.Client) -> None:
    assert postern("keys", "list").stdout == "There is no key yet: the first sign-in makes one.\n"
    (first,) = client.get("/.well-known/jwks.json").json()["keys"]
    rotated = postern("keys", "rotate")
    assert rotated.returncode == 0
    new = rotated.stdout.split()[0]
    forget_keys()
    assert new in [key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]]
    lines = postern("keys", "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [[new, "next"], [first["kid"], "signing"]]
    again = postern("keys", "rotate")
    assert again.returncode == 1
    assert again.stderr.startswith(f"Nothing was changed: {new} is published already")
    refused = postern("keys", "retire", first["kid"])
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "signs now" in refused.stderr
    assert postern("keys", "retire", new).returncode == 0
    assert postern("keys", "retire", new).stderr == f"Nothing was changed: there is no key {new}\n"


def test_purge_says_what_it_removed() -> None:
    done = postern("purge")
    assert (done.returncode, done.stdout) == (
        0,
        "Removed 0 sessions, 0 signing keys and 0 limits that were not in use.\n",
    )
