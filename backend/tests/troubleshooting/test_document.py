"""The guide is complete: every finding has its section, and every section has its proof."""

import re
from pathlib import Path

import pytest

import src.doctor.checks.views
import src.doctor.examination
import src.doctor.flow  # noqa: F401  each of these declares conditions
from src.doctor.report import DOCUMENT, Condition, anchor
from src.settings import BACKEND

TEXT = (BACKEND.parent / DOCUMENT).read_text()
SECTION = re.compile(r"^### (?P<heading>.+)\n(?P<body>(?:(?!^##).*\n)*)", re.MULTILINE)
SECTIONS = {match["heading"]: match["body"] for match in SECTION.finditer(TEXT)}
PROOF = re.compile(r"<!-- proof: (.+?) -->")
STEPS = {"tls", "starting", "capacity", "password"}
"""These are tested with the steps themselves; each step has a finding, which is tested too."""
CONDITIONS = sorted(Condition.registry.values(), key=lambda condition: condition.code)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: str(condition.code))
def test_every_finding_has_a_section_that_names_its_code(condition: Condition) -> None:
    assert condition.heading in SECTIONS
    assert f"`{condition.code}`" in SECTIONS[condition.heading]


def test_every_code_in_the_document_is_one_that_the_doctor_gives() -> None:
    named = set(re.findall(r"\*\*Doctor:\*\*[^.]*?`([a-z0-9_]+)`", TEXT))

    assert named
    assert named <= Condition.registry.keys()


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_section_names_the_tests_that_prove_it(heading: str) -> None:
    proof = PROOF.search(SECTIONS[heading])
    assert proof, f"{heading} claims something and names no test"
    for name in proof[1].split(", "):
        path, _, part = name.partition("::")
        assert (BACKEND / path).is_file(), name
        assert not part or re.search(
            rf"^(class|def) {part}\b", (BACKEND / path).read_text(), re.MULTILINE
        )


@pytest.mark.parametrize(
    "path",
    sorted((BACKEND / "tests" / "claims").glob("test_*.py")),
    ids=lambda path: str(path.name),
)
def test_a_test_of_other_peoples_software_proves_a_section(path: Path) -> None:
    named = {name.partition("::")[0] for proof in PROOF.findall(TEXT) for name in proof.split(", ")}

    assert f"tests/claims/{path.name}" in named


def test_no_two_headings_share_a_link() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    links = [anchor(heading) for heading in headings]

    assert len(set(links)) == len(links)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: str(condition.code))
def test_every_finding_is_staged_by_a_test_of_the_doctor(condition: Condition) -> None:
    text = "".join(path.read_text() for path in (BACKEND / "tests" / "doctor").glob("test_*.py"))
    by_part = condition.code.removeprefix("schema_").removeprefix("unreachable_")

    assert f'"{condition.code}"' in text or f'"{by_part}"' in text or by_part in STEPS
