"""GET /: a person who opens the API's address is led to a page."""

from collections.abc import Callable

import httpx

from src.settings import Environment, Settings


def test_it_leads_to_the_docs(client: httpx.Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/docs")
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.head("/").headers["Location"] == "/docs"


def test_in_production_it_leads_to_the_web_app(
    client: httpx.Client, configure: Callable[..., Settings]
) -> None:
    configure(environment=Environment.PRODUCTION, web_url="https://app.example.com")
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (307, "https://app.example.com")


def test_it_is_not_part_of_the_api(client: httpx.Client) -> None:
    assert "/" not in client.get("/openapi.json").json()["paths"]
