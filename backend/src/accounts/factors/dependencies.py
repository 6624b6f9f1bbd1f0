"""Who adds a factor, as the request says: with an access token, or with an attempt in its body."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from pydantic import SecretStr

from src.accounts.factors.enrolling import AtSignin, Enrolling, InSession
from src.auth import devices
from src.auth.caller import Caller
from src.auth.dependencies import Calling, OfDevice
from src.kit.clock import now
from src.kit.problem import FieldError
from src.sessions.access_tokens import Claims
from src.sessions.dependencies import OptionalBearer
from src.sessions.errors import TokenMissing
from src.settings import get_settings
from src.web.errors import ValidationFailed

WITH_OR_WITHOUT_A_SESSION: dict[str, list[dict[str, list[str]]]] = {
    "security": [{"HTTPBearer": []}, {}]
}


@dataclass(frozen=True)
class Asking:
    bearer: Claims | None
    caller: Caller
    device_token: str | None

    def enrolling(self, attempt: SecretStr | None) -> Enrolling:
        """Raises `TokenMissing` without both, and `ValidationFailed` with both."""
        if self.bearer is not None and attempt is not None:
            sentence = "Send either an access token or an attempt."
            error = FieldError("attempt", "attempt_in_session", sentence)
            raise ValidationFailed(errors=(error,))
        if self.bearer is not None:
            return InSession(self.bearer, self.caller.second_factors)
        if attempt is None:
            raise TokenMissing
        device = devices.read(get_settings().secret_keys, self.device_token, now())
        return AtSignin(attempt.get_secret_value(), self.caller, device)


async def asking(bearer: OptionalBearer, caller: Calling, device: OfDevice) -> Asking:
    return Asking(bearer, caller, device.token)


WhoAsks = Annotated[Asking, Depends(asking)]
