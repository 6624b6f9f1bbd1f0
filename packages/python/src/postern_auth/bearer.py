"""The token in a request's Authorization header (RFC 6750, section 2.1)."""


def bearer(authorization: str | None) -> str | None:
    """None if there is no token, or credentials of another kind."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
