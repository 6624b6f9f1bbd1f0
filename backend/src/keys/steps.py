"""Makes, seals, rotates and retires stored keys. One lock prevents two changes at once."""

import logging
import math
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from src.keys.errors import RetirementRefused, RotationRefused, UnknownKey
from src.keys.signing_keys import ALGORITHM, KeySet, KeyState, SigningKey, generate
from src.kit.clock import now
from src.kit.sealing import CannotUnseal, derive_key, seal, unseal
from src.models import Instance, StoredKey
from src.settings import get_settings

log = logging.getLogger("postern.keys")

LEAD = timedelta(minutes=15)
"""From publishing to signing. Verifiers, and caches in front of them, keep the key set for less."""
SETTLE = timedelta(minutes=2)
"""After this time all processes know a change. They keep their keys for half of it."""
LOCK = 0x706F73746B657973
"""PostgreSQL's advisory lock for all changes of keys, held until the transaction ends."""
PURPOSE = "signing keys at rest"


def load(db: Session, secret_keys: tuple[str, ...] | None = None) -> KeySet:
    """All stored keys, opened with the secrets of this process unless others are given."""
    # One statement: a fork renews the id and removes the keys at one moment.
    instance = select(Instance.id).scalar_subquery()
    stored = select(StoredKey, instance)
    rows = db.exec(stored.order_by(col(StoredKey.signs_from), col(StoredKey.kid)))
    given = get_settings().secret_keys if secret_keys is None else secret_keys
    secrets = [derive_key(secret, PURPOSE) for secret in given]
    keys, unreadable = [], []
    for row, instance_id in rows:
        try:
            keys.append(_opened(row, secrets, instance_id))
        except CannotUnseal:
            unreadable.append(row.kid)
    return KeySet(tuple(keys), tuple(unreadable))


def keep_up(db: Session) -> KeySet:
    """All keys, after what was due: a first key, the next one, or a longer lifetime of tokens."""
    keys = load(db)
    if not _is_due(keys, now()):
        return keys
    _lock(db)
    keys, at = load(db), now()  # another process may have done it while this one waited
    if keys.signing(at) is None:
        if keys.unreadable:
            log.error(
                "SECRET_KEY opens none of the %s stored signing keys, so a new one is made: tokens "
                "from before are refused here; SECRET_KEY_PREVIOUS would open them",
                len(keys.unreadable),
            )
        _store(db, generate(at=at, signs_from=at, ttl=_token_ttl()))
    elif _rotation_is_due(keys, at):
        _store(db, generate(at=at, signs_from=at + LEAD, ttl=_token_ttl()))
    _lengthen(db, load(db), at)
    return load(db)


def rotate(db: Session, *, at_once: bool = False, lead: timedelta = LEAD) -> SigningKey:
    """Publish a new key, which signs after `lead`. At once only if a key has leaked.

    Raise `RotationRefused` while a published key is still waiting for its time.
    """
    _lock(db)
    at, keys = now(), load(db)
    waiting = [
        key
        for key in keys.keys
        if keys.state(key, at) is KeyState.NEXT and not key.under_previous_secret
    ]
    if waiting and not at_once:
        kid, seconds = waiting[0].kid, _seconds(waiting[0].signs_from - at)
        raise RotationRefused(f"{kid} is published already, and signs in {seconds} seconds")
    key = generate(at=at, signs_from=at if at_once else at + lead, ttl=_token_ttl())
    _store(db, key)
    return key


def retire(db: Session, kid: str, *, leaked: bool = False) -> None:
    """Remove a key. Raises `UnknownKey`, or `RetirementRefused` as long as the key is needed.

    A leaked key goes although its tokens still live, and they are refused from then on.
    """
    _lock(db)
    at, keys = now(), load(db)
    if kid in keys.unreadable:
        if not leaked:
            raise RetirementRefused(f"{kid} is under another SECRET_KEY, so it may be in use")
        return _remove(db, kid)
    key = keys.find(kid)
    if key is None:
        raise UnknownKey(f"there is no key {kid}")
    state, until = keys.state(key, at), keys.verifies_until(key)
    if state is KeyState.SIGNING:
        raise RetirementRefused(f"{kid} signs now. First: postern keys rotate")
    if state is KeyState.NEXT and key.signs_from < at + SETTLE and not leaked:
        raise RetirementRefused(f"{kid} signs in a moment. First: postern keys rotate --at-once")
    if state is KeyState.VERIFYING and until is not None and not leaked:
        seconds = _seconds(until - at)
        raise RetirementRefused(f"tokens of {kid} may live for another {seconds} seconds")
    return _remove(db, kid)


def remove_spent(db: Session) -> int:
    """Remove the keys whose last token has expired, and return how many."""
    _lock(db)
    at, keys = now(), load(db)
    spent = [key.kid for key in keys.keys if keys.state(key, at) is KeyState.SPENT]
    if spent:
        _remove(db, *spent)
    return len(spent)


def remove_all(db: Session) -> int:
    """Remove all keys of a database that is another instance now, and return how many."""
    _lock(db)
    return db.exec(delete(StoredKey)).rowcount


def _remove(db: Session, *kids: str) -> None:
    db.exec(delete(StoredKey).where(col(StoredKey.kid).in_(kids)))


def _is_due(keys: KeySet, at: datetime) -> bool:
    signing = keys.signing(at)
    return signing is None or _rotation_is_due(keys, at) or signing.longest_ttl < _token_ttl()


def _rotation_is_due(keys: KeySet, at: datetime) -> bool:
    age = timedelta(days=get_settings().key_rotation_days)
    return keys.keys[-1].signs_from + age <= at


def _lengthen(db: Session, keys: KeySet, at: datetime) -> None:
    """The lifetime of tokens may have grown since the key was made: then it verifies for longer."""
    for key in keys.published(at):
        if keys.state(key, at) is not KeyState.VERIFYING and key.longest_ttl < _token_ttl():
            seconds = int(_token_ttl().total_seconds())
            stored = update(StoredKey).where(col(StoredKey.kid) == key.kid)
            db.exec(stored.values(longest_ttl=seconds).execution_options(synchronize_session=False))
    db.expire_all()


def _store(db: Session, key: SigningKey) -> None:
    private = key.private_key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    secret = derive_key(get_settings().secret_keys[0], PURPOSE)
    db.add(
        StoredKey(
            kid=key.kid,
            algorithm=key.algorithm,
            sealed_key=seal(secret, private, place=_place(key.kid)),
            created_at=key.created_at,
            signs_from=key.signs_from,
            longest_ttl=int(key.longest_ttl.total_seconds()),
        )
    )
    db.flush()  # what is loaded next must see it
    log.info("signing key %s is published, and signs from %s", key.kid, key.signs_from.isoformat())


def _opened(row: StoredKey, secrets: list[bytes], instance: UUID) -> SigningKey:
    """The key in this row. Raises `CannotUnseal`, also if it is not the key that the row names."""
    raw, secret = unseal(secrets, row.sealed_key, place=_place(row.kid))
    private_key = serialization.load_der_private_key(raw, password=None)
    if not isinstance(private_key, EllipticCurvePrivateKey) or row.algorithm != ALGORITHM:
        raise CannotUnseal
    ttl = timedelta(seconds=row.longest_ttl)
    return SigningKey(
        row.kid,
        private_key,
        row.created_at,
        row.signs_from,
        longest_ttl=ttl,
        under_previous_secret=secret != secrets[0],
        instance=instance,
    )


def _place(kid: str) -> str:
    """A sealed key belongs to its own row."""
    return f"{PURPOSE}: {kid}"


def _lock(db: Session) -> None:
    db.exec(select(func.pg_advisory_xact_lock(LOCK)))


def _token_ttl() -> timedelta:
    return timedelta(seconds=get_settings().access_token_ttl)


def _seconds(wait: timedelta) -> int:
    return math.ceil(wait.total_seconds())
