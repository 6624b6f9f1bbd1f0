"""Every table. Importing this package fills `metadata`, which migrations are compared with."""

from src.models.base import metadata
from src.models.factor_reset import FactorReset
from src.models.instance import AppliedMigration, EndpointProbe, Instance
from src.models.mail import Mail
from src.models.mailed_token import MailedToken
from src.models.passkey import Passkey, UsedChallenge
from src.models.rate_limit import FailureStreak, RateLimit
from src.models.requirement import Requirement
from src.models.second_factor import AuthenticatorApp, RecoveryCode
from src.models.signin_attempt import SigninAttempt
from src.models.signing_key import StoredKey
from src.models.trusted_device import TrustedDevice
from src.models.upkeep_job import UpkeepJob
from src.models.user import User
from src.models.user_session import UserSession

__all__ = [
    "AppliedMigration",
    "AuthenticatorApp",
    "EndpointProbe",
    "FactorReset",
    "FailureStreak",
    "Instance",
    "Mail",
    "MailedToken",
    "Passkey",
    "RateLimit",
    "RecoveryCode",
    "Requirement",
    "SigninAttempt",
    "StoredKey",
    "TrustedDevice",
    "UpkeepJob",
    "UsedChallenge",
    "User",
    "UserSession",
    "metadata",
]
