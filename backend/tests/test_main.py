"""How the service starts, in each environment and with unusable settings."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from src.main import create_app
from src.passwords.breached.ranges import digest_of
from src.settings import get_loaded
from src.web.responses import MEDIA_TYPE
from tests.support.range_server import line_of, range_server
from tests.support.server import serving
from tests.support.waiting import said_until

BACKEND = Path(__file__).parents[1]
ORIGIN = "https://app.example.com"


@pytest.fixture
def app_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FastAPI]]:
    def app_with(**settings: str) -> FastAPI:
        if settings.get("ENVIRONMENT") == "production":
            settings.setdefault("API_URL", "https://api.test")
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        get_loaded.cache_clear()
        return create_app()

    yield app_with
    monkeypatch.undo()
    get_loaded.cache_clear()


def ids(answer: httpx.Response) -> dict[str, Any]:
    return {"request_id": answer.json()["request_id"]}


class TestProduction:
    def test_production_has_no_interactive_docs(self, app_with: Callable[..., FastAPI]) -> None:
        app = app_with(ENVIRONMENT="production", BCRYPT_ROUNDS="12")
        with serving(app) as client:
            for path in ("/docs", "/redoc", "/openapi.json", "/static-offline-docs/swagger-ui.css"):
                assert client.get(path).status_code == 404
            rules = client.get("/auth/config").json()
            assert (rules["min_password_length"], rules["min_password_guesses"]) == (8, 1_000_000)

    def test_the_mailbox_of_development_does_not_exist_there(
        self, app_with: Callable[..., FastAPI]
    ) -> None:
        with serving(app_with(ENVIRONMENT="production", BCRYPT_ROUNDS="12")) as client:
            answer = client.get("/dev/mail")
            assert answer.json() == {**client.get("/nowhere").json(), **ids(answer)}

    def test_production_shows_no_metrics_unless_they_are_switched_on(
        self, app_with: Callable[..., FastAPI]
    ) -> None:
        with serving(app_with(ENVIRONMENT="production", BCRYPT_ROUNDS="12")) as client:
            answer = client.get("/metrics")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert answer.json() == {**client.get("/nowhere").json(), **ids(answer)}
        with serving(app_with(METRICS="on")) as client:
            assert client.get("/metrics").text.startswith("# HELP")

    def test_metrics_can_be_switched_off_anywhere(self, app_with: Callable[..., FastAPI]) -> None:
        with serving(app_with(METRICS="off")) as client:
            assert client.get("/metrics").status_code == 404

    def test_other_environments_have_interactive_docs(
        self, app_with: Callable[..., FastAPI]
    ) -> None:
        with serving(app_with(ENVIRONMENT="test")) as client:
            assert client.get("/docs").status_code == 200
            assert client.get("/openapi.json").json()["info"]["title"] == "Lantern & Sons"


class TestCors:
    def test_a_listed_origin_is_allowed(self, app_with: Callable[..., FastAPI]) -> None:
        with serving(app_with(CORS_ORIGINS=ORIGIN)) as client:
            answer = client.get("/auth/config", headers={"Origin": ORIGIN})
            assert answer.headers["access-control-allow-origin"] == ORIGIN
            assert "access-control-allow-credentials" not in answer.headers

    @pytest.mark.parametrize("origin", ["https://evil.example", f"{ORIGIN}.evil.example", "null"])
    def test_other_origins_are_not_allowed(
        self, app_with: Callable[..., FastAPI], origin: str
    ) -> None:
        with serving(app_with(CORS_ORIGINS=ORIGIN)) as client:
            answer = client.get("/auth/config", headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers

    def test_no_origin_is_allowed_by_default(self, app_with: Callable[..., FastAPI]) -> None:
        with serving(app_with()) as client:
            answer = client.get("/auth/config", headers={"Origin": ORIGIN})
            assert "access-control-allow-origin" not in answer.headers


ASKED = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}


class TestPreflights:
    @pytest.mark.parametrize("listed", ["", "https://other.example"])
    def test_a_refused_one_explains_itself_in_development(
        self, app_with: Callable[..., FastAPI], capfd: pytest.CaptureFixture[str], listed: str
    ) -> None:
        with serving(app_with(CORS_ORIGINS=listed)) as client:
            answer = client.options("/auth/profile", headers=ASKED)
            client.get("/auth/config")
            said = said_until(capfd, "'/auth/config'")
        assert (answer.status_code, answer.json()["code"]) == (400, "origin_not_allowed")
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["detail"] == f"CORS_ORIGINS does not name {ORIGIN}."
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert "access-control-allow-origin" not in answer.headers
        assert f"CORS_ORIGINS does not name '{ORIGIN}'" in said

    def test_a_refused_one_says_less_in_production(self, app_with: Callable[..., FastAPI]) -> None:
        app = app_with(ENVIRONMENT="production", BCRYPT_ROUNDS="12")
        with serving(app) as client:
            answer = client.options("/auth/profile", headers=ASKED)
        assert (answer.status_code, answer.json()["code"]) == (400, "origin_not_allowed")
        assert ORIGIN not in answer.text
        assert "CORS_ORIGINS" not in answer.text

    def test_one_of_a_listed_origin_passes_in_whatever_spelling_it_is_listed(
        self, app_with: Callable[..., FastAPI]
    ) -> None:
        with serving(app_with(CORS_ORIGINS="HTTPS://App.Example.com:443/")) as client:
            answer = client.options("/auth/profile", headers=ASKED)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == ORIGIN


class TestUnusableSettings:
    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("BCRYPT_ROUNDS", "tulip", "BCRYPT_ROUNDS (from the process environment)"),
            ("DATABASE_URL", "postgresql://u:tulip@h", "DATABASE_URL (from the process environ"),
            ("DATABASE_URL_UNPOOLED", "tulip", "DATABASE_URL_UNPOOLED (from the process environ"),
        ],
    )
    def test_unusable_settings_end_the_start_with_a_sentence(
        self, name: str, value: str, said: str
    ) -> None:
        done = subprocess.run(
            [sys.executable, "-c", "import src.main"],
            cwd=BACKEND,
            env={**os.environ, name: value},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert "tulip" not in done.stderr


class TestBreachedPasswords:
    BODY: ClassVar = {"email": "ada@example.com", "password": "copper door"}

    def test_a_file_is_searched(self, app_with: Callable[..., FastAPI], tmp_path: Path) -> None:
        path = tmp_path / "breached.txt"
        path.write_text(f"{'0' * 40}:1\n{digest_of('copper door')}:5\n{'F' * 40}:1\n")
        file = {"BREACHED_PASSWORDS": "file", "BREACHED_PASSWORDS_FILE": str(path)}
        with serving(app_with(**file)) as client:
            answer = client.post("/auth/signup", json=self.BODY)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_breached")

    def test_a_server_is_asked(self, app_with: Callable[..., FastAPI]) -> None:
        with range_server() as server:
            server.lines = [line_of("copper door")]
            asked = {"BREACHED_PASSWORDS": "range-api", "BREACHED_PASSWORDS_URL": server.url}
            with serving(app_with(**asked)) as client:
                answer = client.post("/auth/signup", json=self.BODY)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_breached")

    @pytest.mark.parametrize("content", [None, "", "not sorted\n", f"{'0' * 40}:1\n"])
    def test_without_a_usable_file_the_service_does_not_start(
        self, app_with: Callable[..., FastAPI], tmp_path: Path, content: str | None
    ) -> None:
        path = tmp_path / "breached.txt"
        if content is not None:
            path.write_text(content)
        with pytest.raises(SystemExit, match="BREACHED_PASSWORDS_FILE"):
            app_with(BREACHED_PASSWORDS="file", BREACHED_PASSWORDS_FILE=str(path))


def test_a_refused_migration_gives_a_sentence_and_no_traceback() -> None:
    url = "postgresql://u:tulip@ep-x-pooler.eu-central-1.aws.neon.tech/app"
    done = subprocess.run(
        [sys.executable, "-m", "src.cli", "migrate"],
        cwd=BACKEND,
        env={**os.environ, "DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Migrations are refused" in done.stderr
    assert "Traceback" not in done.stderr
    assert "tulip" not in done.stderr


def test_the_service_imports_nothing_that_only_tests_need() -> None:
    """The start stays fast, because no heavy package is imported without need."""
    script = "import sys, src.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"pytest", "hypothesis", "httpx", "zxcvbn", "typer", "matplotlib"} & set(
        done.stdout.split()
    )


def test_threads_of_a_serving_process_wait_half_a_millisecond_for_each_other() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)  # Python's own
    try:
        with serving(create_app()):
            assert sys.getswitchinterval() == pytest.approx(0.0005)
    finally:
        sys.setswitchinterval(before)


def test_no_telemetry_of_the_process_gets_a_body(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry import trace

    class Loaded(trace.TracerProvider):
        """FastAPI passes the no-op one by."""

        def get_tracer(self, *_: Any, **__: Any) -> trace.Tracer:
            return trace.NoOpTracer()

    seen: list[bool] = []

    async def tell(request: Request) -> Response:
        seen.append("fastapi.telemetry" in request.scope)
        return Response()

    monkeypatch.setattr(trace, "get_tracer_provider", Loaded)
    app = create_app()
    app.add_route("/tell", tell)
    with serving(app) as client:
        assert client.get("/tell").status_code == 200
    assert seen == [False]
