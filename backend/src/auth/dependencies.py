"""The caller of a sign-in, and their device."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from src.auth.caller import Caller
from src.passwords.gate import HashGate
from src.passwords.waiting import waiting_of
from src.ratelimit.dependencies import limiter
from src.web.visitor import visitor_of

DEVICE = "Postern-Device"
DeviceToken = Annotated[
    str | None,
    Header(alias=DEVICE, description="The last value of this header that this device received."),
]


def gate(request: Request) -> HashGate:
    found: HashGate = request.app.state.gate
    return found


async def caller(request: Request) -> Caller:  # async: FastAPI runs others in threads
    visitor = visitor_of(request)
    waiting = waiting_of(request, owner=visitor.networks)
    state = request.app.state
    return Caller(
        visitor, waiting, gate(request), limiter(request), state.breached, state.second_factors
    )


Calling = Annotated[Caller, Depends(caller)]


class DeviceHeader:
    """The device token, in the request and in the answer."""

    def __init__(self, response: Response, token: str | None) -> None:
        self.token = token
        self._headers = response.headers

    def replace(self, token: str) -> None:
        self._headers[DEVICE] = token


async def device_header(response: Response, token: DeviceToken = None) -> DeviceHeader:
    return DeviceHeader(response, token)


OfDevice = Annotated[DeviceHeader, Depends(device_header)]
