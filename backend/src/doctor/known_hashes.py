"""Published hashes, which show whether this machine's bcrypt is right.

They come from the tests of passlib 1.7.4 (BSD-3-Clause, tests/vectors/LICENSE.passlib), which took
them from John the Ripper and Openwall's crypt_blowfish.
"""

from collections.abc import Callable

PLAIN = (
    ("U*U*U*U*", "$2a$05$c92SVSfjeiCD6F2nAD6y0uBpJDjdRkt0EgeC4/31Rf2LUZbDRDE.O"),
    ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
)
"""For `bcrypt.checkpw` itself."""

WRAPPED = (
    (
        "password",
        "$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS",
    ),
    (
        "abc123" * 12,  # 72 bytes: plain bcrypt ignores the next letter
        "$bcrypt-sha256$v=2,t=2b,r=5$X1g1nh3g0v4h6970O68cxe$zu1cloESVFIOsUIo7fCEgkdHaI9SSue",
    ),
)
"""For our own `verify_password`, which uses every character of a password."""


def wrong_answers(verify: Callable[[str, str], bool], vectors: tuple[tuple[str, str], ...]) -> int:
    """How often `verify` refuses the right password, or accepts it with one more letter."""
    right = sum(_answers(verify, password, known, right=True) for password, known in vectors)
    right += sum(
        _answers(verify, password + "x", known, right=False) for password, known in vectors
    )
    return 2 * len(vectors) - right


def _answers(verify: Callable[[str, str], bool], password: str, known: str, *, right: bool) -> bool:
    try:
        return verify(password, known) is right
    except Exception:  # noqa: BLE001  an exception is a wrong answer
        return False
