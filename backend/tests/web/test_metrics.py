"""What Prometheus reads: routes instead of paths, only numbers, no personal data."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from src.kit.metrics import registry
from src.settings import BACKEND

SignUp = Callable[..., dict[str, Any]]


def value(client: httpx.Client, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return sum(
        sample.value
        for sample in samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


class TestMetrics:
    def test_metrics_have_the_format_of_prometheus(self, client: httpx.Client) -> None:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        names = {family.name for family in text_string_to_metric_families(answer.text)}
        assert {"postern_http_requests", "postern_hash_queue_depth"} <= names

    def test_requests_are_counted_by_route_and_status(self, client: httpx.Client) -> None:
        labels = {"method": "GET", "route": "/auth/profile", "status": "401"}
        before = value(client, "postern_http_requests_total", **labels)
        client.get("/auth/profile")
        assert value(client, "postern_http_requests_total", **labels) == before + 1

    def test_metrics_hold_no_path_that_a_client_made_up(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up("ada.lovelace@example.com")
        client.get("/ada.lovelace@example.com")
        client.request("MADEUP", "/auth/profile")
        client.delete("/auth/sessions/123456", headers=me["headers"])
        text = client.get("/metrics").text
        assert not re.search("lovelace|MADEUP|123456", text)
        assert 'route="/auth/sessions/{id}"' in text

    def test_hashing_is_measured(self, client: httpx.Client, sign_up: SignUp) -> None:
        before = value(client, "postern_hash_seconds_count")
        sign_up()
        assert value(client, "postern_hash_seconds_count") == before + 2
        assert value(client, "postern_hash_threads") >= 1
        assert value(client, "postern_hash_queue_depth") == 0
        assert value(client, "postern_hash_running") == 0

    def test_every_metric_has_an_explanation(self) -> None:
        for family in registry.collect():
            assert len(family.documentation) > 20, family.name


def test_processes_that_share_a_folder_report_one_sum(tmp_path: Any) -> None:
    script = "from src.kit import metrics; metrics.rate_limited.labels('x').inc()"
    environ = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], cwd=BACKEND, env=environ, check=True)
    script = "from src.kit import metrics; print(metrics.exposition().decode())"
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=BACKEND, env=environ, check=True, capture_output=True
    ).stdout.decode()
    assert 'postern_rate_limited_total{policy="x"} 2.0' in shown
