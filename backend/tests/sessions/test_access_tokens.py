"""Tokens that were verified are remembered. Nothing else may pass because of that."""

import string
from datetime import UTC, datetime, timedelta

import pytest

from src.keys.signing_keys import generate
from src.sessions import access_tokens
from src.sessions.access_tokens import Claims
from src.sessions.errors import TokenExpired, TokenInvalid

AT = datetime(2026, 1, 1, tzinfo=UTC)
TTL = timedelta(minutes=15)
KEY, OTHER = (generate(at=AT, signs_from=AT, ttl=TTL) for _ in range(2))
OURS = "http://api.test"
BASE64URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
ADA = Claims(user_id=1, session_id=2, generation=3)


class TestAVerifiedToken:
    def test_a_token_is_valid_only_for_its_key_and_issuer(self) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        assert access_tokens.verify(KEY, token, issuer=OURS, at=AT) == ADA
        for key, issuer in ((OTHER, OURS), (KEY, "http://elsewhere.test")):
            with pytest.raises(TokenInvalid):
                access_tokens.verify(key, token, issuer=issuer, at=AT)

    def test_a_verified_token_still_expires(self) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        assert access_tokens.verify(KEY, token, issuer=OURS, at=AT) == ADA
        with pytest.raises(TokenExpired):
            access_tokens.verify(KEY, token, issuer=OURS, at=AT + TTL + timedelta(minutes=2))

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_a_token_with_one_changed_character_is_refused(self, part: int) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        assert access_tokens.verify(KEY, token, issuer=OURS, at=AT) == ADA
        parts = token.split(".")
        first = "A" if parts[part][0] != "A" else "B"
        parts[part] = first + parts[part][1:]
        with pytest.raises(TokenInvalid):
            access_tokens.verify(KEY, ".".join(parts), issuer=OURS, at=AT)

    def test_another_spelling_of_a_token_is_refused(self) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        last = BASE64URL[(BASE64URL.index(token[-1]) ^ 1)]  # its lowest bits carry no data
        others = (f"{token}=", f"{token}==", token.replace(".", "=.", 1), token[:-1] + last)
        for other in (*others, f"{token}!", f" {token}", f"{token}\n"):
            with pytest.raises(TokenInvalid):
                access_tokens.verify(KEY, other, issuer=OURS, at=AT)
