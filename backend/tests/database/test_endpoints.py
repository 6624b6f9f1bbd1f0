"""From a URL to the two endpoints: the address of the app and the direct one."""

from urllib.parse import quote

import pytest

from src.database.endpoints import parse, pooled_by_name, resolve
from tests.database.test_urls import NEON

NEON_DIRECT = "ep-cool-rain-123.eu-central-1.aws.neon.tech"


class TestDirect:
    @pytest.mark.parametrize(
        ("host", "options", "direct_host", "direct_options"),
        [
            ("ep-a-1-pooler", "endpoint=ep-a-1-pooler", "ep-a-1", "endpoint=ep-a-1"),
            ("ep-a-1-pooler", "project=ep-a-1-pooler", "ep-a-1", "project=ep-a-1"),
            ("ep-a-1", "endpoint=ep-a-1-pooler", "ep-a-1", "endpoint=ep-a-1"),
            ("ep-a-1-pooler", "endpoint=ep-a-1", "ep-a-1", "endpoint=ep-a-1"),
            (
                "ep-a-1-pooler",
                r"-c search_path=a\ endpoint=x-pooler endpoint=ep-a-1-pooler -crole=b-pooler",
                "ep-a-1",
                r"-c search_path=a\ endpoint=x-pooler endpoint=ep-a-1 -crole=b-pooler",
            ),
        ],
    )
    def test_the_direct_address_of_neon_changes_host_and_options(
        self, host: str, options: str, direct_host: str, direct_options: str
    ) -> None:
        text = (
            f"postgresql://u-pooler:endpoint%3Dep-a-1-pooler%3Bx@{host}.eu.aws.neon.tech/d-pooler"
            f"?sslmode=require&options={quote(options, safe='')}"
        )
        endpoints = resolve(text, None)

        direct = endpoints.direct
        assert (direct.host, direct.query["options"]) == (
            f"{direct_host}.eu.aws.neon.tech",
            direct_options,
        )
        assert direct.query["sslmode"] == "require"
        assert (direct.username, direct.database) == ("u-pooler", "d-pooler")
        assert direct.password == "endpoint=ep-a-1-pooler;x"
        assert pooled_by_name(endpoints.app)
        assert pooled_by_name(direct) is None

    def test_the_direct_address_of_neon_keeps_everything_else(self) -> None:
        endpoints = resolve(NEON, None)
        assert endpoints.app.host == "ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech"
        assert endpoints.direct.host == NEON_DIRECT
        assert endpoints.direct.set(host=endpoints.app.host) == endpoints.app
        assert endpoints.direct_from == "DATABASE_URL without -pooler"

    def test_pooler_in_a_password_or_database_name_stays(self) -> None:
        url = NEON.replace("tulip", "x-pooler.neon.tech").replace("/app", "/my-pooler")
        direct = resolve(url, None).direct
        assert (direct.password, direct.database) == ("x-pooler.neon.tech", "my-pooler")
        assert direct.host == NEON_DIRECT

    @pytest.mark.parametrize(
        "host",
        [
            "ep-pooler.neon.tech.evil.example",
            "x-pooler.example.com",
            "x.y-pooler.neon.tech",
            "neon.tech",
            "ep-cool-rain-123.eu-central-1.aws.neon.tech",
            "-pooler.neon.tech",
        ],
    )
    def test_the_direct_address_of_any_other_host_is_the_same(self, host: str) -> None:
        endpoints = resolve(f"postgresql://ada:tulip@{host}/app", None)
        assert endpoints.direct == endpoints.app

    def test_a_direct_address_in_the_settings_wins(self) -> None:
        endpoints = resolve(NEON, "postgres://ada:tulip@direct.example.com/app")
        assert endpoints.direct.host == "direct.example.com"
        assert endpoints.direct_from == "DATABASE_URL_UNPOOLED"


class TestPooledByName:
    @pytest.mark.parametrize(
        ("text", "pooled"),
        [
            (NEON, True),
            (NEON.upper().replace("POSTGRESQL", "postgresql").split("?")[0], True),
            (NEON.replace("-pooler", ""), False),
            ("postgresql://a@aws-0-eu.pooler.supabase.com:6543/p", True),
            ("postgresql://a@aws-0-eu.pooler.supabase.com:5432/p", False),
            ("postgresql://a@db.abc.supabase.co:5432/p", False),
            ("postgresql://a@my-pooler.example.com/p", False),
            ("postgresql://a@1.2.3.4/p?options=endpoint%3Dep-a-1-pooler", True),
            ("postgresql://a@1.2.3.4/p?options=endpoint%3Dep-a-1", False),
            ("postgresql://a@h,aws-0-eu.pooler.supabase.com:6543/p", True),
        ],
    )
    def test_a_pooled_address_is_recognised(self, text: str, pooled: bool) -> None:
        assert bool(pooled_by_name(parse(text))) is pooled
