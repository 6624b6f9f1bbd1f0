"""An app that cannot start, but whose process answers its parent for a moment."""

import asyncio

from starlette.types import Receive, Scope, Send


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "lifespan"
    await receive()
    await asyncio.sleep(1)
    await send({"type": "lifespan.startup.failed", "message": "it cannot"})
