"""docs/security/asvs.md gives each item of ASVS 5.0.0 one status; every proof it names exists."""

import ast
import csv
import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from src.settings import BACKEND

ROOT = BACKEND.parent
SECURITY = ROOT / "docs" / "security"
STATUSES = ("met", "partly", "not yet", "not applicable")
ITEM = re.compile(r"V\d+\.\d+\.\d+")
PROOF = re.compile(r"`((?:tests|frontend|packages)/[^`]+::[^`]+|(?:ruff|biome) \w+)`")


class Row(NamedTuple):
    """A line of a table of items: several items may share one."""

    items: str
    asks: str
    status: str
    proof: str


def rows(start: str) -> list[list[str]]:
    """The cells of each line of a table that starts so."""
    page = (SECURITY / "asvs.md").read_text().splitlines()
    lines = (line for line in page if line.startswith(f"| {start}"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def listed() -> dict[str, dict[str, str]]:
    """The items of levels 1 and 2 in the list beside the page."""
    with (SECURITY / "asvs5_applicability.csv").open() as file:
        return {one["req_id"]: one for one in csv.DictReader(file) if one["level"] in {"L1", "L2"}}


LIST = listed()
ROWS = [Row(*cells) for cells in rows("V")]
STATUS = {item: row.status for row in ROWS for item in ITEM.findall(row.items)}
PROOFS = sorted({proof for row in ROWS for proof in PROOF.findall(row.proof)})


def test_every_item_stands_on_the_page_once() -> None:
    counted = Counter(item for row in ROWS for item in ITEM.findall(row.items))
    assert [item for item, number in counted.items() if number > 1] == []
    assert set(counted) == set(LIST)


def test_every_status_is_a_known_one() -> None:
    assert [row for row in ROWS if row.status not in STATUSES] == []


def test_an_item_that_the_list_rules_out_is_not_applicable() -> None:
    ruled_out = {item for item, one in LIST.items() if one["scope"] == "na"}
    assert {STATUS[item] for item in ruled_out} == {"not applicable"}


def test_every_row_gives_the_levels_of_the_list() -> None:
    for row in ROWS:
        levels = {LIST[item]["level"] for item in ITEM.findall(row.items)}
        assert set(re.findall(r"L\d", row.items)) == levels, row.items


def test_what_is_met_names_a_proof_and_all_else_says_why_not() -> None:
    for row in ROWS:
        words = PROOF.sub("", row.proof)
        assert PROOF.search(row.proof) if row.status == "met" else words.replace("<br>", ""), (
            row.items
        )
        assert "::" not in words, f"{row.items} names a proof that is not written as one"


def test_the_counts_at_the_top_are_right() -> None:
    expected = [["Level", *STATUSES, "all"]]
    for level in ("L1", "L2"):
        counted = Counter(STATUS[item] for item, one in LIST.items() if one["level"] == level)
        expected.append([level, *(str(counted[status]) for status in STATUSES)])
        expected[-1].append(str(counted.total()))
    assert rows("L") == expected


@cache
def functions_of(path: Path) -> set[str]:
    """As pytest names them: `test_x` and `TestY::test_z`."""
    module = ast.parse(path.read_text())
    found = {"": module.body}
    found |= {f"{one.name}::": one.body for one in module.body if isinstance(one, ast.ClassDef)}
    return {
        before + one.name
        for before, body in found.items()
        for one in body
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    }


def is_enforced(linter: str, rule: str) -> bool:
    """Whether a rule is on, and switched off for no whole folder of the service."""
    if linter == "biome":
        rules = json.loads((ROOT / "frontend" / "biome.json").read_text())["linter"]["rules"]
        return rules["preset"] == "recommended" and f'"{rule}"' not in json.dumps(rules)
    lint = tomllib.loads((BACKEND / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    off = [*lint["ignore"]]
    for files, codes in lint["per-file-ignores"].items():
        off += codes if files.startswith("src/") and "**" in files else []
    return lint["select"] == ["ALL"] and not rule.startswith(tuple(off))


def exists(proof: str) -> bool:
    place, _, name = proof.partition("::")
    if not name:
        return is_enforced(*place.split())
    if place.startswith("tests/"):
        return (BACKEND / place).is_file() and name in functions_of(BACKEND / place)
    title = re.compile(rf'["`]{re.escape(name)}')
    return (ROOT / place).is_file() and title.search((ROOT / place).read_text()) is not None


def test_every_proof_exists() -> None:
    assert [proof for proof in PROOFS if not exists(proof)] == []
