"""What a run of migrations may lose, and what it needs, read from the SQL that it will run. Pure.

A statement is harmless only if that is known: anything else counts as a loss.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from src.schema.migrations.sql_words import Token, Unreadable, Words, statements, tokens


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


HARMLESS = _set(
    "analyze begin checkpoint cluster comment commit end grant listen lock notify refresh reindex "
    "release revoke savepoint security show start vacuum"
)
HOLDS_NO_ROWS = (
    *("aggregate", "domain", "function", "index", "materialized", "policy", "procedure", "rule"),
    *("statistics", "trigger", "type", "view"),
)
"""What may be dropped without CASCADE, because it can be made again."""
NEEDS_CREATE = (
    *("table", "index", "unique", "unlogged", "view", "materialized", "sequence", "type"),
    *("domain", "function", "procedure"),
)
ALTERS_TABLE = (
    *("reset", "enable", "disable", "validate", "owner", "cluster", "force", "replica"),
)
ACTS_LATER = ("rule", "event", "extension", "subscription")
"""What may remove something later, after it was made."""
ALTERS_OTHERS = ("index", "sequence", "type", "view", "policy", "function")
"""What may be altered besides tables, unless the statement has a word of `RISKY`."""
CONSTRAINTS = ("constraint", "check", "unique", "primary", "foreign", "exclude", "not")
LEADS_NAMES_ELSEWHERE = frozenset({"search_path", "standard_conforming_strings", "schema"})
RISKY = (
    *("call", "cascade", "copy", "delete", "drop", "execute", "merge", "perform", "rename"),
    *("schema", "search_path", "truncate"),
)
"""Words that make a block of code unsafe: what it does is known only when it runs."""
NO_FUNCTIONS = _set(
    "all and any array as by case check else elsif enum exception exists filter foreign from if in "
    "into is join key like loop not numeric on or over partition primary raise references return "
    "some table then timestamp timestamptz unique using values set to varchar when where while with"
)
FUNCTIONS = _set(
    "avg btrim cast coalesce concat count current_database current_setting format "
    "gen_random_uuid greatest jsonb least length lower max md5 min now nullif pg_advisory_lock "
    "pg_advisory_xact_lock pg_control_system pg_get_serial_sequence pg_sleep replace row_number "
    "setval substring sum to_char to_regclass trim upper"
)


@dataclass(frozen=True)
class Required:
    """A column that must have a value in every existing row."""

    table: str
    column: str
    added: bool
    """True for a new column, which has no values; False for one that becomes NOT NULL."""


@dataclass
class Effects:
    """What one migration may lose, and what it needs."""

    losses: list[str] = field(default_factory=list)
    required: list[Required] = field(default_factory=list)
    owned: set[str] = field(default_factory=set)
    """Older tables that it changes in a way that only their owner may."""
    creates: bool = False
    """Whether it needs CREATE on the schema."""


class Run:
    """Migrations applied one after the other. Removing what they made themselves is no loss."""

    def __init__(self) -> None:
        self.tables_named: set[str] = set()
        """Every table that the SQL creates, even if a table of that name may exist before."""
        self._tables: set[str] = set()
        self._columns: set[tuple[str, str]] = set()
        self._functions: set[str] = set()
        self._filled: set[str] = set()
        self._effects = Effects()

    def read(self, sql: str) -> Effects:
        """The effects of the next migration in the run."""
        self._effects = Effects()
        try:
            for statement in statements(sql):
                self._statement(Words(statement))
        except Unreadable:
            self._lose("has SQL that cannot be read")
        return self._effects

    def _lose(self, what: str) -> None:
        if what not in self._effects.losses:
            self._effects.losses.append(what)

    def _statement(self, words: Words) -> None:  # noqa: C901  a case for each
        first = words.rest[0]
        verb = first.text if first.kind == "word" else None
        match verb:
            case "alter":
                words.take("alter")
                self._alter(words)
            case "create":
                words.take("create")
                self._create(words)
            case "drop":
                words.take("drop")
                self._drop(words)
            case "delete" | "truncate":
                words.take(verb)
                self._remove_rows(verb, words)
            case "insert" | "update" | "with" | "select":
                self._query(verb, words)
            case "set" | "reset":
                if _leads_names_elsewhere(words.rest):
                    self._lose(f"runs {verb.upper()}, after which names may lead to other tables")
            case "do":
                if not self._is_tame(words):
                    self._lose("runs a DO block that may remove something")
            case _ if verb not in HARMLESS:
                self._lose(f"runs {first.text.upper()}, which may remove something")

    def _drop(self, words: Words) -> None:
        if words.take("table"):
            words.take("if", "exists")
            if words.has("cascade"):
                self._lose("drops a table and what depends on it")
            names = words.names()
            self._effects.owned.update(name for name in names if name not in self._tables)
            for name in names:
                self._gone("drops the table", name)
            if not names:
                self._lose("drops a table")
        elif not words.rest or not words.rest[0].is_word(*HOLDS_NO_ROWS) or words.has("cascade"):
            shown = " ".join(token.text for token in words.rest)
            self._lose(f"drops {shown}")

    def _gone(self, what: str, table: str) -> None:
        if table not in self._tables:
            self._lose(f"{what} {table}")
        self._tables.discard(table)

    def _remove_rows(self, verb: str, words: Words) -> None:
        cascade, what = words.has("cascade"), "deletes rows of" if verb == "delete" else "empties"
        words.take_any("from", "table")
        words.take("only")
        names = words.names()
        for name in names:
            if cascade or name not in self._tables:
                self._lose(f"{what} {name}")
        if not names or words.has("delete", "truncate"):
            self._lose(f"{what} a table")

    def _query(self, verb: str, words: Words) -> None:
        if verb == "update":
            target = Words(words.rest[1:])
            target.take("only")
            self._filled.add(target.name() or "")
        if _deletes(words.rest) or words.has("truncate"):
            self._lose("deletes rows")
        if unknown := self._unknown_function(_after_names(verb, words.rest)):
            self._lose(f"calls {unknown}(), which may remove something")

    def _create(self, words: Words) -> None:
        replaces = words.take("or", "replace")
        if words.rest:
            self._effects.creates |= words.rest[0].is_word(*NEEDS_CREATE)
        temporary = words.take_any("temp", "temporary", "local", "global")
        words.take("temporary")
        words.take("unlogged")
        if words.rest and words.rest[0].is_word(*ACTS_LATER):
            self._lose(f"makes {words.rest[0].text}, which may remove something")
        elif words.take("trigger") or words.take("constraint", "trigger"):
            if unknown := self._unknown_function(words.rest):
                self._lose(f"makes a trigger that calls {unknown}(), which may remove something")
        elif words.take_any("function", "procedure"):
            self._function(words, replaces=replaces)
        elif words.take("table"):
            self._table(words, temporary=temporary is not None)
        elif words.take("index") or words.take("unique", "index"):
            self._index(words)

    def _function(self, words: Words, *, replaces: bool) -> None:
        name = words.name()
        tame, known = self._is_tame(words), name in self._functions
        if name and tame and not known:
            self._functions.add(name)
        elif name and not tame and (replaces or known):
            self._functions.discard(name)
            self._lose(f"replaces the function {name}, which may remove something")

    def _table(self, words: Words, *, temporary: bool) -> None:
        known = not words.take("if", "not", "exists") and not temporary
        name = words.name()
        if name and not temporary:
            self.tables_named.add(name)
        if name and known:
            self._tables.add(name)
        if _deletes(words.rest):
            self._lose("deletes rows")

    def _index(self, words: Words) -> None:
        while words.rest and not words.take("on"):
            words.rest = words.rest[1:]
        words.take("only")
        if (table := words.name()) and table not in self._tables:
            self._effects.owned.add(table)

    def _alter(self, words: Words) -> None:
        if words.take("table") or words.take("foreign", "table"):
            words.take("if", "exists")
            words.take("only")
            table = words.name()
            if table is None:
                self._lose("alters a table whose name cannot be read")
                return
            words.take("*")
            if table not in self._tables:
                self._effects.owned.add(table)
            for action in words.parts():
                self._action(table, action)
        elif not words.rest[0].is_word(*ALTERS_OTHERS) or words.has(*RISKY, "attribute", "restart"):
            self._lose("alters something in a way that may remove something")

    def _action(self, table: str, words: Words) -> None:
        if words.take("add"):
            self._add(table, words)
        elif words.take("drop"):
            self._drop_part(table, words)
        elif words.take("alter"):
            words.take("column")
            if column := words.name():
                self._alter_column(table, column, words)
        elif words.take("rename"):
            self._rename(table, words)
        elif words.take("set", "schema"):
            if table not in self._tables:
                self._lose(f"moves {table} to another schema, where it is not found any more")
            self._tables.discard(table)
        elif not words.rest or not words.rest[0].is_word(*ALTERS_TABLE):
            self._lose(f"alters {table} in a way that may remove something")

    def _add(self, table: str, words: Words) -> None:
        if words.rest and words.rest[0].is_word(*CONSTRAINTS):
            return
        words.take("column")
        known = not words.take("if", "not", "exists")
        column = words.name()
        if column is None:
            return
        if known:
            self._columns.add((table, column))
        fills_itself = words.has("default", "generated", "serial", "bigserial", "smallserial")
        required = _not_null(words.rest) and not fills_itself
        if required and table not in self._tables:
            self._effects.required.append(Required(table, column, added=True))

    def _drop_part(self, table: str, words: Words) -> None:
        cascade = words.has("cascade")
        if words.take("constraint"):
            words.take("if", "exists")
            if cascade:
                self._lose(f"drops the constraint {words.name()} of {table} and what depends on it")
            return
        words.take("column")
        words.take("if", "exists")
        column = words.name() or "of unknown name"
        if table not in self._tables and (table, column) not in self._columns:
            self._lose(f"drops the column {table}.{column}")
        self._columns.discard((table, column))

    def _alter_column(self, table: str, column: str, words: Words) -> None:
        fresh = table in self._tables or (table, column) in self._columns
        if words.take("set", "not", "null"):
            if not fresh and table not in self._filled:
                self._effects.required.append(Required(table, column, added=False))
        elif (words.take("type") or words.take("set", "data", "type")) and not fresh:
            wider = [token.text for token in words.rest]
            if wider not in (["text"], ["varchar"], ["character", "varying"]):
                self._lose(f"changes the type of {table}.{column}, which may cut values")

    def _rename(self, table: str, words: Words) -> None:
        if words.take("constraint"):
            return
        if words.take("to"):
            new = words.name() or ""
            self._columns = {(new if t == table else t, column) for t, column in self._columns}
            if "." in table:  # the schema of the new name is not known here
                self._tables.discard(table)
            elif table in self._tables:
                self._tables = self._tables - {table} | {new}
            else:
                self._lose(f"renames {table}, so that it is not found any more")
            return
        words.take("column")
        old = words.name() or ""
        words.take("to")
        if (table, old) in self._columns:
            self._columns = self._columns - {(table, old)} | {(table, words.name() or "")}

    def _is_tame(self, words: Words) -> bool:
        """Whether the code in the statement's strings surely removes nothing."""
        bodies = [token.text for token in words.rest if token.kind == "string"]
        code = [token for body in bodies for token in tokens(body)]
        risky = Words(code).has(*RISKY) or _changes_type(code)
        return bool(bodies) and not risky and self._unknown_function(code) is None

    def _unknown_function(self, found: list[Token]) -> str | None:
        known = NO_FUNCTIONS | FUNCTIONS | self._functions
        for token, following in pairwise(found):
            if token.is_identifier and following == Token("sign", "(") and token.text not in known:
                return token.text
        return None


def _deletes(found: list[Token]) -> bool:
    """Whether DELETE occurs other than in a foreign key's ON DELETE."""
    before = [None, *found]
    return any(
        token.is_word("delete") and not (previous and previous.is_word("on"))
        for previous, token in zip(before, found, strict=False)
    )


def _after_names(verb: str, found: list[Token]) -> list[Token]:
    """Where functions may be called: after the table and the columns that an INSERT names."""
    if verb != "insert":
        return found
    starts = (at for at, token in enumerate(found) if token.is_word("select", "values", "default"))
    return found[next(starts, 0) :]


def _leads_names_elsewhere(found: list[Token]) -> bool:
    names = {token.text.lower() for token in found if token.is_identifier}
    return bool(names & LEADS_NAMES_ELSEWHERE) or names == {"reset", "all"}


def _changes_type(found: list[Token]) -> bool:
    before = [None, *found]
    return any(
        token.is_word("type") and not (previous and previous.is_word("create"))
        for previous, token in zip(before, found, strict=False)
    )


def _not_null(found: list[Token]) -> bool:
    pairs = pairwise(found)
    primary = any(one.is_word("primary") for one in found)
    return primary or any(one.is_word("not") and two.is_word("null") for one, two in pairs)
