"""Linters of OpenAPI find nothing in our document."""

from pathlib import Path

from tests.clients.conftest import Tools


def test_redocly_finds_nothing(tools: Tools, document: Path) -> None:
    done = tools.run("redocly", "lint", "--extends", "recommended", str(document))
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout.lower().replace("deprecation warning", ""), done.stdout
    assert "valid" in done.stdout


def test_spectral_finds_nothing(tools: Tools, document: Path, tmp_path: Path) -> None:
    rules = tmp_path / ".spectral.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    done = tools.run(
        "spectral", "lint", "--ruleset", str(rules), "--fail-severity", "hint", str(document)
    )
    assert done.returncode == 0, done.stdout
    assert "No results" in done.stdout
