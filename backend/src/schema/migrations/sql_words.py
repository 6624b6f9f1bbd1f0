"""Splits SQL into statements, and statements into words, names and strings. Pure.

Comments are left out. Words inside strings, dollar quotes and quoted names are not taken for words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "name", "string", "sign"]

TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*)
  | (?P<comment>/\*)
  | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
  | (?P<string>'(?:[^']|'')*')
  | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$(?P<body>.*?)\$(?P=tag)\$)
  | (?P<quoted>"(?:[^"]|"")+")
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
COMMENT_MARK = re.compile(r"/\*|\*/")
OPENS_QUOTE = frozenset("'\"")


class Unreadable(Exception):  # noqa: N818  it names the fact
    """A quote or a comment that is never closed."""


@dataclass(frozen=True)
class Token:
    kind: Kind
    text: str
    """A word in lower case, a quoted name or a string without its quotes."""

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text in words

    @property
    def is_identifier(self) -> bool:
        return self.kind in {"word", "name"}


def statements(sql: str) -> Iterator[list[Token]]:
    """Each statement of `sql`. Raises `Unreadable`."""
    statement: list[Token] = []
    for token in tokens(sql):
        if token == Token("sign", ";"):
            if statement:
                yield statement
            statement = []
        else:
            statement.append(token)
    if statement:
        yield statement


def tokens(sql: str) -> Iterator[Token]:
    position = 0
    while match := TOKEN.match(sql, position):
        position = match.end()
        match match.lastgroup:
            case "comment":
                position = _end_of_comment(sql, position)
            case "word":
                yield Token("word", match[0].lower())
            case "quoted":
                yield Token("name", match[0][1:-1].replace('""', '"'))
            case "string" | "escaped":
                yield Token("string", match[0][match[0].index("'") + 1 : -1].replace("''", "'"))
            case "dollar":
                yield Token("string", match["body"])
            case "number" | "sign":
                if match[0] in OPENS_QUOTE:
                    raise Unreadable
                yield Token("sign", match[0])


def _end_of_comment(sql: str, position: int) -> int:
    """The place after a comment that began before `position`: PostgreSQL's comments nest."""
    depth = 1
    while depth:
        mark = COMMENT_MARK.search(sql, position)
        if mark is None:
            raise Unreadable
        depth += 1 if mark[0] == "/*" else -1
        position = mark.end()
    return position


class Words:
    """One statement, or a part of it, read from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self.rest = tokens

    def take(self, *words: str) -> bool:
        """Whether these words come next; if so, they are consumed."""
        found = self.rest[: len(words)]
        if len(found) < len(words) or not all(map(Token.is_word, found, words)):
            return False
        self.rest = self.rest[len(words) :]
        return True

    def take_any(self, *words: str) -> str | None:
        return next((word for word in words if self.take(word)), None)

    def name(self) -> str | None:
        """The next name, with `schema.table` as one name; None if there is none."""
        parts: list[str] = []
        while self.rest and self.rest[0].is_identifier:
            parts.append(self.rest[0].text)
            self.rest = self.rest[1:]
            if self.rest[:1] != [Token("sign", ".")]:
                return ".".join(parts)
            self.rest = self.rest[1:]
        return None

    def names(self) -> list[str]:
        """The names of a list with commas, up to the first that cannot be read."""
        found = []
        while name := self.name():
            found.append(name)
            self.take("*")
            if self.rest[:1] != [Token("sign", ",")]:
                break
            self.rest = self.rest[1:]
            self.take("only")
        return found

    def has(self, *words: str) -> bool:
        """Whether one of these words occurs anywhere."""
        return any(token.is_word(*words) for token in self.rest)

    def parts(self) -> "Iterator[Words]":
        """The parts between the commas that are outside parentheses."""
        depth, part = 0, list[Token]()
        for token in self.rest:
            depth += (token == Token("sign", "(")) - (token == Token("sign", ")"))
            if depth == 0 and token == Token("sign", ","):
                yield Words(part)
                part = []
            else:
                part.append(token)
        yield Words(part)
