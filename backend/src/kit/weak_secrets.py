"""Whether a secret key can be guessed, and why. The reason never contains the key."""

import base64
import hashlib
from collections.abc import Callable
from contextlib import suppress

SECRET_BYTES = 32
LOOKED_AT = 128
"""Characters. Only the start of a longer key is checked."""
MOST_ESTIMATED = 50
FEWEST_CHARACTERS = 8
"""Different ones. Of 32 random hexadecimal digits, 14 are different on average."""
FEWEST_GUESSES = 10**25
"""Estimated by zxcvbn, which adds guesses for the order of words. 32 random letters: 10**30."""
MOSTLY = 0.75

EXAMPLE_WORDS = (
    *("change", "replace", "example", "secret", "your-", "your_", "password", "placeholder"),
    *("set_me", "set-me", "setme", "todo", "fill-in", "fill_in", "unsafe", "dummy", "sample"),
    *("dev-key", "dev_key", "insecure", "my-key", "my_key", "testkey", "default", "<key>"),
)
ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "0123456789abcdef", "zyxwvutsrq9876"),
    *("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol"),
)
"""Rows that people type, forwards or backwards."""
IN_A_ROW = 4

PUBLISHED = frozenset(
    {
        "5947d7c33d783f94b3b4c1a96ebc8991",
        "2ef2503d964e9668092e6878d3c390ca",
        "a3a9e1ed9732cab28868127be00f1ce9",
        "d65df89f702eec58ca3c7bf2001c9ffc",
        "6c86c6aac5fb24bcf5d9939cb7d7d564",
        "837e8e636d452b6133d5a5c56de1eb57",
        "5f7d0648c4892e614db990b5155ffb74",
        "570dad43de1af4c925f92c16a68a5093",
        "2b1fa627178e3424e20ffd0e18b7440c",
        "594c081d23de22b178ba34a9c8551fe2",
        "2598f7d6adc142d88161630f3db12ab2",
        "465d9ad5d5528ebe287b5dce4fb51620",
        "405ff235c170cd425c1c0065dcd4d539",
        "1ea604f64a8a5084cb916142866daf06",
        "9cb335cb7b5fb805934637d85c4f57c6",
        "3eb1bd439947eb762998e566ccc2e099",
        "a8ae6e6ee929abea3afcfc5258c8ccd6",
        "5df73e1aa59d8f332c2f5fd6ea1c37d0",
        "1a9009e718b3f9c9a913ddeff21ba663",
        "2e00dc72a648f076ddbea1d463a0e49d",
        "247d08f3e13938b244f5ecd8966f1778",
    }
)
"""The first half of the SHA-256 of keys that documentations and tutorials print, in lower case."""


COMMON = (
    "",
    "secret",
    "password",
    "changeme",
    "admin",
    "test",
    "postern",
    "123456",
    "12345678",
    "key",
)
"""Words whose digests people take for keys."""
DIGESTS = ("md5", "sha1", "sha256", "sha512")


def weakness_of(secret: str) -> str | None:
    """Why it can be guessed, as the end of a sentence. None for a generated key."""
    found = next((why for why, is_so in REASONS.items() if is_so(secret)), None)
    if found or not (inner := _decoded(secret)):
        return found
    again = (why for why, is_so in REASONS.items() if why != SHORT and is_so(inner))
    return next((f"encodes text that {why}" for why in again), None)


def _decoded(secret: str) -> str | None:
    """The printable text that it encodes in hexadecimal digits or in base64, if it does."""
    for decode in (bytes.fromhex, _from_base64):
        with suppress(ValueError):
            text = decode(secret.strip()).decode()
            if text.isprintable():
                return text
    return None


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _is_digest(secret: str) -> bool:
    """True for the digest of a common word."""
    written = secret.strip().lower()
    return any(
        hashlib.new(name, word.encode(), usedforsecurity=False).hexdigest() == written
        for name in DIGESTS
        for word in COMMON
    )


def _is_short(secret: str) -> bool:
    return len(secret.encode()) < SECRET_BYTES


def _is_published(secret: str) -> bool:
    return hashlib.sha256(secret.strip().lower().encode()).hexdigest()[:32] in PUBLISHED


def _is_example(secret: str) -> bool:
    return any(word in secret.lower() for word in EXAMPLE_WORDS)


def _has_few_characters(secret: str) -> bool:
    return len(set(secret.lower()[:LOOKED_AT])) < FEWEST_CHARACTERS


def _is_repeated(secret: str) -> bool:
    """True if more than a third of its pieces of three characters are repeats."""
    text = secret.lower()[:LOOKED_AT]
    pieces = [text[at : at + 3] for at in range(len(text) - 2)]
    return 3 * len(set(pieces)) < 2 * len(pieces)


def _is_in_rows(secret: str) -> bool:
    """True if at least half of its characters stand beside each other in `ROWS`."""
    text = secret.lower()[:LOOKED_AT]
    rows = (*ROWS, *(row[::-1] for row in ROWS))
    pieces = ((at, text[at : at + IN_A_ROW]) for at in range(len(text) - IN_A_ROW + 1))
    ours = (at for at, piece in pieces if any(piece in row for row in rows))
    covered = {place for at in ours for place in range(at, at + IN_A_ROW)}
    return 2 * len(covered) >= len(text)


def _is_words(secret: str) -> bool:
    """True for a passphrase. Neither hexadecimal digits nor base64 need the slow estimate."""
    letters = [sign for sign in secret if sign.isalpha()]
    upper = sum(map(str.isupper, letters))
    mixed = 8 * min(upper, len(letters) - upper) >= len(secret)
    return len(letters) > MOSTLY * len(secret) and not mixed and _guesses(secret) < FEWEST_GUESSES


def _guesses(secret: str) -> float:
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # it has none

    return float(zxcvbn(secret[:MOST_ESTIMATED])["guesses"])


SHORT = f"is shorter than {SECRET_BYTES} bytes"
REASONS: dict[str, Callable[[str], bool]] = {
    SHORT: _is_short,
    "is printed in a tutorial or a documentation": _is_published,
    "is the digest of a common word": _is_digest,
    "contains the words of an example": _is_example,
    f"has fewer than {FEWEST_CHARACTERS} different characters": _has_few_characters,
    "repeats a short piece": _is_repeated,
    "is a sequence, or rows of keys on a keyboard": _is_in_rows,
    "is made of words that can be guessed": _is_words,
}
