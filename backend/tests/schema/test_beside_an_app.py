"""docs/adopt/one-database.md: an app and Postern in one database, each with its own migrations."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from src.schema.state import SchemaStatus
from src.settings import BACKEND
from tests.schema.test_moving import move, status
from tests.support import warm
from tests.support.scratch import Scratch
from tests.support.service import alembic
from tests.support.service import run_postern as postern

GUIDE = (BACKEND.parent / "docs" / "adopt" / "one-database.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
ROLE = "shop_of_the_guide"
SQLALCHEMY, SQLMODEL = "class Order(Base)", "class Order(SQLModel"
USERS = """
INSERT INTO postern."user" (email, email_key, created_at, updated_at)
  VALUES ('ada@example.com', 'ada@example.com', now(), now()),
         ('eve@example.com', 'eve@example.com', now(), now())
"""
ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

import models
{include_name}

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=models.Order.metadata,
        include_schemas={include_schemas},
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()
"""


def block(language: str, words: str) -> str:
    found: str = next(code for kind, code in BLOCKS if kind == language and words in code)
    return found


class App:
    """An app with its own Alembic, in a folder of its own."""

    def __init__(self, folder: Path, database: Scratch) -> None:
        self.folder, self.database = folder, database

    def alembic(self, *arguments: str) -> str:
        done = warm.run("alembic", *arguments, cwd=self.folder, env=dict(os.environ))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def operations(self) -> list[str]:
        """What a new revision of the app would do."""
        versions = self.folder / "migrations" / "versions"
        before = {*versions.glob("*.py")}
        self.alembic("revision", "--autogenerate", "-m", "new")
        (made,) = {*versions.glob("*.py")} - before
        return re.findall(r"op\.(\w+\([^,)]*)", made.read_text().partition("def downgrade")[0])


@pytest.fixture
def beside(empty: Scratch) -> Scratch:
    """A database where Postern has the schema of the guide."""
    settings = {**empty.settings, "DATABASE_SCHEMA": "postern"}
    assert "DATABASE_SCHEMA=postern" in block("sh", "DATABASE_SCHEMA")
    alembic("upgrade", "head", settings=settings)
    return empty


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., App]:
    def make(
        database: Scratch,
        include_name: str,
        *,
        include_schemas: bool,
        models: str = SQLALCHEMY,
    ) -> App:
        folder = tmp_path / "app"
        (folder / "migrations" / "versions").mkdir(parents=True)
        url = database.direct.url.render_as_string(hide_password=False).replace("%", "%%")
        (folder / "alembic.ini").write_text(
            "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n"
            f"sqlalchemy.url = {url}\n"
        )
        template = Path(sys.modules["alembic"].__file__ or "").parent / "templates" / "generic"
        (folder / "migrations" / "script.py.mako").write_text(
            (template / "script.py.mako").read_text()
        )
        env = ENV.format(include_name=include_name, include_schemas=include_schemas)
        (folder / "migrations" / "env.py").write_text(env)
        (folder / "models.py").write_text(block("python", models))
        return App(folder, database)

    return make


@pytest.mark.parametrize(
    ("words", "include_schemas", "models"),
    [
        ("from postern_auth.alembic", True, SQLALCHEMY),
        ("from postern_auth.alembic", True, SQLMODEL),
        ("from postern_auth.alembic", False, SQLALCHEMY),
        ("def include_name", True, SQLALCHEMY),
    ],
)
def test_neither_alembic_proposes_anything_about_the_other(
    beside: Scratch,
    backend: Path,
    make_app: Callable[..., App],
    words: str,
    include_schemas: bool,
    models: str,
) -> None:
    include_name = block("python", words)
    app = make_app(beside, include_name, include_schemas=include_schemas, models=models)
    assert app.operations() == ["create_table('orders'", "create_index(op.f('ix_orders_user_id'"]
    app.alembic("upgrade", "head")
    assert app.operations() == []
    app.alembic("upgrade", "head")

    settings = {**beside.settings, "DATABASE_SCHEMA": "postern"}
    said = alembic("revision", "--autogenerate", "-m", "new", settings=settings, backend=backend)
    assert "there is nothing to write" in said
    assert status(beside, "postern") is SchemaStatus.OK


def test_without_include_name_an_app_would_drop_postern(
    beside: Scratch, make_app: Callable[..., App]
) -> None:
    app = make_app(beside, "include_name = None", include_schemas=True)
    assert "drop_table('user'" in app.operations()


@pytest.mark.parametrize("models", [SQLALCHEMY, SQLMODEL])
def test_a_foreign_key_of_the_app_is_a_real_one_and_follows_a_move(
    scratch: Scratch, make_app: Callable[..., App], models: str
) -> None:
    """The whole guide, for a Postern that was in `public`."""
    assert "postern database move-schema postern" in block("sh", "move-schema")
    move(scratch, "postern")
    include_name = block("python", "from postern_auth")
    app = make_app(scratch, include_name, include_schemas=True, models=models)
    app.operations()
    app.alembic("upgrade", "head")
    scratch.sql(USERS)
    scratch.sql("INSERT INTO orders (user_id) VALUES (1), (1), (2)")
    scratch.sql('DELETE FROM postern."user" WHERE id = 1')
    assert scratch.sql("SELECT user_id FROM orders") == [(2,)]
    assert app.operations() == []


def test_a_role_of_the_app_may_refer_to_users(beside: Scratch) -> None:
    beside.sql(f"DROP ROLE IF EXISTS {ROLE}; CREATE ROLE {ROLE} LOGIN")
    try:
        words = block("sh", "--references").split("postern ", 1)[1].split()
        words[words.index("shop")] = ROLE
        settings = {**beside.settings, "DATABASE_SCHEMA": "postern"}
        done = postern(*words, settings=settings)
        assert done.returncode == 0, done.stderr
        beside.sql(f"CREATE SCHEMA app AUTHORIZATION {ROLE}")
        beside.sql(
            f"SET ROLE {ROLE}; CREATE TABLE app.orders"
            ' (user_id bigint REFERENCES postern."user" (id) ON DELETE RESTRICT)'
        )
    finally:
        beside.sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


class TestRowLevelSecurity:
    AUDIENCE = "http://localhost:8000"

    @pytest.fixture
    def orders(self, beside: Scratch) -> Any:
        """Orders of two users, under the policy of the guide, and a role of the app."""
        beside.sql(USERS)
        beside.sql('CREATE TABLE orders (user_id bigint REFERENCES postern."user" (id))')
        beside.sql("INSERT INTO orders VALUES (1), (1), (2)")
        beside.sql(block("sql", "CREATE POLICY"))
        beside.sql(f"DROP ROLE IF EXISTS {ROLE}; CREATE ROLE {ROLE} LOGIN")
        beside.sql(f"GRANT SELECT, INSERT ON orders TO {ROLE}")
        engine = create_engine(beside.direct.url.set(username=ROLE))
        yield engine
        engine.dispose()
        beside.sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")

    def act_as(self, connection: Any, user_id: int, audience: str = AUDIENCE) -> None:
        module: dict[str, Any] = {}
        exec(block("python", "def act_as"), module)  # noqa: S102  a reader would run it too
        module["act_as"](connection, SimpleNamespace(id=user_id), audience)

    def test_a_user_sees_and_writes_only_their_own_rows(self, orders: Any) -> None:
        for user_id, count in ((1, 2), (2, 1), (3, 0)):
            with orders.begin() as connection:
                self.act_as(connection, user_id)
                seen = connection.execute(text("SELECT user_id FROM orders")).scalars().all()
                assert seen == [user_id] * count
        with orders.begin() as connection:
            self.act_as(connection, 1)
            of_another = text("INSERT INTO orders VALUES (2)")
            with pytest.raises(ProgrammingError, match="violates row-level security policy"):
                connection.execute(of_another)

    def test_a_token_for_another_audience_sees_nothing(self, orders: Any) -> None:
        with orders.begin() as connection:
            self.act_as(connection, 1, "https://elsewhere.example")
            assert connection.execute(text("SELECT * FROM orders")).all() == []

    def test_claims_end_with_their_transaction(self, orders: Any) -> None:
        with orders.connect() as connection:
            with connection.begin():
                self.act_as(connection, 1)
                assert connection.execute(text("SELECT count(*) FROM orders")).scalar() == 2
            with connection.begin():
                assert connection.execute(text("SELECT count(*) FROM orders")).scalar() == 0
