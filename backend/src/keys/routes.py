"""GET /.well-known/jwks.json and /openid-configuration: what verifiers of tokens need."""

import hashlib
import json

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from src.database.errors import DATABASE_PROBLEMS
from src.keys.dependencies import Keys
from src.keys.signing_keys import ALGORITHM
from src.kit.clock import now
from src.settings import get_settings
from src.web.responses import responses

router = APIRouter(prefix="/.well-known", tags=["Verification"])

MAX_AGE = 300
"""Seconds that a verifier may keep the answer; well under `steps.LEAD`."""
PUBLIC = {
    "Cache-Control": f"public, max-age={MAX_AGE}",
    "Access-Control-Allow-Origin": "*",  # a page of any origin may verify tokens
}


class Jwk(BaseModel):
    """A public key (RFC 7517; RFC 7518, section 6.2)."""

    kid: str
    kty: str = Field(examples=["EC"])
    crv: str = Field(examples=["P-256"])
    alg: str = Field(examples=[ALGORITHM])
    use: str = Field(examples=["sig"])
    x: str
    y: str


class JwkSet(BaseModel):
    keys: list[Jwk]


class OpenidConfiguration(BaseModel):
    """The part of OpenID Connect Discovery 1.0, section 3, by which generic verifiers find keys."""

    issuer: str
    jwks_uri: str
    id_token_signing_alg_values_supported: list[str]
    subject_types_supported: list[str]
    response_types_supported: list[str]


@router.head("/jwks.json", include_in_schema=False, response_model=None)
@router.get(
    "/jwks.json",
    summary="The public keys that access tokens are verified with",
    response_model=JwkSet,
    responses={304: {"description": "Unchanged"}, **responses(*DATABASE_PROBLEMS)},
)
async def jwks(request: Request, ring: Keys) -> Response:
    """A key is listed from 15 minutes before it signs until its last token has expired."""
    keys = await ring.public_keys()
    body = json.dumps(keys.jwks(now()), separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**PUBLIC, "ETag": etag}
    if {etag, "*"} & _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.head("/openid-configuration", include_in_schema=False, response_model=None)
@router.get("/openid-configuration", summary="Where the public keys are")
async def openid_configuration(response: Response) -> OpenidConfiguration:
    """For verifiers that start from the issuer's address. Postern is no OpenID provider yet."""
    response.headers.update(PUBLIC)
    issuer = get_settings().api_url
    return OpenidConfiguration(
        issuer=issuer,
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        id_token_signing_alg_values_supported=[ALGORITHM],
        subject_types_supported=["public"],
        response_types_supported=[],
    )


def _tags(header: str) -> set[str]:
    """The entity tags of If-None-Match, compared weakly (RFC 9110, section 13.1.2)."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
