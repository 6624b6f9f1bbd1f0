"""CORS: which web apps may call the API from the browser, and why others are refused."""

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Send

from src.settings import Environment, Settings
from src.web.context import request_id
from src.web.errors import OriginNotAllowed
from src.web.responses import MEDIA_TYPE, problem_body

log = logging.getLogger("postern.web")

LONGEST = 200
"""The most characters of an origin in a line of the log."""


class Cors(CORSMiddleware):
    """Starlette's, with a problem document in place of its plain text."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Postern-Device",
                "Postern-Receipt",
                "X-Request-ID",
            ],
            expose_headers=[
                "X-Request-ID",
                "Retry-After",
                "RateLimit",
                "RateLimit-Policy",
                "Postern-Device",
                "WWW-Authenticate",
            ],
        )
        self._api_url = settings.api_url
        self._explains = settings.environment is not Environment.PRODUCTION

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """An answer that is for every origin stays so: caches keep it for all of them."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("Access-Control-Allow-Origin") == "*":
                await send(message)
                return
        await super().send(message, send, request_headers)

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        origin = request_headers["origin"]
        if answer.status_code == 200:  # noqa: PLR2004
            return answer
        problem = OriginNotAllowed()
        if self._explains and not self.is_allowed_origin(origin):
            problem = OriginNotAllowed(f"CORS_ORIGINS does not name {origin[:LONGEST]}.")
            log.warning(
                "a preflight was refused: CORS_ORIGINS does not name %r. If it is the origin of "
                "your web app, add it to CORS_ORIGINS and restart",
                origin[:LONGEST],
            )
        body = problem_body(problem, api_url=self._api_url, request_id=request_id.get())
        refusal = JSONResponse(body, problem.status, media_type=MEDIA_TYPE)
        for name, value in answer.headers.items():
            refusal.headers.setdefault(name, value)
        return refusal
