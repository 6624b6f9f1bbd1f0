"""Knows who calls a service: verifies Postern's access tokens offline, by its public keys."""

from postern_auth.asgi import PosternMiddleware
from postern_auth.claims import Claims
from postern_auth.postern import Postern
from postern_auth.profiles import Profile
from postern_auth.refusals import (
    Answer,
    KeysUnavailable,
    PosternUnavailable,
    ReauthenticationRequired,
    Refused,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from postern_auth.settings import SettingsRefused

__all__ = [
    "Answer",
    "Claims",
    "KeysUnavailable",
    "Postern",
    "PosternMiddleware",
    "PosternUnavailable",
    "Profile",
    "ReauthenticationRequired",
    "Refused",
    "SessionRevoked",
    "SettingsRefused",
    "TokenExpired",
    "TokenInvalid",
    "TokenMissing",
]
