"""An authenticator and a browser in software: real keys, and every value can be wrong."""

import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from src.kit.crypto import random_bytes
from src.settings import get_settings

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
ES256, EDDSA, RS256 = -7, -8, -257
AAGUID = bytes.fromhex("d548826e79b4db40a3d811116f7e8349")
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def b64(plain: bytes) -> str:
    return urlsafe_b64encode(plain).rstrip(b"=").decode()


def plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key(algorithm: int) -> PrivateKey:
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


def cose(key: PrivateKey) -> dict[int, Any]:
    """The public key, as authenticators send it (RFC 9053)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        numbers = key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return {1: 2, 3: ES256, -1: 1, -2: x, -3: y}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: EDDSA, -1: 6, -2: key.public_key().public_bytes_raw()}
    public = key.public_key().public_numbers()
    size = (public.n.bit_length() + 7) // 8
    return {1: 3, 3: RS256, -1: public.n.to_bytes(size, "big"), -2: public.e.to_bytes(3, "big")}


def sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(SHA256()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return key.sign(data, padding.PKCS1v15(), SHA256())


def same(value: Any) -> Any:
    return value


@dataclass
class Authenticator:
    """One passkey. Its fields are what it says from now on: a test changes them."""

    algorithm: int = ES256
    flags: int = UP | UV | BE | BS
    counter: int = 0
    counts: bool = False
    """Whether the counter rises with each use."""
    origin: str = field(default_factory=lambda: get_settings().web_url)
    rp_id: str | None = None
    """None: that of the options."""
    client: dict[str, Any] = field(default_factory=lambda: {"crossOrigin": False})
    """More members of the client data."""
    aaguid: bytes = AAGUID
    credential_id: bytes = field(default_factory=lambda: random_bytes(32))
    transports: tuple[str, ...] = ("internal", "hybrid")
    handle: bytes | None = None
    key: PrivateKey = field(default=None)  # type: ignore[assignment]  # made below
    twist_key: Callable[[dict[int, Any]], Any] = same
    """Changes the public key before it is sent."""
    twist_object: Callable[[dict[str, Any]], Any] = same
    """Changes the attestation object before it is sent."""

    def __post_init__(self) -> None:
        if self.key is None:
            self.key = new_key(self.algorithm)

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.create()`: `RegistrationResponseJSON`."""
        self.handle = plain(options["user"]["id"])
        client = self._client_data("webauthn.create", options["challenge"])
        key = self.twist_key(cose(self.key))
        public = key if isinstance(key, bytes) else cbor2.dumps(key)
        length = struct.pack(">H", len(self.credential_id))
        attested = self.aaguid + length + self.credential_id + public
        data = self._data(options["rp"]["id"], self.flags | AT) + attested
        said = self.twist_object({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": b64(client),
            "attestationObject": b64(said if isinstance(said, bytes) else cbor2.dumps(said)),
            "transports": list(self.transports),
            "publicKeyAlgorithm": self.algorithm,
        }
        return self._credential(response)

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.get()`: `AuthenticationResponseJSON`."""
        if self.counts:
            self.counter += 1
        client = self._client_data("webauthn.get", options["challenge"])
        data = self._data(options["rpId"], self.flags)
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(sign(self.key, data + sha256(client).digest())),
            "userHandle": None if self.handle is None else b64(self.handle),
        }
        return self._credential(response)

    def copy(self) -> "Authenticator":
        """A clone, with the same key and counter."""
        return replace(self)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, **self.client}
        return json.dumps(said).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        hashed = sha256((self.rp_id or rp_id).encode()).digest()
        return hashed + struct.pack(">BI", flags, self.counter)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "response": response,
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        }
