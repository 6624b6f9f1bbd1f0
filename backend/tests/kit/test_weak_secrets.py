"""Which secret keys can be guessed. Generated ones never count as such."""

import base64
import hashlib
from random import Random

import pytest

from src.kit.weak_secrets import weakness_of

SHORT = "is shorter than 32 bytes"
TUTORIAL = "is printed in a tutorial or a documentation"
EXAMPLE = "contains the words of an example"
FEW = "has fewer than 8 different characters"
REPEATS = "repeats a short piece"
ROWS = "is a sequence, or rows of keys on a keyboard"
DIGEST = "is the digest of a common word"
WORDS = "is made of words that can be guessed"


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", SHORT),
        ("tiny-key", SHORT),
        ("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", TUTORIAL),
        ("09D25E094FAA6CA2556C818166B7A9563B93F7099F6F0F4CAA6CF63B88E8D3E7", TUTORIAL),
        ("404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970", TUTORIAL),
        ("a-string-secret-at-least-256-bits-long", TUTORIAL),
        ("0123456789abcdef0123456789abcdef", TUTORIAL),
        ("0123456789abcdef" * 3, REPEATS),
        ("django-insecure-q7^x!v2m@k9(w4z&r1b8n0h3j6", EXAMPLE),
        ("REPLACE_ME_BEFORE_GOING_LIVE_7f3a9c", EXAMPLE),
        ("CHANGEME-CHANGEME-CHANGEME-CHANGEME", EXAMPLE),
        ("your_jwt_signing_key_goes_here_1234", EXAMPLE),
        ("a" * 64, FEW),
        ("01" * 32, FEW),
        ("abcdefgh" * 4, REPEATS),
        ("tulip-42!" * 4, REPEATS),
        ("abcdefghijklmnopqrstuvwxyz0123456789", ROWS),
        ("zyxwvutsrqponmlkjihgfedcba9876543210", ROWS),
        ("qwertyuiopasdfghjklzxcvbnm1234567890", ROWS),
        ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", ROWS),
        ("welcome to the production server ok", WORDS),
        ("sk_live_please_set_me_in_production!", EXAMPLE),
        ("UNSAFE_UNSAFE_dev_only_x7Qz91LmTT02", EXAMPLE),
        ("2b7e151628aed2a6abf7158809cf4f3c", TUTORIAL),
        ("550e8400-e29b-41d4-a716-446655440000", TUTORIAL),
        ("correct horse battery staple correct", TUTORIAL),
        (hashlib.sha256(b"secret").hexdigest(), DIGEST),
        (hashlib.sha256(b"").hexdigest(), DIGEST),
        (hashlib.md5(b"", usedforsecurity=False).hexdigest(), DIGEST),
        (base64.b64encode(b"0123456789abcdef" * 2).decode(), f"encodes text that {TUTORIAL}"),
        (base64.b64encode(b"changeme" * 4).decode(), f"encodes text that {EXAMPLE}"),
        (b"replace me by something".hex(), f"encodes text that {EXAMPLE}"),
    ],
)
def test_a_weak_key_has_its_reason(secret: str, why: str) -> None:
    assert weakness_of(secret) == why


def test_a_generated_key_always_passes() -> None:
    random = Random(1815)  # noqa: S311  seeded, so that the test cannot fail by chance
    letters = "abcdefghijklmnopqrstuvwxyz"
    for _ in range(3000):
        made = random.randbytes(48)
        keys = (
            *(made[:16].hex(), made[:32].hex(), made.hex()),
            *(base64.b64encode(made[:24]).decode(), base64.b64encode(made).decode()),
            base64.urlsafe_b64encode(made[:32]).rstrip(b"=").decode(),
        )
        assert [key for key in keys if weakness_of(key)] == []
    for _ in range(50):  # such keys are estimated, which is slow
        assert weakness_of("".join(random.choices(letters, k=40))) is None
        assert weakness_of(base64.b32encode(random.randbytes(20)).decode()) is None
