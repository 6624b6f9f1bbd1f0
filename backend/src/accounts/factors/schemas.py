"""The requests and answers of the endpoints about an account's factors."""

from datetime import datetime

from pydantic import BaseModel, Field

from src import models
from src.auth.schemas import AttemptToken, Code
from src.web.strict_json import Body


class Passkey(BaseModel):
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool = Field(description="Whether it is also on other devices, or in a cloud.")

    @classmethod
    def of(cls, row: models.Passkey) -> "Passkey":
        return cls(
            id=row.id,
            name=row.name,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            backed_up=row.backed_up,
        )


class Factors(BaseModel):
    password: bool
    totp: bool = Field(description="Whether an authenticator app is on.")
    recovery_codes_left: int
    passkeys: list[Passkey]
    reset_due_at: datetime | None = Field(
        description="When an operator's reset removes all second factors, unless it is stopped. "
        "`null`: none is pending."
    )
    required_from: datetime | None = Field(
        description="From when on the account needs a second factor. `null`: it has one, or none "
        "is required."
    )


class TotpEnrolment(BaseModel):
    """Shown once. The app is on after its first right code."""

    secret: str = Field(description="Base32, for typing into an app.")
    otpauth_url: str
    qr_svg: str = Field(description="The same link as a QR code.")


class EnrolmentStart(Body):
    """Without a session: the `attempt` of the refusal `second_factor_required`."""

    attempt: AttemptToken | None = None


class TotpConfirmation(Body):
    """Without a session, with the `attempt` too."""

    code: Code
    attempt: AttemptToken | None = None


class RecoveryCodesMade(BaseModel):
    codes: list[str] = Field(description="Ten, shown once. Former codes no longer count.")
