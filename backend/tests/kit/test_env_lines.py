"""What the lines of a .env file set, and which are refused. No value is ever shown."""

from pathlib import Path

import pytest

from src.kit.env_file import read
from src.kit.env_lines import Lines, parse

KNOWN = ("api_url", "database_url", "secret_key")
HALF = "kX3v9QmTz7LbR2wYf8NcHd5JpGs6UaVe1Zq4Bo0IxkX3v9QmTz7LbR2wYf8NcHd5"


def faults(text: str) -> list[str]:
    return [fault.says for fault in parse(text, KNOWN).faults]


class TestValues:
    @pytest.mark.parametrize(
        ("line", "value"),
        [
            ("SECRET_KEY=abc", "abc"),
            ("secret_key=abc", "abc"),
            ("export SECRET_KEY=abc", "abc"),
            ("  SECRET_KEY = abc  ", "abc"),
            ("SECRET_KEY='abc'", "abc"),
            ('SECRET_KEY="abc" # a comment', "abc"),
            ("SECRET_KEY=abc # a comment", "abc"),
            ("SECRET_KEY=abc#def", "abc#def"),
            (r'SECRET_KEY="a\"b\\c"', 'a"b\\c'),
            ("SECRET_KEY=a$b${HOME}", "a$b${HOME}"),
            ("SECRET_KEY=it's", "it's"),
            ("SECRET_KEY=QWxhZGRpbg==", "QWxhZGRpbg=="),
            ("# a comment\r\n\r\nSECRET_KEY=abc\r\n", "abc"),
            ("\ufeffSECRET_KEY=abc", "abc"),
        ],
    )
    def test_one_line_sets_one_value(self, line: str, value: str) -> None:
        assert parse(line, KNOWN) == Lines({"secret_key": value})

    def test_an_empty_value_counts_as_absent(self) -> None:
        assert parse("SECRET_KEY=\nAPI_URL= # none\n", KNOWN) == Lines()


class TestQuotes:
    @pytest.mark.parametrize("sign", ['"', "'"])
    @pytest.mark.parametrize("end", ["", "\nAPI_URL=http://a\nLOG=x", '\nmore"', "\nmore'"])
    def test_a_quote_that_is_not_closed_on_its_line_is_refused(self, sign: str, end: str) -> None:
        text = f"API_URL=http://a\nDATABASE_URL={sign}postgresql://app:pw@h/d{end}"

        assert (
            faults(text)[0]
            == f"the quote {sign} of DATABASE_URL on line 2 is not closed on that line"
        )

    def test_an_unknown_name_is_shown_by_its_line_number_only(self) -> None:
        assert faults('zq7Vx2mK="a') == ['the quote " on line 1 is not closed on that line']

    def test_text_after_the_closing_quote_is_refused(self) -> None:
        assert faults("SECRET_KEY='it's'") == [
            "the value of SECRET_KEY on line 1 continues after its closing '"
        ]

    @pytest.mark.parametrize("value", ["`openssl rand -base64 48`", "`abc"])
    def test_a_backtick_does_not_count_as_a_quote(self, value: str) -> None:
        assert faults(f"SECRET_KEY={value}") == ["the value of SECRET_KEY on line 1 begins with `"]

    @pytest.mark.parametrize("escape", [r"\n", r"\t", r"\b"])
    def test_an_escape_that_becomes_a_control_character_is_refused(self, escape: str) -> None:
        assert faults(f'SECRET_KEY="ab{escape}cd"') == [
            "SECRET_KEY on line 1 has a control character"
        ]
        assert faults(f"SECRET_KEY='ab{escape}cd'") == []


class TestLinesWithoutASetting:
    @pytest.mark.parametrize(
        "line",
        [
            "postgresql://app:pw@h/d",
            "postgresql://app:pw@h/d?sslmode=require",
            "DATABASE_URL:postgresql://app:pw@h/d",
            "DATABASE_URL: postgresql://app:pw@h/d?a=b",
            "DATABASE_URL postgresql://app:pw@h/d",
            "set SECRET_KEY=abc",
            "SECRET_KEY",
            "export SECRET_KEY",
            "=abc",
            "SECRET-KEY=abc",
            "1SECRET=abc",
            "QWxhZGRpbg==",
            "zq7Vx2mK=",
            f"{HALF.lower()}=",
            "'quoted name'=abc",
        ],
    )
    def test_a_line_without_a_setting_is_refused_by_its_number_only(self, line: str) -> None:
        assert faults(f"\n{line}\n") == ["line 2 is not NAME=value"]


class TestAKeyOverSeveralLines:
    @pytest.mark.parametrize("piece", ["Ab3kdEQ7Wm", "QWxhZGRpbg==", "Abcd+/x=", "abcd1234abc="])
    def test_the_next_line_of_a_key_is_refused_without_its_text(self, piece: str) -> None:
        assert faults(f"API_URL=http://a\nSECRET_KEY={HALF}\n{piece}\n") == [
            "SECRET_KEY on line 2 seems to continue on line 3"
        ]

    def test_each_further_line_of_a_key_is_refused(self) -> None:
        assert faults(f"SECRET_KEY={HALF}\n{HALF}\n{HALF[:43]}=\n") == [
            "SECRET_KEY on line 1 seems to continue on line 2",
            "SECRET_KEY on line 1 seems to continue on line 3",
        ]

    @pytest.mark.parametrize("line", ["API_URL=", "DEBUG=", "DB_HOST=", "debug=on", "Debug=on"])
    def test_a_setting_on_the_next_line_is_not_part_of_the_key(self, line: str) -> None:
        assert faults(f"SECRET_KEY={HALF}\n{line}\n") == []


class TestANameSetTwice:
    @pytest.mark.parametrize("second", ["DATABASE_URL", "database_url", "Database_Url"])
    def test_two_different_values_are_refused(self, second: str) -> None:
        names = " and ".join(dict.fromkeys(("DATABASE_URL", second)))

        assert faults(f"DATABASE_URL=a\n\n{second}=b\n") == [
            f"lines 1 and 3 give {names} different values"
        ]

    def test_a_value_and_a_later_empty_value_are_refused(self) -> None:
        assert faults("DATABASE_URL=a\nDATABASE_URL=\n") == [
            "lines 1 and 2 give DATABASE_URL different values"
        ]

    def test_the_same_value_twice_is_reported(self) -> None:
        lines = parse("DATABASE_URL=a\ndatabase_url=a\n", KNOWN)

        assert lines.values == {"database_url": "a"}
        assert lines.repeated == (
            "lines 1 and 2 give DATABASE_URL and database_url the same value",
        )


def test_a_name_that_no_setting_has_is_reported() -> None:
    lines = parse("DATABSE_URL=x\nAPI_URL=y\n", KNOWN)
    assert [one.name for one in lines.unknown] == ["DATABSE_URL"]
    assert lines.values == {"api_url": "y"}


def test_a_file_with_a_nul_byte_is_refused_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"API_URL=x\nSECRET_KEY=a\0b\n")
    assert [fault.says for fault in read(file, KNOWN).faults] == ["line 2 has a NUL byte"]


def test_repr_holds_no_value() -> None:
    assert "zq7" not in repr(parse("SECRET_KEY=zq7Vx2mK\nzq7Vx2mKpw=x\nzq7Vx2mK\n", KNOWN))
