"""The story: two databases, two .env files, a missing column; and each message says the truth."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from src.schema.migrations.history import own_history
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.service import Service, checkout, service

FIRST = own_history().migrations[0]
SIGNUP = {"email": "bcrypt-test@example.com", "password": "three new words of mine"}
OLD_TABLES = """
CREATE TABLE "user" (id serial PRIMARY KEY, email varchar(255) UNIQUE NOT NULL,
                     created_at timestamp DEFAULT now());
INSERT INTO "user" (email) VALUES ('somebody@example.com');
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('1975ea83b712')
"""

Start = Callable[..., Service]


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    running = ready_made(migrated=True)
    yield running
    running.close()


@pytest.fixture
def postgres(server: OwnPostgres) -> Iterator[OwnPostgres]:
    """One server with the OLD database of the story, and a NEW one that is migrated."""
    server.sql("CREATE DATABASE old OWNER app")
    server.sql("CREATE DATABASE new OWNER app TEMPLATE service")
    server.sql(f"SET ROLE app; {OLD_TABLES}", "old")
    yield server
    for name in ("old", "new", "gone"):
        server.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    return checkout(tmp_path / "postern")


@pytest.fixture
def start(tmp_path: Path, backend: Path) -> Iterator[Start]:
    """Starts the service in that checkout, with these settings in its environment."""
    with ExitStack() as stack:

        def run(**settings: str) -> Service:
            return stack.enter_context(service(tmp_path, settings, backend=backend))

        yield run


def problem_of(running: Service) -> dict[str, str]:
    """Sign up; the refusal that comes back."""
    answer = running.client.post("/auth/signup", json=SIGNUP)
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    problem: dict[str, str] = answer.json()
    assert problem["code"] == "schema_mismatch"
    return problem


class TestTwoEnvFiles:
    def test_the_file_beside_the_code_is_used_and_the_other_reported(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend.parent / ".env").write_text(f"DATABASE_URL={postgres.text('old')}\n")
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('new')}\n")
        running = start()
        running.wait_ready()
        answer = running.client.post("/auth/signup", json=SIGNUP)
        assert answer.status_code == 201, answer.text
        assert postgres.sql('SELECT email FROM "user"', "new") == [(SIGNUP["email"],)]
        assert postgres.sql('SELECT email FROM "user"', "old") == [("somebody@example.com",)]
        assert (
            "DATABASE_URL is taken from backend/.env; another value in .env is not used"
            in running.log
        )
        assert f"postgresql://app@127.0.0.1:{postgres.port}/new" in running.log
        assert "(DATABASE_URL from backend/.env)" in running.log

    def test_misspelled_names_and_unreadable_files_are_logged(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend.parent / ".env").write_text('DATABASE_URL="zq7Vx2mK\n')
        (backend / ".env").write_text(
            f"DATABASE_URL={postgres.text('new')}\nDATABSE_URL=zq7Vx2mK\nzq7Vx2mK=x\n"
        )
        running = start()
        running.wait_ready()
        assert "backend/.env, DATABSE_URL: did you mean DATABASE_URL?" in running.log
        assert "backend/.env, line 3: no setting has this name" in running.log
        assert '.env cannot be read: the quote " of DATABASE_URL on line 1 is not' in running.log
        assert "zq7" not in running.log

    def test_no_log_line_contains_a_part_of_the_password(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend.parent / ".env").write_text(f"DATABASE_URL={postgres.text('old')}\n")
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('old')}\n")
        running = start(LOG_LEVEL="debug")
        problem_of(running)
        running.wait_logged("foreign")
        for secret in ("p@ss", "p%40ss", "word%", "word%25", "%-pooler"):
            assert secret not in running.log


class TestTheOldDatabase:
    def test_the_client_the_log_and_readyz_name_the_old_database(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('old')}\n")
        running = start()
        problem = problem_of(running)
        ready = running.readiness()
        running.wait_logged("foreign")
        assert ready.status_code == 503
        assert ready.json()["code"] == "schema_mismatch"
        for text in (problem["detail"], ready.json()["detail"], running.log):
            assert f'The database "old" on 127.0.0.1:{postgres.port}' in text
            assert "DATABASE_URL from backend/.env" in text
            assert "the column user.password_hash is missing" in text
            assert str(FIRST) in text
            assert "1975ea83b712" in text
            assert "change DATABASE_URL in backend/.env" in text
        assert postgres.sql('SELECT count(*) FROM "user"', "old") == [(1,)]

    def test_the_old_database_is_never_migrated_automatically(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('old')}\n")
        running = start(AUTO_MIGRATE="on")
        running.wait_logged("foreign")
        assert postgres.sql("SELECT version_num FROM alembic_version", "old") == [("1975ea83b712",)]

    def test_in_production_the_client_gets_only_the_code(
        self, postgres: OwnPostgres, start: Start
    ) -> None:
        running = start(
            ENVIRONMENT="production",
            API_URL="https://api.test",
            DATABASE_URL=postgres.text("old"),
            BCRYPT_ROUNDS="10",
        )
        running.wait_logged("foreign", "the process environment")
        assert running.readiness().json()["detail"] == "foreign"
        problem = problem_of(running)
        assert "old" not in str(problem)
        assert "127.0.0.1" not in str(problem)
        assert "password_hash" not in str(problem)


class TestARecordedButMissingColumn:
    def test_the_missing_column_is_named_and_fixed_without_a_restart(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('new')}\n")
        running = start()
        running.wait_ready()
        earlier = {**SIGNUP, "email": "earlier@example.com"}
        assert running.client.post("/auth/signup", json=earlier).status_code == 201
        postgres.sql('ALTER TABLE "user" DROP COLUMN password_hash', "new")
        problem = problem_of(running)
        running.wait_logged("recorded_but_missing")
        running.wait(lambda: running.readiness().status_code == 503)
        missing = f"the column user.password_hash is missing, which migration {FIRST} adds"
        fix = f"alembic upgrade base:{FIRST.revision} --sql"
        for said in (problem["detail"], running.readiness().json()["detail"], running.log):
            assert f"records revision {own_history().head}" in said
            assert missing in said
            assert fix in said
        postgres.sql('SET ROLE app; ALTER TABLE "user" ADD COLUMN password_hash text', "new")
        running.wait_ready()
        assert running.client.post("/auth/signup", json=SIGNUP).status_code == 201
        assert running.client.post("/auth/signin", json=earlier).status_code == 401

    def test_many_refused_requests_are_one_log_line(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('new')}\n")
        running = start()
        running.wait_ready()
        postgres.sql('ALTER TABLE "user" DROP COLUMN password_hash', "new")
        with ThreadPoolExecutor(20) as pool:
            answers = list(
                pool.map(lambda _: running.client.post("/auth/signup", json=SIGNUP), range(100))
            )
        assert {answer.status_code for answer in answers} == {503}
        codes = {answer.json()["code"] for answer in answers}
        assert "schema_mismatch" in codes
        assert codes <= {"schema_mismatch", "overloaded"}  # of a busy machine
        running.wait_logged("recorded_but_missing")
        assert running.log.count("recorded_but_missing") == 1
        assert running.log.count("does not exist") == 0

    def test_the_service_notices_that_its_database_was_replaced(
        self, postgres: OwnPostgres, backend: Path, start: Start
    ) -> None:
        (backend / ".env").write_text(f"DATABASE_URL={postgres.text('new')}\n")
        running = start()
        running.wait_ready()
        swap = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('new')"
        for statement in (
            "ALTER DATABASE new ALLOW_CONNECTIONS false",
            swap,
            "ALTER DATABASE new RENAME TO gone",
            "ALTER DATABASE old RENAME TO new",
        ):
            postgres.sql(statement)
        running.wait(lambda: running.readiness().json().get("code") == "schema_mismatch")
        running.wait_logged("foreign")
