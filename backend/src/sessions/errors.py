"""Refusals of a bearer token (RFC 6750, section 3)."""

from src.errors import Problem

INVALID = 'Bearer error="invalid_token"'


class TokenMissing(Problem):
    status = 401
    code = "token_missing"
    title = "Sign in first"
    why = "This address needs an access token, and the request carried none."
    mend = "Sign in, and send the header `Authorization: Bearer <access_token>`."
    challenge = "Bearer"


class TokenInvalid(Problem):
    status = 401
    code = "token_invalid"
    title = "The access token is not valid"
    why = (
        "The token is damaged, was made for another service or purpose, was signed with another "
        "key, or belongs to an account that no longer exists."
    )
    mend = (
        "Sign in again. If it keeps happening, compare `API_URL` and `SECRET_KEY` of all servers."
    )
    challenge = INVALID


class TokenExpired(Problem):
    status = 401
    code = "token_expired"
    title = "The access token has expired"
    why = "Access tokens live for minutes, so that a stolen one is soon worthless."
    mend = "Sign in again to get a new one."
    challenge = INVALID
