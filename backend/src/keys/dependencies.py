"""The keys of the running service."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from src.keys.keyring import KeyRing


def keyring(connection: HTTPConnection) -> KeyRing:
    ring: KeyRing = connection.app.state.keyring
    return ring


async def _keys(request: Request) -> KeyRing:  # async: FastAPI calls any other in a thread
    return keyring(request)


Keys = Annotated[KeyRing, Depends(_keys)]
