"""How fast hot paths and purging are on large tables: a million users with three sessions each.

    cd backend && .venv/bin/python ../bench/large_tables.py

It starts its own PostgreSQL in a temporary folder and prints the plans of the statements that the
service really sends. Then it removes a million ended sessions while clients refresh.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "backend"))

USERS = int(os.environ.get("USERS", "1000000"))
SESSIONS_EACH = 3
HASH = "$bcrypt-sha256$v=2,t=2b,r=12$" + "x" * 22 + "$" + "y" * 31

FILL = (
    f"""
    INSERT INTO "user" (email, email_key, password_hash, created_at, updated_at)
    SELECT 'p' || n || '@example.com', 'p' || n || '@example.com', '{HASH}', now(), now()
    FROM generate_series(1, {USERS}) n""",
    f"""
    INSERT INTO session (user_id, method, password_fingerprint, generation, seen_generation,
        created_at, handed_out_at, handouts, last_used_at, idle_expires_at, expires_at,
        ip, user_agent)
    SELECT n % {USERS} + 1, 'password', sha256(convert_to('{HASH}', 'UTF8')), 1, 1,
        now(), now(), 1, now(), now() + (n % 14 + 1) * interval '1 day', now() + interval '90 days',
        '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
    FROM generate_series(1, {USERS * SESSIONS_EACH}) n""",
    "VACUUM ANALYZE",
)
END_A_MILLION = f"""
    UPDATE session SET idle_expires_at = now() - interval '8 days'
    WHERE id <= {USERS}"""


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="postern-bench-"))
    from src.embedded import cluster

    url = cluster.start(folder / "postgres", durable=False)
    try:
        os.environ |= {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "kX3v9QmTz7LbR2wYf8NcHd5JpGs6UaVe1Zq4Bo0Ix",
            "DATABASE_URL": url,
            "DATABASE_URL_UNPOOLED": url,
        }
        measure()
    finally:
        cluster.close(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def measure() -> None:
    from src.schema.migrations import runner

    runner.upgrade()
    print(f"filling {USERS:,} users and {USERS * SESSIONS_EACH:,} sessions …", flush=True)
    run(*FILL)
    explain()
    purge()


def run(*statements: str) -> list[tuple[Any, ...]]:
    import psycopg2

    from src.database.database import get_endpoints

    address = get_endpoints().direct.set(drivername="postgresql")
    connection = psycopg2.connect(address.render_as_string(hide_password=False))
    connection.autocommit = True
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def explain() -> None:
    """The plan of each statement that a hot path sends, as the database really executed it."""
    from sqlalchemy import event

    from src.accounts import service as users
    from src.database.database import engine, unit_of_work
    from src.sessions import rotation
    from src.sessions import steps as sessions
    from src.sessions.access_tokens import Claims
    from src.sessions.liveness import values_of
    from src.sessions.refresh_tokens import Presented
    from src.users import credentials

    user = USERS // 2
    ((session_id, began_at),) = run(
        f"SELECT id, created_at FROM session WHERE user_id = {user} ORDER BY id LIMIT 1"
    )
    claims = Claims(user, session_id, 1)
    paths: dict[str, Callable[[Any], object]] = {
        "GET /auth/profile": lambda db: db.execute(users.READ.statement, values_of(claims)),
        "POST /auth/refresh": lambda db: rotation.rotate(db, Presented(session_id, began_at, 1)),
        "GET /auth/sessions": lambda db: sessions.listed(db, claims),
        "sign-in, the look-up": lambda db: credentials.find_credentials(db, "P7@example.com"),
    }
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("SET LOCAL"):
            sent.append((statement, parameters))

    for name, path in paths.items():
        sent.clear()
        event.listen(engine, "before_cursor_execute", note)
        with unit_of_work() as db:
            path(db)
            db.rollback()
        event.remove(engine, "before_cursor_execute", note)
        print(f"\n{name}", flush=True)
        for statement, parameters in sent:
            with unit_of_work() as db:
                connection = db.connection()
                plan = connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", parameters
                )
                print("\n".join(f"    {line}" for line in plan.scalars()), flush=True)
                db.rollback()


def purge() -> None:
    from src.database.database import unit_of_work
    from src.sessions import housekeeping, rotation
    from src.sessions.refresh_tokens import Presented

    run(END_A_MILLION, "ANALYZE session")
    rows = run(f"SELECT id, created_at FROM session WHERE id > {USERS} LIMIT 1")
    session_id, began_at = rows[0]
    latencies: dict[str, list[float]] = {"at rest": [], "while purging": []}
    generation = 1

    def refresh(into: list[float]) -> None:
        nonlocal generation
        began = time.perf_counter()
        with unit_of_work() as db:
            grant = rotation.rotate(db, Presented(session_id, began_at, generation))
        into.append(time.perf_counter() - began)
        generation = grant.claims.generation
        time.sleep(0.005)

    for _ in range(500):
        refresh(latencies["at rest"])
    removed: list[int] = []
    purging = threading.Thread(
        target=lambda: removed.append(housekeeping.purge(threading.Event())[0])
    )
    began = time.perf_counter()
    purging.start()
    while purging.is_alive():
        refresh(latencies["while purging"])
    took = timedelta(seconds=round(time.perf_counter() - began))
    print(f"\npurged {removed[0]:,} sessions in {took}. Meanwhile all refreshes were answered:")
    for name, times in latencies.items():
        ordered = sorted(times)
        p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        print(f"    {name:14} {len(times):6} refreshes, p50 {p50:.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    main()
