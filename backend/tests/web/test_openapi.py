"""The API does what its OpenAPI document says, as schemathesis reads it, and refuses the rest.

More examples: SCHEMATHESIS_EXAMPLES=1000 make test-backend ARGS=tests/web/test_openapi.py
"""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from src.main import app

pytestmark = pytest.mark.usefixtures("no_lines_of_the_log")

ASKED_FOR = os.environ.get("SCHEMATHESIS_EXAMPLES")
schema = schemathesis.openapi.from_dict(
    app.openapi(),
    config=SchemathesisConfig.from_dict(
        {
            "seed": 20260101,
            "generation": {
                "mode": "all",
                "max-examples": int(ASKED_FOR or 6),
                "deterministic": not ASKED_FOR,
                "database": "none",
            },
        }
    ),
)
as_it_comes = settings(suppress_health_check=list(HealthCheck), deadline=None)


def excluded(case: schemathesis.Case[Any]) -> list[CheckFunction]:
    """JSON Schema cannot express which email, name or password is accepted."""
    return [positive_data_acceptance] if case.method in {"POST", "PATCH"} else []


@schema.parametrize()
@as_it_comes
def test_the_api_follows_its_document_without_a_token(
    case: schemathesis.Case[Any], client: httpx.Client
) -> None:
    case.call_and_validate(base_url=str(client.base_url), excluded_checks=excluded(case))


@schema.parametrize()
@as_it_comes
def test_the_api_follows_its_document_with_a_token(
    case: schemathesis.Case[Any], client: httpx.Client, sign_up: Callable[..., dict[str, Any]]
) -> None:
    """Each time a new user's token, because some operations end the session."""
    headers = sign_up(email=f"{os.urandom(8).hex()}@example.com")["headers"]
    case.call_and_validate(
        base_url=str(client.base_url), headers=headers, excluded_checks=excluded(case)
    )
