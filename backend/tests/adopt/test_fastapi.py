"""docs/adopt/fastapi.md and docs/adopt/tests.md, followed word for word in a fresh app."""

import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.adopt.conftest import SHOP, Shop
from tests.support import guides
from tests.support.http_client import make_client
from tests.support.ports import free_port
from tests.support.resource_servers import Postern, wait_for

GUIDE = guides.read("fastapi.md")
TESTS = guides.read("tests.md")
START, INSTALL, SERVE, TRY = range(4)
SETTING = 1
"""The line with POSTERN_ISSUER, which stands in a command."""
POSTERN, SERVICE = "http://localhost:8000", "http://localhost:9000"


def test_the_guide_has_at_most_four_steps_and_seven_lines() -> None:
    assert len(GUIDE.steps) <= 4
    assert GUIDE.lines + SETTING <= 7
    assert len(GUIDE.commands) == 4
    assert GUIDE.commands[START] == "make dev\n"
    # By name, pip may find a package of somebody else.
    assert re.findall(r"^pip install (\S+)", GUIDE.commands[INSTALL], re.MULTILINE) == [
        '"wheels/postern_auth-0.1.0-py3-none-any.whl[fastapi]"'
    ]
    assert len((SHOP / "main.py").read_text().splitlines()) == 20


@pytest.fixture(scope="module")
def began(shop: Shop) -> float:
    """When the shop was there and the guide was opened."""
    assert shop.folder.exists()
    return time.monotonic()


@pytest.fixture(scope="module")
def followed(shop: Shop, began: float) -> Shop:
    """The shop after the third step. What the guide changes is all that is changed."""
    assert began
    shop.run(GUIDE.commands[INSTALL])
    GUIDE.follow(shop.folder)
    return shop


@pytest.fixture
def address(followed: Shop, postern: Postern) -> Iterator[str]:
    """The shop, started as the guide says."""
    port = free_port()
    command = GUIDE.commands[SERVE].replace(POSTERN, postern.url).replace("9000", str(port))
    shell = ("bash", "-c", f"exec env {command}")
    server = subprocess.Popen(shell, cwd=followed.folder, env=followed.environment)
    try:
        with make_client(port) as client:
            wait_for(client, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_the_commands_of_the_guide_show_the_orders_of_the_user(
    followed: Shop, postern: Postern, address: str, began: float, capfd: pytest.CaptureFixture[str]
) -> None:
    command = GUIDE.commands[TRY].replace(POSTERN, postern.url).replace(SERVICE, address)
    printed = followed.run(command)
    assert '"token_missing"' in printed
    assert printed.endswith('[{"id":1,"user_id":1,"item":"Lantern"}]')
    steps, lines = len(GUIDE.steps), GUIDE.lines + SETTING
    said = f"{steps} steps, {lines} lines, {time.monotonic() - began:.0f} seconds"
    with capfd.disabled():
        print(f"\ndocs/adopt/fastapi.md: {said}")  # noqa: T201  what the run is for


def test_an_endpoint_without_a_token_answers_401_and_docs_have_authorize(
    postern: Postern, address: str
) -> None:
    token = postern.access_token()
    with make_client(int(address.rpartition(":")[2])) as client:
        answer = client.get("/orders")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        accepted = client.get("/orders", headers={"Authorization": f"Bearer {token}"})
        assert (accepted.status_code, len(accepted.json())) == (200, 1)
        document = client.get("/openapi.json").json()
    assert document["paths"]["/orders"]["get"]["security"] == [{"Postern": []}]
    scheme = document["components"]["securitySchemes"]["Postern"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_a_wrong_issuer_stops_the_start_and_says_both_addresses(
    followed: Shop, postern: Postern
) -> None:
    wrong = postern.url.replace("127.0.0.1", "localhost")
    command = GUIDE.commands[SERVE].replace(POSTERN, wrong).replace("9000", str(free_port()))
    printed = followed.run(f"! {command}")
    assert f"says its issuer is {postern.url}, and POSTERN_ISSUER says {wrong}" in printed


def test_the_tests_of_the_guide_pass_without_a_server(followed: Shop) -> None:
    install, run, without = TESTS.commands
    followed.run(install)
    TESTS.follow(followed.folder)
    printed = followed.run(run)
    assert "5 passed" in printed  # unittest's is one of them
    assert "warning" not in printed
    assert "5 passed" in followed.run(f"export POSTERN_ISSUER=; {run}")
    assert "Ran 1 test" in followed.run(without)
    assert "OK" in followed.run(f"export POSTERN_ISSUER=http://localhost:8000; {without}")
