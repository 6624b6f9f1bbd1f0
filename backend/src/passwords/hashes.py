"""Password hashes: bcrypt, in a form that uses every character of a password.

bcrypt reads only 72 bytes. So new hashes are `bcrypt_sha256`, version 2, as passlib published it:
bcrypt over the base64 of HMAC-SHA-256 of the password, keyed with the salt. Imported plain bcrypt
hashes also work, and are replaced at the next sign-in. Pure: it uses no settings and no database.
It is slow on purpose, so requests call it through the hash gate.
"""

import base64
import hashlib
import hmac
import re
import unicodedata

import bcrypt

MAX_PASSWORD_LENGTH = 1024
"""The most characters, so that a long password cannot be a denial of service."""

BCRYPT_BYTES = 72
SALT_LENGTH = 22  # characters of bcrypt's own base64
CHECKSUM_LENGTH = 31

# Only two bits of a salt's last character count. bcrypt refuses other characters at once, and that
# short time would show that the stored hash is broken.
PLAIN = re.compile(
    r"\$2[aby]\$(?P<rounds>0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}"
)
BCRYPT_SHA256 = re.compile(
    r"\$bcrypt-sha256\$v=2,t=2b,r=(?P<rounds>[4-9]|[12]\d|3[01])"
    r"\$(?P<salt>[./A-Za-z0-9]{21}[.Oeu])\$(?P<checksum>[./A-Za-z0-9]{31})"
)


def normalize(password: str) -> bytes:
    """The bytes to hash. With NFKC a password is the same on different keyboards."""
    return unicodedata.normalize("NFKC", password).encode()


def get_password_hash(password: str, rounds: int = 12) -> str:
    """A new `$bcrypt-sha256$v=2,t=2b,r=<rounds>$<salt>$<checksum>` of cost 2**rounds."""
    salt = bcrypt.gensalt(rounds).decode()[-SALT_LENGTH:]
    checksum = _checksum(normalize(password), salt, rounds)
    return f"$bcrypt-sha256$v=2,t=2b,r={rounds}${salt}${checksum}"


def dummy_hash(rounds: int) -> str:
    """A hash of this cost that no password matches, for accounts that do not exist."""
    salt = bcrypt.gensalt(rounds).decode()[-SALT_LENGTH:]
    return f"$bcrypt-sha256$v=2,t=2b,r={rounds}${salt}${'.' * CHECKSUM_LENGTH}"


def is_hash(text: str) -> bool:
    """True for a hash of a form that `verify_password` knows."""
    return cost_of(text) is not None


def verify_password(password: str, password_hash: str) -> bool:
    """True if the password matches this hash. False for a hash of an unknown form.

    Imported hashes were made from the typed bytes, so these are tried too if they differ.
    """
    forms = dict.fromkeys((normalize(password), password.encode()))
    try:
        if match := BCRYPT_SHA256.fullmatch(password_hash):
            salt, rounds = match["salt"], int(match["rounds"])
            made = (_checksum(form, salt, rounds) for form in forms)
            return any(hmac.compare_digest(one, match["checksum"]) for one in made)
        return is_hash(password_hash) and any(_check(form, password_hash) for form in forms)
    except ValueError:  # a salt that no bcrypt could have made
        return False


def verify_evenly(password: str, password_hash: str | None, rounds: int) -> bool:
    """Like `verify_password`, but without a match it does the work of a hash of cost 2**rounds.

    So a refusal takes the same time for no account, a broken hash, and a hash of a lower cost:
    2**c + (2**c + 2**(c+1) + … + 2**(rounds-1)) is 2**rounds.
    """
    cost = cost_of(password_hash) if password_hash is not None else None
    if password_hash is None or cost is None:
        verify_password(password, dummy_hash(rounds))
        return False
    if verify_password(password, password_hash):
        return True
    for lacking in range(cost, rounds):
        verify_password(password, dummy_hash(lacking))
    return False


def cost_of(password_hash: str) -> int | None:
    """The logarithm to base 2 of its rounds. None for a hash of an unknown form."""
    match = BCRYPT_SHA256.fullmatch(password_hash) or PLAIN.fullmatch(password_hash)
    return int(match["rounds"]) if match else None


def _check(secret: bytes, password_hash: str) -> bool:
    """Verify plain bcrypt. A password that bcrypt would cut is refused.

    The refusal takes as long as any other, so the time does not show who has such a hash.
    """
    readable = len(secret) <= BCRYPT_BYTES and b"\x00" not in secret
    return bcrypt.checkpw(secret if readable else b"", password_hash.encode()) and readable


def needs_rehash(password_hash: str, rounds: int) -> bool:
    """True unless the hash has the current form and cost."""
    return not BCRYPT_SHA256.fullmatch(password_hash) or cost_of(password_hash) != rounds


def _checksum(secret: bytes, salt: str, rounds: int) -> str:
    digest = hmac.digest(salt.encode(), secret, hashlib.sha256)
    hashed = bcrypt.hashpw(base64.b64encode(digest), f"$2b${rounds:02}${salt}".encode())
    return hashed.decode()[-CHECKSUM_LENGTH:]
