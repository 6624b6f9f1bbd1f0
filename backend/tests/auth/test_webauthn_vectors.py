"""The test vectors of the WebAuthn Level 3 specification, section 16."""

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest

from src.auth.passkeys.ceremonies import NewCredential, Use, verified_new, verified_use
from src.auth.passkeys.errors import AttestationInvalid, PasskeyInvalid
from src.auth.passkeys.fields import Assertion, Attestation
from src.kit.relying_party import RelyingParty
from tests.support.authenticator import AT, BE, BS, UP, UV, b64

FILE = json.loads((Path(__file__).parents[1] / "vectors" / "webauthn.json").read_text())
VECTORS: dict[str, dict[str, Any]] = {one["name"]: one for one in FILE["vectors"]}
PARTY = RelyingParty(FILE["rp_id"], (FILE["origin"],))
IN_FRAMES = ("none.ES256.crossOrigin", "none.ES256.topOrigin")


def plain(text: str) -> bytes:
    return bytes.fromhex(text)


def data_of(name: str) -> bytes:
    said: bytes = cbor2.loads(plain(VECTORS[name]["registration"]["attestationObject"]))["authData"]
    return said


def id_of(name: str) -> str:
    data = data_of(name)
    return b64(data[55 : 55 + int.from_bytes(data[53:55], "big")])


def new(name: str, statement: bytes | None = None) -> NewCredential:
    said, credential_id = VECTORS[name]["registration"], id_of(name)
    statement = statement or plain(said["attestationObject"])
    client = b64(plain(said["clientDataJSON"]))
    sent = {
        "id": credential_id,
        "rawId": credential_id,
        "type": "public-key",
        "response": {"clientDataJSON": client, "attestationObject": b64(statement)},
    }
    model = Attestation.model_validate(sent)
    return verified_new(model, PARTY, plain(said["challenge"]), verification=False)


def without_statement(name: str) -> bytes:
    """As browsers change it if no statement was asked for."""
    return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data_of(name)})


def use(name: str, credential: NewCredential, **changed: str) -> Use:
    said = VECTORS[name]["authentication"] | changed
    members = ("clientDataJSON", "authenticatorData", "signature")
    sent = {
        "id": id_of(name),
        "rawId": id_of(name),
        "type": "public-key",
        "response": {member: b64(plain(said[member])) for member in members},
    }
    return verified_use(
        Assertion.model_validate(sent),
        PARTY,
        plain(said["challenge"]),
        public_key=credential.public_key,
        user_handle=b"",
        backup_eligible=credential.backup_eligible,
        verification=False,
    )


@pytest.mark.parametrize("name", [name for name in VECTORS if name not in IN_FRAMES])
class TestRight:
    def test_the_passkey_is_added_and_used(self, name: str) -> None:
        statement = without_statement(name) if name == "packed.EdDSA" else None
        added = new(name, statement)
        data = data_of(name)
        assert b64(added.credential_id) == id_of(name)
        assert added.aaguid.replace("-", "") == data[37:53].hex()
        flags = data[32]
        assert flags & (UP | AT) == UP | AT
        said = (added.is_verified, added.backup_eligible, added.backed_up)
        assert said == tuple(bool(flags & one) for one in (UV, BE, BS))
        flags = plain(VECTORS[name]["authentication"]["authenticatorData"])[32]
        expected = Use(0, is_verified=bool(flags & UV), backed_up=bool(flags & BS))
        assert use(name, added) == expected

    def test_another_challenge_or_signature_is_refused(self, name: str) -> None:
        added = new(name, without_statement(name))
        said = VECTORS[name]["authentication"]
        with pytest.raises(PasskeyInvalid):
            use(name, added, challenge=VECTORS[name]["registration"]["challenge"])
        with pytest.raises(PasskeyInvalid):
            use(name, added, signature=said["signature"][:-2] + "00")


@pytest.mark.parametrize("name", IN_FRAMES)
def test_pages_in_frames_of_others_are_refused(name: str) -> None:
    with pytest.raises(AttestationInvalid):
        new(name)
    key = data_of(name)[55 + 32 :]
    credential = NewCredential(b"", key, "", 0, False, False, False)
    with pytest.raises(PasskeyInvalid):
        use(name, credential)


def test_the_statement_of_a_maker_is_not_asked_for() -> None:
    """Browsers remove it. A client that sends one in spite of that has another idea of this."""
    with pytest.raises(AttestationInvalid):
        new("packed.EdDSA")
