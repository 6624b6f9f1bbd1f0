"""An app's tables with foreign keys to users: its own ON DELETE decides what a deletion does."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg2
import pytest

from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection
PASSWORD = "testpass123"
ORDERS = 'CREATE TABLE shop.orders (id bigint, user_id bigint {} REFERENCES "user" (id) {})'
TRIGGER = """
CREATE TABLE shop.orders (id bigint, user_id bigint);
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the orders of % are open', OLD.email; END $$;
CREATE TRIGGER keep BEFORE DELETE ON "user" FOR EACH ROW EXECUTE FUNCTION shop.keep()
"""
REFUSING = {
    "no action": ORDERS.format("", ""),
    "restrict": ORDERS.format("", "ON DELETE RESTRICT"),
    "at the end": ORDERS.format("", "DEFERRABLE INITIALLY DEFERRED"),
    "set null where it may not be": ORDERS.format("NOT NULL", "ON DELETE SET NULL"),
    "a trigger": TRIGGER,
}


@pytest.fixture
def host(
    client: httpx.Client, direct: Connection
) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """The database of an app, which has a schema of its own."""

    def run(statement: str) -> list[tuple[object, ...]]:
        with direct.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    assert client.base_url.host
    run("CREATE SCHEMA shop")
    yield run
    run("DROP SCHEMA shop CASCADE")


def delete(client: httpx.Client, me: dict[str, Any]) -> httpx.Response:
    body = {"password": PASSWORD}
    return client.post("/auth/profile/delete", headers=me["headers"], json=body)


@pytest.mark.parametrize("table", REFUSING.values(), ids=REFUSING.keys())
def test_a_table_that_refuses_keeps_the_account(
    client: httpx.Client,
    sign_up: SignUp,
    host: Callable[[str], list[tuple[object, ...]]],
    caplog: pytest.LogCaptureFixture,
    table: str,
) -> None:
    host(table)
    me = sign_up()
    host(f"INSERT INTO shop.orders SELECT 1, {me['id']}")
    answer = delete(client, me)
    assert_problem(answer, 409, "account_in_use")
    assert "orders" not in answer.text
    assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
    assert host("SELECT id, user_id FROM shop.orders") == [(1, me["id"])]
    (said,) = {line for line in caplog.messages if line.startswith("account_in_use: ")}
    if table != TRIGGER:
        assert "table='shop.orders'" in said
    assert me["email"] not in said
    assert not any("account.deleted" in line for line in caplog.messages)


@pytest.mark.parametrize(
    ("action", "left"),
    [("ON DELETE CASCADE", []), ("ON DELETE SET NULL", [(1, None)])],
)
def test_a_table_that_gives_way_follows_its_own_rule(
    client: httpx.Client,
    sign_up: SignUp,
    host: Callable[[str], list[tuple[object, ...]]],
    action: str,
    left: list[tuple[object, ...]],
) -> None:
    host(ORDERS.format("", action))
    me = sign_up()
    host(f"INSERT INTO shop.orders SELECT 1, {me['id']}")
    assert delete(client, me).status_code == 204
    assert host("SELECT id, user_id FROM shop.orders") == left


def test_without_rows_a_table_refuses_nothing(
    client: httpx.Client, sign_up: SignUp, host: Callable[[str], list[tuple[object, ...]]]
) -> None:
    host(ORDERS.format("", "ON DELETE RESTRICT"))
    assert delete(client, sign_up()).status_code == 204
