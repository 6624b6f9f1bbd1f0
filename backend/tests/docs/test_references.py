"""Links and paths in the documents lead to a file or a heading that exists."""

import re
from collections.abc import Iterator
from pathlib import Path

from src.doctor.report import anchor
from src.settings import BACKEND

ROOT = BACKEND.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])
PAGES += sorted([*ROOT.glob("examples/*/README.md"), *ROOT.glob("packages/*/README.md")])
LINK = re.compile(r"\]\(([^)#\s]*)#?([^)\s]*)\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(
    r"(?:[\w.()-]+/)*[\w-]+\.py|(?:[\w.()-]+/)+[\w.-]+\.(?:tsx?|mjs|sh)|scripts/[\w./-]+"
)
"""A file of code: a Python file also by its name alone, any other with its folder."""
BASES = [
    ROOT / base for base in ("", "backend", "backend/src", "frontend", "frontend/src", "bench")
]
"""Where a path in a document may begin."""
PLACES = (BACKEND / "src", BACKEND / "alembic", ROOT / "scripts")
NAMES = {path.name for place in PLACES for path in place.rglob("*.py")}
ANY_FILE = {"name.py", "test_main.py", "test_without_pytest.py"}
"""Names that stand for any file, or for one of the reader's own."""
READERS = ("app/",)
"""Where the files of a reader's own app begin, in docs/adopt."""


def without_blocks(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def headings(page: Path) -> set[str]:
    return {anchor(one) for one in re.findall(r"^#+ (.+)$", without_blocks(page), re.MULTILINE)}


def links() -> Iterator[tuple[Path, str, str]]:
    for page in PAGES:
        for target, heading in LINK.findall(page.read_text()):
            if "://" not in target:
                yield page, target, heading


def named() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        words = " ".join(CODE.findall(without_blocks(page))).split()
        for path in (word.partition("::")[0] for word in words):
            if page.parent.name == "adopt" and path.startswith(READERS):
                continue
            if PATH.fullmatch(path) and path not in ANY_FILE:
                yield page.name, path


def test_every_link_leads_to_a_file() -> None:
    lost = [(page.name, to) for page, to, _ in links() if not (page.parent / to).exists()]
    assert lost == []


def test_llms_txt_names_every_guide_and_its_links_lead_to_files() -> None:
    page = ROOT / "docs" / "llms.txt"
    found = {(page.parent / to).resolve() for to, _ in LINK.findall(page.read_text())}
    assert [path for path in found if not path.exists()] == []
    assert {path.resolve() for path in (ROOT / "docs" / "adopt").glob("*.md")} <= found


def test_every_link_to_a_heading_leads_to_one() -> None:
    lost = [
        (page.name, f"{to}#{heading}")
        for page, to, heading in links()
        if heading and heading not in headings(page.parent / to if to else page)
    ]
    assert lost == []


def test_every_file_of_code_that_is_named_is_there() -> None:
    paths = {*named()}
    assert len(paths) > 100
    lost = [
        (page, path)
        for page, path in sorted(paths)
        if path not in NAMES and not any((base / path).exists() for base in BASES)
    ]
    assert lost == []
