"""What is remembered of a token that was found good."""

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


class TestATokenThatWasGood:
    def test_is_good_for_its_key_and_its_issuer_alone(self) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        assert access_tokens.verify(KEY, token, issuer=OURS, at=AT) == ADA
        for key, issuer in ((OTHER, OURS), (KEY, "http://elsewhere.test")):
            with pytest.raises(TokenInvalid):
                access_tokens.verify(key, token, issuer=issuer, at=AT)

    def test_expires_all_the_same(self) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        assert access_tokens.verify(KEY, token, issuer=OURS, at=AT) == ADA
        with pytest.raises(TokenExpired):
            access_tokens.verify(KEY, token, issuer=OURS, at=AT + TTL + timedelta(minutes=2))

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_says_nothing_of_one_that_differs_in_a_character(self, part: int) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        assert access_tokens.verify(KEY, token, issuer=OURS, at=AT) == ADA
        parts = token.split(".")
        first = "A" if parts[part][0] != "A" else "B"
        parts[part] = first + parts[part][1:]
        with pytest.raises(TokenInvalid):
            access_tokens.verify(KEY, ".".join(parts), issuer=OURS, at=AT)

    def test_has_no_other_spelling(self) -> None:
        token = access_tokens.issue(KEY, ADA, issuer=OURS, at=AT, ttl=TTL)
        last = BASE64URL[(BASE64URL.index(token[-1]) ^ 1)]  # the lowest bits of it say nothing
        others = (f"{token}=", f"{token}==", token.replace(".", "=.", 1), token[:-1] + last)
        for other in (*others, f"{token}!", f" {token}", f"{token}\n"):
            with pytest.raises(TokenInvalid):
                access_tokens.verify(KEY, other, issuer=OURS, at=AT)
