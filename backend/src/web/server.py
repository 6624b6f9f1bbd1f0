"""How uvicorn is set up to serve Postern: by `postern serve`, by the doctor and by the tests."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Config


@dataclass(frozen=True)
class Options:
    """What an operator may choose. Times are in seconds; limits count for each process."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    timeout_keep_alive: int = 5
    timeout_graceful_shutdown: int = 8
    limit_concurrency: int | None = None
    """Connections, and requests that are being answered."""

    def config(self, app: "ASGIApp | str") -> "Config":
        """Several workers need `app` as text: "module:name"."""
        from uvicorn import Config

        from src.web.protocols import Bounded

        return Config(
            app,
            host=self.host,
            port=self.port,
            workers=self.workers,
            http=Bounded,
            ws="none",  # nothing here speaks WebSocket: a request for it is answered as HTTP
            lifespan="on",
            log_config=None,
            access_log=False,  # `web.context` writes a line for each request
            proxy_headers=False,  # `web.visitor` reads them, by TRUSTED_PROXIES
            limit_concurrency=self.limit_concurrency,
            timeout_keep_alive=self.timeout_keep_alive,
            timeout_graceful_shutdown=self.timeout_graceful_shutdown,
            timeout_worker_healthcheck=30,  # a start on a busy machine may take longer than 5
        )
