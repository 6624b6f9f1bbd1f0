"""The second factors that this service knows."""

from src.auth.factors.passkey import Passkeys
from src.auth.factors.recovery_code import RecoveryCodes
from src.auth.factors.totp import Totp
from src.sessions.second_factors import SecondFactors

SECOND_FACTORS: SecondFactors = (Passkeys(), Totp(), RecoveryCodes())
