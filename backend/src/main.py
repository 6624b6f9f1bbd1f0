"""The service: middleware, problem handlers, routers and its start."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from src.accounts import routes as accounts
from src.accounts.addresses import routes as addresses
from src.accounts.factors import routes as factors
from src.accounts.passkeys import routes as passkeys
from src.accounts.recovery import routes as recovery
from src.accounts.resets import routes as resets
from src.auth import config
from src.auth import routes as auth
from src.auth.magic_link import routes as magic_link
from src.auth.passkeys import routes as passkey_signin
from src.auth.second_step import routes as second_step
from src.auth.trusted_devices import routes as trusted_devices
from src.database import database
from src.database.errors import DATABASE_PROBLEMS
from src.keys import routes as keys
from src.kit.problem import Problem
from src.mail import routes as mailbox
from src.mail.messages import refuse_unusable_templates
from src.mail.words import languages
from src.passwords.breached.breached import refuse_unusable_file
from src.probes import routes as probes
from src.probes.refusals import handle_database_problem
from src.runtime import Runtime
from src.sessions import routes as sessions
from src.settings import Environment, Settings, get_settings
from src.web import logs, problem_pages, root
from src.web.context import RequestContext
from src.web.cors import Cors
from src.web.handlers import handle_http, handle_problem, handle_validation
from src.web.look import Look
from src.web.openapi import completed
from src.web.strict_json import BODY_WITHIN

DESCRIPTION = """
Authentication for FastAPI, Next.js and Postgres. JSON in, JSON out, bearer tokens only.

Every refusal is a problem document (RFC 9457) whose `type` is a page of this service.
"""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that waits for the interpreter gets it (docs/decisions/0050)."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    logs.configure(settings)
    # As many worker threads as connections: no thread ever waits for a connection.
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings.db_pool_size
    sys.setswitchinterval(SWITCH_INTERVAL)
    runtime = Runtime.build(settings)
    runtime.open(app.state)
    yield
    await runtime.close()


def create_app() -> FastAPI:
    settings = get_settings()
    database.current()  # a URL that cannot be read ends the start with a sentence
    refuse_unusable_file(settings)
    languages()  # words of WORDS that cannot be used end the start
    refuse_unusable_templates(settings)
    app = _fastapi(settings)
    app.state.api_url = settings.api_url
    app.state.app_name = settings.app_name
    app.state.look = Look.of(settings)
    app.state.body_within = BODY_WITHIN
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    of_accounts = accounts, recovery, addresses, factors, passkeys, resets
    of_signin = auth, second_step, passkey_signin, magic_link, trusted_devices
    of_sessions = config, sessions, keys
    for part in (*of_accounts, *of_signin, *of_sessions, problem_pages, probes, root):
        # `include_router` would match each request twice.
        app.router.routes += part.router.routes
    if settings.has_mailbox:
        app.router.routes += mailbox.router.routes
    if settings.metrics:
        app.router.routes += probes.measurements.routes
    app.add_exception_handler(Problem, handle_problem)
    for problem in DATABASE_PROBLEMS:
        app.add_exception_handler(problem, handle_database_problem)
    app.add_exception_handler(RequestValidationError, handle_validation)
    app.add_exception_handler(HTTPException, handle_http)
    app.add_middleware(Cors, settings=settings)
    app.add_middleware(RequestContext, api_url=settings.api_url)
    return app


def _fastapi(settings: Settings) -> FastAPI:
    """The FastAPI app. Its interactive docs use local files, and are off in production."""
    options: dict[str, Any] = {
        "title": settings.app_name,
        "description": DESCRIPTION,
        "terms_of_service": settings.terms_url,
        "contact": _contact(settings),
        "version": "0.1.0",
        "lifespan": lifespan,
        "license_info": {"name": "MIT", "identifier": "MIT"},
        "redirect_slashes": False,  # a path with another trailing slash is unknown
        # It could pass bodies with passwords to other loaded packages.
        "telemetry": {"tracing": False, "metrics": False, "logs": False},
    }
    if settings.environment is Environment.PRODUCTION:
        return FastAPI(openapi_url=None, **options)
    return FastAPIOffline(redoc_url=None, **options)


def _contact(settings: Settings) -> dict[str, str]:
    support = settings.support_url or settings.web_url
    address = support.removeprefix("mailto:")
    return {"name": settings.app_name, ("url" if address == support else "email"): address}


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        for route in app.routes:
            if isinstance(route, APIRoute):
                route.operation_id = route.name  # short, for generated clients
        app.openapi_schema = completed(FastAPI.openapi(app), api_url=app.state.api_url)
    return app.openapi_schema


with logs.from_the_first_line():
    app = create_app()
