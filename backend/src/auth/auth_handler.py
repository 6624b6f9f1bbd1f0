"""Two names for other apps: `verify_password` and `get_password_hash`."""

from src.passwords.hashes import get_password_hash, verify_password

__all__ = ["get_password_hash", "verify_password"]
