"""The lines of a .env file: what each one sets, and which of them cannot be read. Pure.

python-dotenv reads each line alone, so no value continues on the next line. The text of such a file
is secret: only line numbers may be shown, and names that are a setting's or nearly so.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO

from dotenv.parser import Binding, parse_stream

NEWLINE = re.compile(r"\r\n|\n|\r")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
USUAL_NAME = re.compile(r"(?=.{1,40}$)([A-Z][A-Z0-9_]*|[a-z][a-z0-9_]*)")
OPENING = re.compile(r"\s*(?:export\s+)?'?(?P<name>[^=#\s']+)'?\s*=\s*(?P<quote>[\"'`])")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
PIECE = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
"""What may be part of a key in base64, including the form for URLs."""
LONG_PIECE = re.compile(r"[A-Za-z0-9+/_-]{20,}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NEARLY = 0.8
"""A name at least this similar to a setting's is taken for a spelling mistake, not for a secret."""

CLOSE_IT = "Close it there: a value has one line."
USE_SINGLE_QUOTES = r"In double quotes \n, \t and the like are one character: use single quotes."


@dataclass(frozen=True)
class Fault:
    """Why a file cannot be read completely. It holds no value from the file."""

    says: str
    fix: str
    line: int | None = None
    """None if the fault is about the whole file."""
    name: str | None = None
    """The setting that the fault is about."""


@dataclass(frozen=True)
class Unknown:
    """A name that no setting has."""

    line: int
    name: str | None
    """None if the name itself may be part of a secret."""
    meant: str | None

    def __str__(self) -> str:
        if self.name:
            return f"{self.name}: did you mean {self.meant}?"
        return f"line {self.line}: no setting has this name"


@dataclass(frozen=True)
class Lines:
    values: dict[str, str] = field(default_factory=dict, repr=False)
    """By lower-case name: only names of settings, and no empty values."""
    unknown: tuple[Unknown, ...] = ()
    repeated: tuple[str, ...] = ()
    """Sentences about names that are set twice to the same value."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Entry:
    name: str = field(repr=False)
    value: str = field(repr=False)
    line: int


def parse(text: str, known: Collection[str]) -> Lines:
    """What the text sets; `known` holds the settings' names in lower case."""
    entries: list[_Entry] = []
    faults: list[Fault] = []
    for one in _read(text, known):
        if isinstance(one, Fault):
            faults.append(one)
        else:
            entries.append(one)
    ours: dict[str, _Entry] = {}
    unknown, repeated = [], []
    for entry in entries:
        name = entry.name.lower()
        before = ours.setdefault(name, entry)
        if name not in known:
            unknown.append(_unknown(entry, known))
        elif before.value != entry.value:
            faults.append(_two_values(before, entry))
        elif before is not entry:
            repeated.append(f"{_both(before, entry)} the same value")
    values = {name: entry.value for name, entry in ours.items() if name in known and entry.value}
    faults.sort(key=lambda fault: fault.line or 0)
    return Lines(values, tuple(unknown), tuple(repeated), tuple(faults))


def _read(text: str, known: Collection[str]) -> Iterator[_Entry | Fault]:
    carrier: _Entry | None = None
    """The entry on the line before, whose value may continue on this line."""
    for number, line in enumerate(NEWLINE.split(text), start=1):
        binding = next(parse_stream(StringIO(line)), None)
        if binding is None or (binding.key is None and not binding.error):
            carrier = None
            continue
        read = _entry(binding, number, line, known)
        goes_on = carrier is not None and PIECE.fullmatch(line.strip()) is not None
        if isinstance(read, _Entry) and _is_end_of_a_key(read, line, known, after=carrier):
            read = _no_setting(number)
        if isinstance(read, Fault) and carrier and goes_on:
            yield _goes_on(carrier, number, known)
            continue
        yield read
        bare = isinstance(read, _Entry) and LONG_PIECE.fullmatch(read.value) is not None
        carrier = read if bare and isinstance(read, _Entry) else None


def _entry(binding: Binding, number: int, line: str, known: Collection[str]) -> _Entry | Fault:
    opening = OPENING.match(line)
    if opening and NAME.fullmatch(opening["name"]) and (binding.error or opening["quote"] == "`"):
        return _misquoted(opening, number, known)
    if binding.error or binding.value is None or not NAME.fullmatch(binding.key or ""):
        return _no_setting(number)
    entry = _Entry(binding.key or "", binding.value, number)
    if (name := _ours(entry.name, known)) and CONTROL.search(entry.value):
        says = f"{name} on line {number} has a control character"
        return Fault(says, USE_SINGLE_QUOTES, number, name)
    return entry


def _misquoted(opening: re.Match[str], number: int, known: Collection[str]) -> Fault:
    sign, name = opening["quote"], _ours(opening["name"], known)
    place = f"{f'of {name} ' if name else ''}on line {number}"
    if sign == "`":
        return Fault(f"the value {place} begins with `", "Use \" or ' as quotes.", number, name)
    whole = re.compile(rf"{sign}(?:\\.|[^{sign}\\])*{sign}")
    if whole.match(opening.string, opening.start("quote")):
        says = f"the value {place} continues after its closing {sign}"
        return Fault(says, "Begin a comment with a space and #.", number, name)
    return Fault(f"the quote {sign} {place} is not closed on that line", CLOSE_IT, number, name)


def _ours(name: str, known: Collection[str]) -> str | None:
    """The name as it is written, if a setting has it."""
    return name if name.lower() in known else None


def _is_end_of_a_key(
    entry: _Entry, line: str, known: Collection[str], *, after: _Entry | None
) -> bool:
    """True for the last line of a key in base64: with its padding it looks like NAME=."""
    if entry.name.lower() in known or entry.value.strip("="):
        return False
    whole = BASE64.fullmatch(line.strip()) is not None and len(line.strip()) % 4 == 0
    return (
        bool(entry.value) or not USUAL_NAME.fullmatch(entry.name) or (after is not None and whole)
    )


def _goes_on(carrier: _Entry, number: int, known: Collection[str]) -> Fault:
    name = _ours(carrier.name, known)
    says = f"{name or 'the value'} on line {carrier.line} seems to continue on line {number}"
    return Fault(says, "Write the value in one line.", number, name)


def _no_setting(number: int) -> Fault:
    says = f"line {number} is not NAME=value"
    return Fault(says, "Correct or remove it; a comment begins with #.", number)


def _two_values(first: _Entry, second: _Entry) -> Fault:
    says = f"{_both(first, second)} different values"
    return Fault(says, "Keep one of these lines.", second.line, second.name)


def _both(first: _Entry, second: _Entry) -> str:
    names = dict.fromkeys((first.name, second.name))
    return f"lines {first.line} and {second.line} give {' and '.join(names)}"


def _unknown(entry: _Entry, known: Collection[str]) -> Unknown:
    written = entry.name.upper()
    names = [name.upper() for name in known]
    meant = next(iter(get_close_matches(written, names, 1)), None)
    shown = written if get_close_matches(written, names, 1, NEARLY) else None
    return Unknown(entry.line, shown, meant)
