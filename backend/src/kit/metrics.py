"""What the service counts and measures, for Prometheus: only numbers, and no personal data."""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds: from reading a profile to a request that waits as long as a request may."""
HASHING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.5, 5.0)
"""Seconds: from the fastest hash in a test to the slowest on a busy machine."""
UPKEEP = (0.01, 0.1, 1.0, 10.0, 60.0, 300.0)
"""Seconds: from a job that finds nothing to do to the first purge of a large table."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # timestamps that nobody reads
registry = CollectorRegistry()

requests = Counter(
    "postern_http_requests_total",
    "Requests answered, by route and status.",
    ("method", "route", "status"),
    registry=registry,
)
request_seconds = Histogram(
    "postern_http_request_seconds",
    "Time from the request's headers to the end of its answer.",
    ("route",),
    buckets=FAST,
    registry=registry,
)
hash_threads = Gauge(
    "postern_hash_threads",
    "The most passwords that are hashed at the same time.",
    multiprocess_mode="livesum",
    registry=registry,
)
hash_running = Gauge(
    "postern_hash_running",
    "Passwords that are being hashed now.",
    multiprocess_mode="livesum",
    registry=registry,
)
hash_queue_depth = Gauge(
    "postern_hash_queue_depth",
    "Passwords that wait in the queue to be hashed.",
    multiprocess_mode="livesum",
    registry=registry,
)
hash_wait_seconds = Histogram(
    "postern_hash_wait_seconds",
    "How long a password waited before it was hashed.",
    buckets=HASHING,
    registry=registry,
)
hash_seconds = Histogram(
    "postern_hash_seconds",
    "How long the hashing itself took.",
    buckets=HASHING,
    registry=registry,
)
hash_refusals = Counter(
    "postern_hash_refusals_total",
    "Passwords that were not hashed: `full`, the queue was full; `displaced`, another request took "
    "its place; `late`, its turn did not come in time; `gone`, the client hung up.",
    ("reason",),
    registry=registry,
)
breached_passwords = Counter(
    "postern_breached_passwords_total",
    "New passwords, by what the list of breached ones says: `checked`, it does not have them; "
    "`breached`, it has them, and they were refused; `unavailable`, it could not be asked, and "
    "they were allowed.",
    ("outcome",),
    registry=registry,
)
rate_limited = Counter(
    "postern_rate_limited_total",
    "Requests that a limit refused.",
    ("policy",),
    registry=registry,
)
rate_limiter_failures = Counter(
    "postern_rate_limiter_failures_total",
    "Times that the limits could not be checked.",
    registry=registry,
)
rate_limiter_overloads = Counter(
    "postern_rate_limiter_overloads_total",
    "Requests that were refused, since there was no capacity to check their limits.",
    registry=registry,
)
limit_rows = Gauge(
    "postern_limit_rows",
    "Rows that limits have in the database, when this process last removed old ones.",
    ("table",),
    multiprocess_mode="mostrecent",
    registry=registry,
)
mails = Counter(
    "postern_mails_total",
    "Attempts to send a mail: `sent`; `postponed`, tried again later; `parked`, given up.",
    ("kind", "outcome"),
    registry=registry,
)
mail_rows = Gauge(
    "postern_mail_rows",
    "Mails in the outbox, `waiting` or `parked`, when this process last removed old ones.",
    ("state",),
    multiprocess_mode="mostrecent",
    registry=registry,
)
accounts_with_factor = Gauge(
    "postern_accounts_with_factor",
    "Accounts that have this second factor, when this process last counted them.",
    ("factor",),
    multiprocess_mode="mostrecent",
    registry=registry,
)
accounts_without_second_factor = Gauge(
    "postern_accounts_without_second_factor",
    "Accounts that have no second factor, when this process last counted them.",
    multiprocess_mode="mostrecent",
    registry=registry,
)
upkeep_runs = Counter(
    "postern_upkeep_runs_total",
    "Upkeep jobs that this process ran: `done` or `failed`.",
    ("job", "outcome"),
    registry=registry,
)
upkeep_seconds = Histogram(
    "postern_upkeep_seconds",
    "How long an upkeep job took.",
    ("job",),
    buckets=UPKEEP,
    registry=registry,
)


def exposition() -> bytes:
    """All metrics as text; of all worker processes together if PROMETHEUS_MULTIPROC_DIR is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(registry)
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return generate_latest(shared)
