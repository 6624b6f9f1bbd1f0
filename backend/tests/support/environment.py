"""The settings of the tests, independent of the developer's own shell and backend/.env."""

import os

SETTINGS = {
    "ENVIRONMENT": "test",
    "SECRET_KEY": "kX3v9QmTz7LbR2wYf8NcHd5JpGs6UaVe1Zq4Bo0Ix",
    "APP_NAME": "Lantern & Sons",
    "API_URL": "http://api.test",
    "WEB_URL": "http://web.test",
    "BCRYPT_ROUNDS": "4",
    "MIN_PASSWORD_LENGTH": "8",
    "ACCESS_TOKEN_TTL": "900",
    "AUTO_MIGRATE": "off",
    "DB_POOL_SIZE": "10",
    "RATE_LIMITS": "off",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "text",
}


def apply(**overrides: str) -> None:
    """Set all settings in the environment; call this before importing anything from `src`."""
    os.environ.update(SETTINGS | overrides)


def shared_database() -> dict[str, str]:
    """The settings of the tests' database, for a separate process."""
    return {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_URL_UNPOOLED")}
