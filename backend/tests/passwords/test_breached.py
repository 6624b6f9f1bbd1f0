"""Breached passwords: the range protocol with a real server, and the sorted file."""

import asyncio
import logging
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from src.passwords.breached import file
from src.passwords.breached.breached import BreachedPasswords, ask
from src.passwords.breached.range_api import LARGEST_ANSWER, MOST_AT_ONCE, RangeApi
from src.passwords.breached.ranges import digest_of
from src.passwords.breached.source import Unavailable
from src.passwords.errors import PasswordBreached
from tests.support.ports import free_port, full_house
from tests.support.range_server import (
    OTHERS,
    Act,
    RangeServer,
    hang_up,
    line_of,
    range_server,
    send,
)
from tests.support.waiting import eventually

PASSWORD = "copper door"
PATIENCE = 60.0
"""Seconds: a busy machine fails no test."""


@pytest.fixture
def server() -> Iterator[RangeServer]:
    with range_server() as running:
        yield running


def look_up(url: str, password: str = PASSWORD, within: float = PATIENCE) -> bool:
    async def scene() -> bool:
        api = RangeApi(url)
        try:
            return await ask(api, digest_of(password), within)
        finally:
            await api.close()

    return asyncio.run(scene())


class TestTheRangeApi:
    @pytest.mark.parametrize("spelling", [str.upper, str.lower])
    def test_knows_a_listed_password_in_capital_and_in_small_letters(
        self, server: RangeServer, spelling: Callable[[str], str]
    ) -> None:
        server.lines = [spelling(line_of(PASSWORD))]
        assert look_up(server.url) is True

    def test_does_not_know_another_password(self, server: RangeServer) -> None:
        server.lines = [line_of("another password")]
        assert look_up(server.url) is False

    def test_a_count_of_zero_is_padding(self, server: RangeServer) -> None:
        server.lines = [line_of(PASSWORD, 0), line_of("another password", 0)]
        assert look_up(server.url) is False

    def test_only_five_characters_leave_and_padding_is_asked_for(self, server: RangeServer) -> None:
        look_up(server.url)
        ((path, headers),) = server.asked
        assert path == f"/range/{digest_of(PASSWORD)[:5]}"
        assert headers["add-padding"] == "true"
        assert headers["accept-encoding"] == "identity"
        assert digest_of(PASSWORD)[5:].lower() not in str(headers).lower()

    def test_the_form_of_the_hash_is_looked_up(self, server: RangeServer) -> None:
        server.lines = [line_of(PASSWORD)]
        assert look_up(server.url, "ｃｏｐｐｅｒ door") is True

    @pytest.mark.parametrize(
        "act",
        [
            pytest.param(hang_up, id="hangs up"),
            pytest.param(send(b"oops", 500), id="500"),
            pytest.param(send(b"", 429), id="429"),
            pytest.param(send(b"", 302, Location="/range/00000"), id="redirect"),
            pytest.param(send(b""), id="empty"),
            pytest.param(send(b"<html>Please sign in</html>"), id="page"),
            pytest.param(send(bytes(range(256))), id="garbage"),
            pytest.param(send("\n".join([*OTHERS, "1" * 35]).encode()), id="cut"),
            pytest.param(send(b"\x1f\x8b", Content_Encoding="gzip"), id="compressed"),
        ],
    )
    def test_a_bad_answer_is_no_answer(self, server: RangeServer, act: Act) -> None:
        server.act = act
        with pytest.raises(Unavailable):
            look_up(server.url)
        assert len(server.asked) == 1  # also after a redirect

    def test_a_huge_answer_is_not_read_to_the_end(self, server: RangeServer) -> None:
        line = (OTHERS[0] + "\r\n").encode()
        server.act = send(line * (8 * LARGEST_ANSWER // len(line)))
        tracemalloc.start()
        with pytest.raises(Unavailable, match="more than"):
            look_up(server.url)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 8 * LARGEST_ANSWER

    def test_a_slow_server_is_not_waited_for(self, server: RangeServer) -> None:
        server.act = server.hold
        with pytest.raises(Unavailable, match="no answer within"):
            look_up(server.url, within=0.05)

    def test_a_server_that_cannot_be_reached(self) -> None:
        with pytest.raises(Unavailable):
            look_up(f"http://127.0.0.1:{free_port()}")
        with full_house() as port, pytest.raises(Unavailable):
            look_up(f"http://127.0.0.1:{port}", within=0.05)
        with pytest.raises(Unavailable):
            look_up("https://nowhere.example")

    def test_no_proxy_of_the_environment_is_used(
        self, server: RangeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
        server.lines = [line_of(PASSWORD)]
        assert look_up(server.url) is True

    def test_a_storm_has_few_connections(self, server: RangeServer) -> None:
        def act(handler: BaseHTTPRequestHandler) -> None:
            server.released.wait()
            server.act_normally(handler)

        async def scene() -> int:
            asking = asyncio.create_task(storm(server.url, PATIENCE))
            await asyncio.to_thread(eventually, lambda: len(server.asked) >= MOST_AT_ONCE)
            await asyncio.sleep(0.3)  # without a limit, all others would be there by now
            at_once = len(server.asked)
            server.released.set()
            assert await asking == [False] * 100
            return at_once

        server.act = act
        assert asyncio.run(scene()) == MOST_AT_ONCE

    def test_the_deadline_covers_the_wait_for_a_connection(self, server: RangeServer) -> None:
        server.act = server.hold
        outcomes = asyncio.run(storm(server.url, 0.2))
        assert {type(one) for one in outcomes} == {Unavailable}

    def test_nothing_of_a_password_is_logged(
        self, server: RangeServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        look_up(server.url)
        server.act = send(b"oops", 500)
        asyncio.run(allow(server.url))
        digest = digest_of(PASSWORD)
        for secret in (PASSWORD, digest[:5], digest[5:], digest[5:].lower()):
            assert secret not in caplog.text


async def storm(url: str, within: float) -> list[object]:
    api = RangeApi(url)
    try:
        asking = [ask(api, digest_of(str(number)), within) for number in range(100)]
        return [*await asyncio.gather(*asking, return_exceptions=True)]
    finally:
        await api.close()


async def allow(url: str, times: int = 1) -> None:
    breached = BreachedPasswords(RangeApi(url), PATIENCE)
    try:
        for _ in range(times):
            await breached.refuse(PASSWORD, field="password")
    finally:
        await breached.close()


class TestRefusing:
    def test_a_known_password_is_refused_at_its_field(self, server: RangeServer) -> None:
        server.lines = [line_of(PASSWORD)]
        with pytest.raises(PasswordBreached) as refused:
            asyncio.run(allow(server.url))
        (error,) = refused.value.errors
        assert (error.field, error.code) == ("password", "password_breached")

    def test_without_a_server_it_is_allowed_with_one_line_a_minute(
        self, server: RangeServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.act = send(b"oops", 500)
        asyncio.run(allow(server.url, times=5))
        (line,) = [record for record in caplog.records if record.levelno == logging.WARNING]
        assert "allowed without a check for breaches" in line.getMessage()
        assert "the status of the answer is 500" in line.getMessage()

    def test_nobody_is_asked_if_it_is_off(self) -> None:
        asyncio.run(BreachedPasswords(None).refuse("password", field="password"))


WORDS = sorted((digest_of(f"word {number}"), number + 1) for number in range(2000))


def write(folder: Path, content: str) -> Path:
    path = folder / "breached.txt"
    path.write_bytes(content.encode())
    return path


class TestTheFile:
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    @pytest.mark.parametrize("last", [True, False])
    @pytest.mark.parametrize("small", [True, False])
    def test_knows_every_line_and_no_others(
        self, tmp_path: Path, end: str, *, last: bool, small: bool
    ) -> None:
        content = end.join(f"{digest}:{count}" for digest, count in WORDS)
        path = write(tmp_path, (content.lower() if small else content) + (end if last else ""))
        assert all(file.has(path, digest) for digest, _ in WORDS)
        others = ["0" * 40, "F" * 40, *(digest_of(f"other {number}") for number in range(500))]
        assert not any(file.has(path, digest) for digest in others)
        assert file.check(path) == (WORDS[0][0], WORDS[-1][0])

    def test_a_single_line_is_a_list(self, tmp_path: Path) -> None:
        path = write(tmp_path, f"{digest_of(PASSWORD)}:1")
        assert file.has(path, digest_of(PASSWORD))
        assert not file.has(path, digest_of("another"))

    def test_a_count_of_zero_is_no_hit(self, tmp_path: Path) -> None:
        assert not file.has(write(tmp_path, f"{digest_of(PASSWORD)}:0\n"), digest_of(PASSWORD))

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ("", "is empty"),
            ("copper door\n", "has a line that is not"),
            (f"{'A' * 32}:1\n", "has a line that is not"),  # NTLM
            ("\n".join(f"{d}:{c}" for d, c in sorted(WORDS, key=lambda one: one[1])), "not sorted"),
            ("\n".join(f"{d}:{c}" for d, c in reversed(WORDS)), "not sorted"),
            ("A" * 1000, "has a line that is not"),
        ],
    )
    def test_another_file_is_refused_with_the_reason(
        self, tmp_path: Path, content: str, why: str
    ) -> None:
        with pytest.raises(file.Unusable, match=why):
            file.check(write(tmp_path, content))

    @pytest.mark.parametrize("part", [slice(None, 1000), slice(1000, None), slice(500, 1500)])
    def test_a_part_of_the_list_is_refused(self, tmp_path: Path, part: slice) -> None:
        path = write(tmp_path, "".join(f"{digest}:{count}\n" for digest, count in WORDS[part]))
        with pytest.raises(file.Unusable, match="only a part of the list"):
            file.check(path)

    def test_a_missing_file_or_a_folder_cannot_be_asked(self, tmp_path: Path) -> None:
        for path in (tmp_path / "nothing", tmp_path):
            with pytest.raises(file.Missing):
                file.check(path)
            with pytest.raises(Unavailable):
                asyncio.run(ask_file(path))

    def test_a_new_file_counts_without_a_restart(self, tmp_path: Path) -> None:
        path = write(tmp_path, f"{digest_of('another')}:1\n")

        async def scene() -> tuple[bool, bool]:
            source = file.SortedFile(path)
            before = await ask(source, digest_of(PASSWORD), PATIENCE)
            new = tmp_path / "new.txt"
            new.write_text(f"{digest_of(PASSWORD)}:1\n")
            new.replace(path)
            after = await ask(source, digest_of(PASSWORD), PATIENCE)
            await source.close()
            return before, after

        assert asyncio.run(scene()) == (False, True)

    def test_a_look_up_reads_only_a_few_pieces(self, tmp_path: Path) -> None:
        path = write(tmp_path, "\n".join(f"{digest}:{count}" for digest, count in WORDS))
        tracemalloc.start()
        assert file.has(path, WORDS[1234][0])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < path.stat().st_size / 2


async def ask_file(path: Path) -> bool:
    source = file.SortedFile(path)
    try:
        return await ask(source, digest_of(PASSWORD), PATIENCE)
    finally:
        await source.close()
