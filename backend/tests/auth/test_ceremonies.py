"""Answers of passkeys that are wrong, broken or hostile: refused, and never an error of ours."""

import json
import struct
from collections.abc import Callable
from random import Random
from typing import Any

import cbor2
import pytest

from src.auth.passkeys.ceremonies import Use, challenge_in, verified_new, verified_use
from src.auth.passkeys.errors import AttestationInvalid, PasskeyInvalid
from src.auth.passkeys.fields import Assertion, Attestation, raw
from src.kit.relying_party import RelyingParty
from tests.support.authenticator import (
    BE,
    BS,
    EDDSA,
    ES256,
    RS256,
    UP,
    UV,
    Authenticator,
    b64,
    cose,
    sign,
)

PARTY = RelyingParty("example.org", ("https://example.org", "https://app.example.org"))
CHALLENGE = b"sixteen bytes or more"
MAKE = {"challenge": b64(CHALLENGE), "rp": {"id": PARTY.id}, "user": {"id": b64(b"handle")}}
USE = {"challenge": b64(CHALLENGE), "rpId": PARTY.id}
RANDOM_CHANGES = 400


def authenticator(**said: Any) -> Authenticator:
    return Authenticator(origin=said.pop("origin", PARTY.origins[0]), **said)


def make(one: Authenticator, *, verification: bool = False) -> Any:
    sent = Attestation.model_validate(one.make(MAKE))
    return verified_new(sent, PARTY, CHALLENGE, verification=verification)


def new_from(_: Authenticator, sent: dict[str, Any]) -> Any:
    return verified_new(Attestation.model_validate(sent), PARTY, CHALLENGE, verification=False)


def use_from(one: Authenticator, sent: dict[str, Any]) -> Any:
    return use(one, sent=sent)


def use(
    one: Authenticator, *, sent: dict[str, Any] | None = None, verification: bool = True
) -> Use:
    return verified_use(
        Assertion.model_validate(sent or one.use(USE)),
        PARTY,
        CHALLENGE,
        public_key=cbor2.dumps(cose(one.key)),
        user_handle=b"handle",
        backup_eligible=True,
        verification=verification,
    )


class TestRight:
    @pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
    def test_a_new_passkey_is_accepted_and_signs(self, algorithm: int) -> None:
        one = authenticator(algorithm=algorithm)
        new = make(one, verification=True)
        assert new.credential_id == one.credential_id
        assert new.public_key == cbor2.dumps(cose(one.key))
        assert new.aaguid == "d548826e-79b4-db40-a3d8-11116f7e8349"
        assert (new.is_verified, new.backup_eligible, new.backed_up) == (True, True, True)
        assert use(one) == Use(0, is_verified=True, backed_up=True)

    def test_another_origin_of_the_settings_is_accepted(self) -> None:
        one = authenticator(origin=PARTY.origins[1])
        make(one)
        use(one)

    def test_unknown_members_are_ignored(self) -> None:
        one = authenticator(client={"crossOrigin": False, "more": [1], "other": {"a": None}})
        make(one)
        use(one)

    def test_a_statement_by_its_own_key_is_accepted_if_it_is_right(self) -> None:
        one = authenticator()
        signed = one.copy()

        def statement(said: dict[str, Any]) -> dict[str, Any]:
            data = said["authData"] + signed_client(signed)
            return {**said, "fmt": "packed", "attStmt": {"alg": ES256, "sig": sign(one.key, data)}}

        one.twist_object = statement
        assert make(one).credential_id == one.credential_id
        one.twist_object = lambda said: {
            **said,
            "fmt": "packed",
            "attStmt": {"alg": ES256, "sig": sign(one.key, b"something else")},
        }
        with pytest.raises(AttestationInvalid):
            make(one)

    def test_the_lower_flags_are_told(self) -> None:
        one = authenticator(flags=UP | BE)
        assert not make(one).is_verified
        assert use(one, verification=False) == Use(0, is_verified=False, backed_up=False)


def signed_client(one: Authenticator) -> bytes:
    from hashlib import sha256

    return sha256(raw(one.make(MAKE)["response"]["clientDataJSON"])).digest()


def changed(**said: Any) -> Callable[[], Authenticator]:
    return lambda: authenticator(**said)


CEREMONIES: dict[str, Callable[[], Authenticator]] = {
    "another origin": changed(origin="https://evil.example"),
    "a longer origin": changed(origin="https://example.org.evil.example"),
    "the same host over http": changed(origin="http://example.org"),
    "another port": changed(origin="https://example.org:8443"),
    "an origin with a slash": changed(origin="https://example.org/"),
    "a subdomain that no setting names": changed(origin="https://user.example.org"),
    "another relying party": changed(rp_id="evil.example"),
    "a subdomain as the relying party": changed(rp_id="app.example.org"),
    "nobody was present": changed(flags=UV | BE | BS),
    "a frame of another origin": changed(client={"crossOrigin": True}),
    "an odd crossOrigin": changed(client={"crossOrigin": "false"}),
    "a page above": changed(client={"crossOrigin": False, "topOrigin": "https://evil.example"}),
    "another type": changed(client={"type": "webauthn.other"}),
    "a list as the type": changed(client={"type": ["webauthn.get"]}),
    "a number as the challenge": changed(client={"challenge": 5}),
    "another challenge": changed(client={"challenge": b64(b"another challenge!!!!")}),
    "no challenge": changed(client={"challenge": None}),
    "no origin": changed(client={"origin": None}),
    "a copied key that may not be copied": changed(flags=UP | UV | BS),
}


class TestBothCeremonies:
    @pytest.mark.parametrize("wrong", CEREMONIES.values(), ids=CEREMONIES)
    def test_a_wrong_answer_is_refused(self, wrong: Callable[[], Authenticator]) -> None:
        with pytest.raises(AttestationInvalid):
            make(wrong())
        with pytest.raises(PasskeyInvalid):
            use(wrong())

    def test_user_verification_is_checked_in_the_flags(self) -> None:
        """CVE-2026-134320: it was asked for, and then not checked."""
        unverified = authenticator(flags=UP | BE | BS)
        with pytest.raises(AttestationInvalid):
            make(unverified, verification=True)
        with pytest.raises(PasskeyInvalid):
            use(unverified)

    def test_the_types_of_both_ceremonies_are_not_confused(self) -> None:
        one = authenticator(client={"type": "webauthn.get"})
        with pytest.raises(AttestationInvalid):
            make(one)
        one.client = {"type": "webauthn.create"}
        with pytest.raises(PasskeyInvalid):
            use(one)

    @pytest.mark.parametrize(
        "client",
        [
            b"",
            b"{",
            b"[]",
            b"5",
            b"\xff",
            b"{}",
            b"[" * 3000,
            b'{"type":1e999}',
            b'{"challenge":"a"}',
        ],
        ids=str,
    )
    def test_broken_client_data_is_refused(self, client: bytes) -> None:
        one = authenticator()
        for kind, options in ((one.make, MAKE), (one.use, USE)):
            sent = kind(options)
            sent["response"]["clientDataJSON"] = b64(client)
            assert challenge_in(b64(client)) != CHALLENGE
            verify = new_from if kind == one.make else use_from
            with pytest.raises((AttestationInvalid, PasskeyInvalid)):
                verify(one, sent)


class TestAUse:
    def test_a_wrong_signature_is_refused(self) -> None:
        one = authenticator()
        sent = one.use(USE)
        for signature in (
            b"",
            b"0",
            sign(one.key, b"other"),
            raw(sent["response"]["signature"])[:-1],
        ):
            sent["response"]["signature"] = b64(signature)
            with pytest.raises(PasskeyInvalid):
                use(one, sent=sent)

    def test_changed_flags_are_not_what_was_signed(self) -> None:
        one = authenticator(flags=UP | BE | BS)
        sent = one.use(USE)
        data = bytearray(raw(sent["response"]["authenticatorData"]))
        data[32] |= UV
        sent["response"]["authenticatorData"] = b64(bytes(data))
        with pytest.raises(PasskeyInvalid):
            use(one, sent=sent)

    def test_the_handle_of_another_account_is_refused(self) -> None:
        one = authenticator(handle=b"another")
        with pytest.raises(PasskeyInvalid):
            use(one)

    def test_a_key_that_could_not_be_copied_before_is_refused(self) -> None:
        one = authenticator(flags=UP | UV)
        with pytest.raises(PasskeyInvalid):
            use(one)

    def test_two_forms_of_an_id_are_refused(self) -> None:
        one = authenticator()
        with pytest.raises(PasskeyInvalid):
            use(one, sent={**one.use(USE), "id": b64(b"another id of a key")})

    def test_random_changes_are_refused(self) -> None:
        one, chance = authenticator(), Random(7)  # noqa: S311  the same changes every time
        for _ in range(RANDOM_CHANGES):
            sent = one.use(USE)
            member = chance.choice(["clientDataJSON", "authenticatorData", "signature"])
            sent["response"][member] = b64(shaken(raw(sent["response"][member]), chance))
            try:
                use(one, sent=sent)
            except PasskeyInvalid:
                continue
            raise AssertionError(sent)


def shaken(plain: bytes, chance: Random) -> bytes:
    """With one to three bytes changed, cut off or added."""
    text = bytearray(plain)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(text))
        match chance.randrange(3):
            case 0:
                text[place] ^= chance.randint(1, 255)
            case 1:
                del text[place : place + chance.randint(1, 9)]
                text = text or bytearray(b"x")
            case _:
                text[place:place] = chance.randbytes(chance.randint(1, 9))
    return bytes(text) if bytes(text) != plain else plain + b"\x00"


def key_with(**changes: Any) -> Callable[[dict[int, Any]], Any]:
    labels = {"kty": 1, "alg": 3, "a": -1, "b": -2, "c": -3}

    def twist(key: dict[int, Any]) -> dict[int, Any]:
        new = {**key, **{labels[name]: value for name, value in changes.items()}}
        return {label: value for label, value in new.items() if value is not None}

    return twist


HUGE_EXPONENT = (1 << 2000) | 1
KEYS: dict[str, tuple[int, Callable[[dict[int, Any]], Any]]] = {
    "an algorithm that was not offered": (ES256, key_with(alg=-35)),
    "ES512": (ES256, key_with(alg=-36)),
    "PS256": (RS256, key_with(alg=-37)),
    "RS1": (RS256, key_with(alg=-65535)),
    "no algorithm": (ES256, key_with(alg=None)),
    "a kind that does not fit": (ES256, key_with(kty=3)),
    "no kind": (ES256, key_with(kty=None)),
    "the curve P-384": (ES256, key_with(a=2)),
    "Ed448": (EDDSA, key_with(a=7)),
    "no point of the curve": (ES256, key_with(b=b"\x01" * 32)),
    "a point of zeros": (ES256, key_with(b=b"\x00" * 32, c=b"\x00" * 32)),
    "a short coordinate": (ES256, key_with(b=b"\x01" * 31)),
    "a text as a coordinate": (ES256, key_with(b="x" * 32)),
    "a number as a coordinate": (ES256, key_with(b=10**9)),
    "no coordinate": (ES256, key_with(c=None)),
    "a short Ed25519 key": (EDDSA, key_with(b=b"\x01" * 31)),
    "a small modulus": (RS256, key_with(a=b"\xff" * 128)),
    "a huge modulus": (RS256, key_with(a=b"\xff" * 1024)),
    "a small modulus with zeros": (RS256, key_with(a=b"\x00" * 128 + b"\xff" * 128)),
    "an even modulus": (RS256, key_with(a=b"\xff" * 255 + b"\xfe")),
    "a huge exponent": (RS256, key_with(b=HUGE_EXPONENT.to_bytes(251, "big"))),
    "an exponent of one": (RS256, key_with(b=b"\x01")),
    "an even exponent": (RS256, key_with(b=b"\x04")),
    "a list": (ES256, lambda _: [1, 2, 3]),
    "a number": (ES256, lambda _: 4),
    "a text": (ES256, lambda _: "key"),
    "nothing": (ES256, lambda _: None),
    "an uncompressed point of U2F": (ES256, lambda key: b"\x04" + key[-2] + key[-3]),
    "the same label twice": (ES256, lambda _: b"\xa2\x01\x02\x01\x02"),
    "broken CBOR": (ES256, lambda _: b"\xa5\x01\x02\x03"),
    "no end": (ES256, lambda _: b"\x9f\x01"),
    "deep nesting": (ES256, lambda _: b"\x81" * 4000 + b"\x01"),
    "deep maps": (ES256, lambda _: b"\xa1\x01" * 2000 + b"\x01"),
    "deep tags": (ES256, lambda _: b"\xc1" * 4000),
    "a loop": (ES256, lambda _: b"\xd8\x1c\x81\xd8\x1d\x00"),
    "a huge list": (ES256, lambda _: b"\x9b" + b"\xff" * 8),
    "a huge text": (ES256, lambda _: b"\x5b\x7f" + b"\xff" * 7),
    "more bytes after it": (ES256, lambda key: cbor2.dumps(key) + b"\x00"),
}


def data_with(change: Callable[[bytes], Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda said: {**said, "authData": change(said["authData"])}


def other(**members: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda said: {**said, **members}


OBJECTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no map": lambda _: cbor2.dumps([1]),
    "no CBOR": lambda _: b"\xff\xff",
    "empty": lambda _: b"",
    "deep nesting": lambda _: b"\x81" * 4000 + b"\x01",
    "no statement": lambda said: {name: said[name] for name in ("fmt", "authData")},
    "no data": lambda said: {name: said[name] for name in ("fmt", "attStmt")},
    "one more member": other(more=1),
    "an unknown format": other(fmt="other"),
    "a number as the format": other(fmt=5),
    "a list as the format": other(fmt=["none"]),
    "a statement with none": other(attStmt={"sig": b"1"}),
    "a number as the statement": other(attStmt=5),
    "a text as the statement": other(attStmt="sig"),
    "certificates": other(fmt="packed", attStmt={"alg": ES256, "sig": b"1", "x5c": [b"1"]}),
    "another algorithm": other(fmt="packed", attStmt={"alg": RS256, "sig": b"1"}),
    "an odd signature": other(fmt="packed", attStmt={"alg": ES256, "sig": 5}),
    "an odd algorithm": other(fmt="packed", attStmt={"alg": [ES256], "sig": b"1"}),
    "a TPM": other(fmt="tpm", attStmt={"ver": "2.0"}),
    "SafetyNet": other(fmt="android-safetynet", attStmt={"ver": "1", "response": b"1"}),
    "U2F": other(fmt="fido-u2f", attStmt={"sig": b"1", "x5c": [b"1"]}),
    "a number as data": data_with(lambda _: 3_000_000_000),
    "a text as data": data_with(lambda _: "data"),
    "short data": data_with(lambda data: data[:36]),
    "cut data": data_with(lambda data: data[:80]),
    "no credential": data_with(lambda data: data[:32] + bytes([UP | UV]) + data[33:37]),
    "more data": data_with(lambda data: data + b"\x00"),
    "an id that is too long": data_with(lambda d: d[:53] + struct.pack(">H", 65535) + d[55:]),
    "no id": data_with(lambda data: data[:53] + b"\x00\x00" + data[87:]),
    "extensions that are none": data_with(lambda d: d[:32] + bytes([d[32] | 0x80]) + d[33:]),
}


class TestANewPasskey:
    @pytest.mark.parametrize(("algorithm", "twist"), KEYS.values(), ids=KEYS)
    def test_an_odd_key_is_refused(
        self, algorithm: int, twist: Callable[[dict[int, Any]], Any]
    ) -> None:
        with pytest.raises(AttestationInvalid):
            make(authenticator(algorithm=algorithm, twist_key=twist))

    @pytest.mark.parametrize("twist", OBJECTS.values(), ids=OBJECTS)
    def test_an_odd_object_is_refused(self, twist: Callable[[dict[str, Any]], Any]) -> None:
        with pytest.raises(AttestationInvalid):
            make(authenticator(twist_object=twist))

    def test_the_id_beside_the_object_is_the_one_in_it(self) -> None:
        one = authenticator()
        another = b64(b"another id of a key")
        sent = {**one.make(MAKE), "id": another, "rawId": another}
        with pytest.raises(AttestationInvalid):
            verified_new(Attestation.model_validate(sent), PARTY, CHALLENGE, verification=False)

    def test_random_changes_are_refused_or_harmless(self) -> None:
        """Nothing is signed, so a changed counter or maker is as good as another one."""
        one, chance = authenticator(), Random(11)  # noqa: S311  likewise
        for _ in range(RANDOM_CHANGES):
            sent = one.make(MAKE)
            member = chance.choice(["clientDataJSON", "attestationObject"])
            sent["response"][member] = b64(shaken(raw(sent["response"][member]), chance))
            try:
                new = verified_new(
                    Attestation.model_validate(sent), PARTY, CHALLENGE, verification=True
                )
            except AttestationInvalid:
                continue
            assert new.credential_id == one.credential_id
            assert new.is_verified


def test_json_numbers_do_not_break_the_client_data() -> None:
    text = json.dumps({"type": "webauthn.get"})[:-1] + ', "big": ' + "9" * 6000 + "}"
    assert challenge_in(b64(text.encode())) == b""
