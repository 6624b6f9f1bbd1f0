"""The settings are checked, and a wrong one is refused with a sentence."""

import pytest

from postern_auth import Postern, SettingsRefused


def test_the_issuer_alone_is_enough() -> None:
    postern = Postern.from_env({"POSTERN_ISSUER": "http://localhost:8000/"})
    assert (postern.issuer, postern.audience) == ("http://localhost:8000",) * 2


def test_without_an_issuer() -> None:
    with pytest.raises(SettingsRefused, match="POSTERN_ISSUER is not set"):
        Postern.from_env({})


@pytest.mark.parametrize("wrong", ["localhost:8000", "ftp://a.b", "http://", "http://[", "//a"])
@pytest.mark.parametrize("setting", ["POSTERN_ISSUER", "POSTERN_INTERNAL_URL"])
def test_an_address_that_is_none(setting: str, wrong: str) -> None:
    environment = {"POSTERN_ISSUER": "http://localhost:8000", setting: wrong}
    with pytest.raises(SettingsRefused, match=f"{setting} is .* It must be an address with http"):
        Postern.from_env(environment)


@pytest.mark.parametrize("wrong", ["http://a.b?c", "http://a.b#c", "http://me:secret@a.b"])
def test_an_address_with_more_than_an_address(wrong: str) -> None:
    with pytest.raises(SettingsRefused, match="POSTERN_ISSUER must not have a query") as refused:
        Postern.from_env({"POSTERN_ISSUER": wrong})
    assert "secret" not in str(refused.value)
