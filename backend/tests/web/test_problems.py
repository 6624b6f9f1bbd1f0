"""Every refusal is a problem document, with an id, a page, and nothing secret in it."""

import json
import logging

import httpx
import pytest
from fastapi import FastAPI

from src.kit.problem import Problem
from src.main import app, create_app
from src.web.handlers import MAX_FIELD_ERRORS
from src.web.strict_json import MAX_FIELD, MAX_NAMES
from tests.support.server import serving
from tests.support.waiting import said_until

JSON = {"Content-Type": "application/json"}
FIELDS = {"type", "title", "status", "detail", "code", "request_id"}


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    known = Problem.registry[code]
    assert set(body) - {"errors", *known.optional} == FIELDS | set(known.extensions)
    assert (body["status"], body["code"]) == (status, code)
    assert (
        body["type"].removeprefix("https:").removeprefix("http:") == f"//api.test/problems/{code}"
    )
    assert body["request_id"] == answer.headers["x-request-id"]


class TestRefusals:
    def test_an_unknown_path_is_not_found(self, client: httpx.Client) -> None:
        assert_problem(client.get("/nowhere"), 404, "not_found")

    @pytest.mark.parametrize(
        "path", ["/auth/%ff", "/%00", "/auth/profile/..%2f..", "/auth//config", "/é" * 500]
    )
    def test_a_path_that_is_not_text_is_not_found(self, client: httpx.Client, path: str) -> None:
        assert_problem(client.get(path), 404, "not_found")

    def test_a_path_with_an_extra_slash_is_not_found(self, client: httpx.Client) -> None:
        assert_problem(client.get("/auth/config/"), 404, "not_found")

    def test_probes_answer_head_requests(self, client: httpx.Client) -> None:
        for path in ("/livez", "/readyz"):
            answer = client.head(path)
            assert (answer.status_code, answer.content) == (200, b"")

    def test_an_unknown_method_names_the_known_ones(self, client: httpx.Client) -> None:
        answer = client.put("/auth/profile", json={})
        assert_problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD, PATCH"

    def test_a_missing_token_is_refused(self, client: httpx.Client) -> None:
        answer = client.get("/auth/profile")
        assert_problem(answer, 401, "token_missing")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_refused_fields_are_named_and_never_echoed(self, client: httpx.Client) -> None:
        secret = "hunter2"  # shorter than allowed
        body = {"email": "ada", "password": secret, "admin": True}
        answer = client.post("/auth/signup", json=body)
        assert_problem(answer, 422, "validation_failed")
        codes = {error["field"]: error["code"] for error in answer.json()["errors"]}
        assert codes == {
            "email": "email_invalid",
            "password": "password_too_short",
            "admin": "extra_forbidden",
        }
        assert secret not in answer.text

    def test_limits_and_reasons_are_values_of_their_own(self, client: httpx.Client) -> None:
        """A client with sentences in other languages needs them, but never the input."""
        bodies: list[tuple[dict[str, str], object]] = [
            ({"password": "short"}, {"minimum": 8}),
            ({"password": "x" * 1025}, {"maximum": 1024}),
            ({"password": "password1"}, {"reason": "common"}),
            ({"email": "ada"}, {"reason": "without_at"}),
            ({"email": "ada@localhost"}, {"reason": "no_mail"}),
            ({"name": "x" * 201}, {"max_length": 200}),
            ({"name": "A\tda"}, {"reason": "control"}),
            ({"name": "A\u200bda"}, None),
        ]
        good = {"email": "ada@example.com", "password": "testpass123"}
        for body, params in bodies:
            answer = client.post("/auth/signup", json=good | body)
            assert answer.status_code == 422
            [error] = answer.json()["errors"]
            assert error.get("params") == params

    def test_only_the_first_wrong_fields_are_named(self, client: httpx.Client) -> None:
        body = {f"{number:x>500}": 1 for number in range(MAX_NAMES)}
        errors = client.post("/auth/signup", json=body).json()["errors"]
        assert len(errors) == MAX_FIELD_ERRORS
        assert max(len(error["field"]) for error in errors) == MAX_FIELD

    @pytest.mark.parametrize("body", [[], "text", 1, None, True])
    def test_a_body_of_another_type_is_refused(self, client: httpx.Client, body: object) -> None:
        assert_problem(
            client.post("/auth/signin", content=json.dumps(body), headers=JSON),
            422,
            "validation_failed",
        )

    @pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["a@example.com"]])
    def test_a_field_of_another_type_is_refused(self, client: httpx.Client, value: object) -> None:
        for body in ({"email": value, "password": "x" * 9}, {"email": "a@b.de", "password": value}):
            assert_problem(client.post("/auth/signin", json=body), 422, "validation_failed")


@pytest.fixture
def broken() -> FastAPI:
    app = create_app()

    @app.get("/broken")
    def fail() -> None:
        raise RuntimeError("the secret is tulip")

    return app


class TestUnexpectedErrors:
    def test_the_client_gets_an_id_and_the_log_gets_the_cause(
        self, broken: FastAPI, caplog: pytest.LogCaptureFixture
    ) -> None:
        with serving(broken) as client, caplog.at_level(logging.ERROR, "postern.web"):
            logging.getLogger("postern.web").addHandler(caplog.handler)
            answer = client.get("/broken")
        assert_problem(answer, 500, "internal_error")
        assert "tulip" not in answer.text
        assert "tulip" in caplog.text


class TestRequestIds:
    def test_every_answer_has_its_own_id(self, client: httpx.Client) -> None:
        answers = [client.get(path) for path in ("/livez", "/auth/config", "/nowhere") * 2]
        assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)

    def test_a_safe_id_from_the_caller_is_kept(self, client: httpx.Client) -> None:
        answer = client.get("/livez", headers={"X-Request-ID": "trace-0123456789"})
        assert answer.headers["x-request-id"] == "trace-0123456789"

    @pytest.mark.parametrize("offered", ["short", "a" * 65, "id with spaces", "id;drop", "ä" * 10])
    def test_an_unsafe_id_from_the_caller_is_replaced(
        self, client: httpx.Client, offered: str
    ) -> None:
        answer = client.get("/livez", headers=[(b"X-Request-ID", offered.encode())])
        assert answer.headers["x-request-id"] != offered
        assert len(answer.headers["x-request-id"]) == 32

    def test_every_log_line_has_the_request_id(
        self, client: httpx.Client, capfd: pytest.CaptureFixture[str]
    ) -> None:
        client.get("/auth/config", headers={"X-Request-ID": "trace-0123456789"})
        said = said_until(capfd, "GET '/auth/config'")
        [line] = [line for line in said.splitlines() if "GET '/auth/config'" in line]
        assert "postern.web [trace-0123456789]" in line

    def test_a_line_break_in_a_path_cannot_forge_a_log_line(
        self, client: httpx.Client, capfd: pytest.CaptureFixture[str]
    ) -> None:
        client.get("/x%0A2026-01-01%20INFO%20forged")
        lines = said_until(capfd, "forged' 404").splitlines()
        assert not any(line.startswith("2026-01-01") for line in lines)


class TestPages:
    @pytest.mark.parametrize("code", sorted(Problem.registry))
    def test_every_code_has_a_page_that_says_why_and_what_to_do(
        self, client: httpx.Client, code: str
    ) -> None:
        page = client.get(f"/problems/{code}", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert code in page.text
        document = client.get(f"/problems/{code}", headers={"Accept": "application/json"}).json()
        assert document["code"] == code
        assert min(len(document["why"]), len(document["fix"])) > 20
        assert document["mend"] == document["fix"]

    def test_they_have_the_name_of_the_app_and_not_posterns(self, client: httpx.Client) -> None:
        for path in ("/problems", *(f"/problems/{code}" for code in Problem.registry)):
            text = client.get(path).text
            assert "· Lantern &amp; Sons</title>" in text
            assert '<a href="/problems">Lantern &amp; Sons</a>' in text
            assert "Postern" not in text, path

    def test_an_unknown_code_is_answered_with_a_problem(self, client: httpx.Client) -> None:
        assert_problem(client.get("/problems/nope"), 404, "not_found")

    def test_the_index_links_to_every_page(self, client: httpx.Client) -> None:
        text = client.get("/problems").text
        assert all(f"/problems/{code}" in text for code in Problem.registry)

    def test_pages_run_no_script_and_load_nothing(self, client: httpx.Client) -> None:
        policy = client.get("/problems/not_found").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy


def test_openapi_lists_the_codes_of_all_problems() -> None:
    document = app.openapi()
    assert document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == sorted(
        Problem.registry
    )
    signup = document["paths"]["/auth/signup"]["post"]["responses"]["409"]
    [schema] = [media["schema"] for media in signup["content"].values()]
    assert schema == {"$ref": "#/components/schemas/EmailTaken"}
    email_taken = document["components"]["schemas"]["EmailTaken"]
    assert email_taken["properties"]["code"]["const"] == "email_taken"
