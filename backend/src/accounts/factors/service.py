"""The second factors of a person's own account."""

from pydantic import SecretStr

from src.accounts.factors import steps
from src.accounts.factors.enrolment import otpauth_url, qr_svg
from src.accounts.factors.schemas import Factors, RecoveryCodesMade, TotpEnrolment
from src.database.database import in_transaction
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import SecondFactors
from src.settings import get_settings


async def list_factors(claims: Claims) -> Factors:
    return await in_transaction(steps.listed, claims)


async def begin_totp(claims: Claims, known: SecondFactors) -> TotpEnrolment:
    begun = await in_transaction(steps.begin_totp, claims, known)
    url = otpauth_url(begun.secret, email=begun.email, app_name=get_settings().app_name)
    return TotpEnrolment(secret=begun.secret, otpauth_url=url, qr_svg=qr_svg(url))


async def confirm_totp(claims: Claims, code: SecretStr, known: SecondFactors) -> None:
    await in_transaction(steps.confirm_totp, claims, code.get_secret_value(), known)


async def remove_totp(claims: Claims, known: SecondFactors) -> None:
    await in_transaction(steps.remove_totp, claims, known)


async def make_recovery_codes(claims: Claims, known: SecondFactors) -> RecoveryCodesMade:
    codes = await in_transaction(steps.make_recovery_codes, claims, known)
    return RecoveryCodesMade(codes=codes)
