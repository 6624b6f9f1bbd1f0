"""A settings file that is refused: it cannot be read, or gives a setting two values."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from src.settings import load_settings
from tests.support import memory
from tests.support.settings_files import refusal

pytestmark = pytest.mark.usefixtures("bare_environment")
NOBODY = 65534


@contextmanager
def not_root() -> Iterator[None]:
    """Run without root's right to read every file."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


class TestAnUnreadableFile:
    """It never counts as absent: without the file Postern would use another database."""

    def test_a_folder_is_refused(self, env_file: Path) -> None:
        env_file.mkdir()
        assert "cannot be read: it is a folder" in refusal(env_file)

    def test_a_link_to_nothing_is_refused(self, env_file: Path) -> None:
        env_file.symlink_to(env_file.with_name("nothing"))
        assert "cannot be read: it is a link to nothing" in refusal(env_file)

    def test_a_link_to_itself_is_refused(self, env_file: Path) -> None:
        env_file.symlink_to(env_file)
        assert "cannot be read: it is a link that leads back to itself" in refusal(env_file)

    def test_a_pipe_is_refused_without_waiting(self, env_file: Path) -> None:
        os.mkfifo(env_file)
        assert "cannot be read: it is a pipe or a device" in refusal(env_file)

    def test_a_device_is_refused(self, env_file: Path) -> None:
        env_file.symlink_to("/dev/null")
        assert "cannot be read: it is a pipe or a device" in refusal(env_file)

    @pytest.mark.parametrize("closed", ["the file", "its folder"])
    def test_a_file_without_permission_is_refused(self, closed: str) -> None:
        with memory.folder() as folder:
            folder.chmod(0o777)
            with not_root():
                text = self.closed(folder / "backend", closed)
        assert "cannot be read: this user has no permission" in text

    def closed(self, backend: Path, what: str) -> str:
        backend.mkdir()
        (backend / ".env").write_text("LOG_LEVEL=debug\n")
        shut = backend if what == "its folder" else backend / ".env"
        shut.chmod(0)
        try:
            return refusal(backend / ".env")
        finally:
            shut.chmod(0o700)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("SECRET_KEY=zq7Vx2mK\n".encode("utf-16"), "line 1 is not UTF-8"),
            ("SECRET_KEY=zq7Vx2mK\n".encode("utf-16-le"), "line 1 has a NUL byte"),
            ("LOG_LEVEL=debug\nSECRET_KEY=zq7Vx2mKä\n".encode("latin-1"), "line 2 is not UTF-8"),
            (b"LOG_LEVEL=debug\nSECRET_KEY=zq7V\0x2mK\n", "line 2 has a NUL byte"),
        ],
    )
    def test_content_that_is_not_text_is_refused(
        self, env_file: Path, content: bytes, said: str
    ) -> None:
        env_file.write_bytes(content)
        text = refusal(env_file)
        assert said in text
        assert "zq7" not in text

    def test_a_quote_that_is_never_closed_is_refused(self, env_file: Path) -> None:
        env_file.write_text('DATABASE_URL="postgresql://h/d\nLOG_LEVEL=debug\nDB_POOL_SIZE=5\n')
        assert 'the quote " of DATABASE_URL on line 1 is not closed' in refusal(env_file)

    def test_a_value_over_several_lines_is_refused(self, env_file: Path) -> None:
        env_file.write_text("API_URL='http://a\nDATABASE_URL=postgresql://h/d\nLOG_LEVEL='debug'\n")
        assert "the quote ' of API_URL on line 1 is not closed" in refusal(env_file)

    def test_only_the_first_of_many_faults_are_named(self, env_file: Path) -> None:
        env_file.write_text("-----BEGIN\n" * 30)
        reasons = refusal(env_file).splitlines()
        assert len(reasons) == 6
        assert reasons[-1] == "- and 25 more like these"

    def test_a_link_to_a_file_is_read(self, env_file: Path) -> None:
        env_file.with_name("real").write_text("LOG_LEVEL=debug\n")
        env_file.symlink_to("real")
        assert load_settings(env_file, ()).settings.log_level == "debug"


class TestTwoValues:
    def test_two_values_for_one_setting_in_the_file_are_refused(self, env_file: Path) -> None:
        env_file.write_text("DATABASE_URL=postgresql://h/a\ndatabase_url=postgresql://h/b\n")
        text = refusal(env_file)
        assert "lines 1 and 2 give DATABASE_URL and database_url different values" in text
        assert "postgresql" not in text

    def test_two_values_for_one_setting_in_the_environment_are_refused(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://h/a")
        monkeypatch.setenv("database_url", "postgresql://h/b")
        text = refusal(env_file)
        assert text.startswith("- the process environment sets ")
        assert text.endswith("to different values. Unset one of them.")
        assert {"DATABASE_URL", "database_url"} <= set(text.split())
        assert "postgresql" not in text

    def test_an_empty_second_value_is_ignored(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOG_LEVEL", "")
        monkeypatch.setenv("log_level", "debug")
        assert load_settings(env_file, ()).settings.log_level == "debug"

    def test_two_values_for_an_unknown_name_are_ignored(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "a")
        monkeypatch.setenv("http_proxy", "b")
        assert load_settings(env_file, ()).repeated == ()
