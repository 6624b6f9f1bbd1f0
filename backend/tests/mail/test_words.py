"""The folder WORDS changes sentences of mails, and adds languages."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from src.kit.setting_values import full_folder
from src.mail.letters import Kind
from src.mail.messages import content, sample
from src.mail.words import language_of, languages, words
from src.settings import BACKEND, Settings

Configure = Callable[..., Settings]
French = dict[str, Any]
ROOT = BACKEND.parent


def write(folder: Path, name: str, says: object) -> None:
    text = says if isinstance(says, str) else json.dumps(says)
    (folder / name).write_text(text)


@pytest.fixture
def french() -> French:
    """A whole catalogue: our English one, with one sentence in French."""
    english = dict(words("en"))
    return english | {"footer": "{app} a envoyé ce message à {recipient}."}


def test_a_changed_sentence_takes_the_place_of_ours(tmp_path: Path, configure: Configure) -> None:
    write(tmp_path, "de.json", {"mail": {"magic_link": {"subject": "Moin bei {app}"}}})
    before = content(sample(Kind.MAGIC_LINK, "en"))
    configure(words=tmp_path)
    assert content(sample(Kind.MAGIC_LINK, "de")).subject == "Moin bei Lantern & Sons"
    assert content(sample(Kind.MAGIC_LINK, "en")) == before
    assert languages() == ("en", "de")


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr"), ("tlh", "ltr")])
def test_the_direction_is_that_of_the_language(
    tmp_path: Path, configure: Configure, french: French, language: str, direction: str
) -> None:
    write(tmp_path, f"{language}.json", {"mail": french, "web": {}})
    configure(words=tmp_path)
    html = content(sample(Kind.MAGIC_LINK, language)).html
    assert f'<html lang="{language}" dir="{direction}"' in html


def test_words_of_the_web_app_are_left_to_it(tmp_path: Path, configure: Configure) -> None:
    write(tmp_path, "de.json", {"web": {"signin": {"welcome": "Moin!"}}})
    before = words("de")
    configure(words=tmp_path)
    assert words("de") == before


def test_a_whole_file_of_another_language_adds_it(
    tmp_path: Path, configure: Configure, french: French
) -> None:
    write(tmp_path, "fr.json", {"web": {}, "mail": french})
    write(tmp_path, "pt-BR.json", {"mail": french})
    configure(words=tmp_path)
    assert languages() == ("en", "de", "fr", "pt-BR")
    assert [language_of(one) for one in ("fr-CA, en;q=0.5", "pt-br", "pt")] == ["fr", "pt-BR", "en"]
    made = content(sample(Kind.PASSWORD_CHANGED, "fr"))
    assert "Lantern & Sons a envoyé ce message à ada@example.com." in made.text
    assert 'lang="fr"' in made.html


def test_the_command_of_the_docs_makes_a_file_of_another_language(
    tmp_path: Path, configure: Configure
) -> None:
    section = (ROOT / "docs" / "words.md").read_text().partition("## Add a language")[2]
    command = section.partition("```sh\n")[2].partition("```")[0]
    assert "/etc/postern/words/" in command
    script = command.replace("/etc/postern/words/", f"{tmp_path}/")
    subprocess.run(["/bin/sh", "-c", script], cwd=ROOT, check=True)
    web = json.loads((tmp_path / "fr.json").read_text())["web"]
    assert web == json.loads((ROOT / "frontend" / "src" / "words" / "en.json").read_text())
    configure(words=tmp_path)
    assert words("fr") == words("en")
    assert languages() == ("en", "de", "fr")


def test_a_mail_of_a_language_that_has_gone_is_english() -> None:
    assert words("fr") == words("en")


@pytest.mark.parametrize(
    ("name", "says", "fault"),
    [
        ("de.json", "{", "the file must have one JSON object"),
        ("de.json", [], "the file must have one JSON object"),
        ("de.json", {"mails": {}}, 'mails is not known. There are "web" and "mail"'),
        ("German.json", {}, "its name must be a language, such as fr.json or pt-BR.json"),
        ("de.json", {"mail": []}, "mail must be an object with sentences"),
        ("de.json", {"mail": {"hello": "x"}}, "mail.hello is not a sentence of this release"),
        ("de.json", {"mail": {"footer": 1}}, "mail.footer must be a sentence"),
        ("de.json", {"mail": {"footer": " "}}, "mail.footer must be a sentence"),
        (
            "de.json",
            {"mail": {"magic_link": {"after": "x"}}},
            "mail.magic_link.after must be a list of sentences",
        ),
        ("de.json", {"mail": {"units": {"days": ["x"]}}}, "mail.units.days must have 2 entries"),
        (
            "de.json",
            {"mail": {"footer": "{app}"}},
            "mail.footer must have {app}, {recipient}, and no other",
        ),
        (
            "de.json",
            {"mail": {"footer": "{app.x} {recipient}"}},
            "mail.footer must have {app}, {recipient}, and no other",
        ),
        (
            "de.json",
            {"mail": {"footer": "{app} {recipient} {"}},
            "mail.footer must have {app}, {recipient}, and no other",
        ),
        (
            "de.json",
            {"mail": {"magic_link": {"button": "{app}"}}},
            "mail.magic_link.button must have no placeholder",
        ),
        ("fr.json", {}, "mail.verify_email is missing: another language needs each sentence"),
    ],
    ids=str,
)
def test_words_that_cannot_be_used_stop_the_start_with_file_and_key(
    tmp_path: Path, configure: Configure, name: str, says: object, fault: str
) -> None:
    from src.main import create_app

    write(tmp_path, name, says)
    configure(words=tmp_path)
    with pytest.raises(SystemExit) as stopped:
        create_app()
    assert f"- {tmp_path / name}: {fault}" in str(stopped.value)


def test_the_setting_is_a_full_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path.parent)
    assert full_folder(tmp_path) == tmp_path
    for other in (Path(tmp_path.name), tmp_path / "missing"):
        with pytest.raises(ValueError, match="must be the full path of a folder that exists"):
            full_folder(other)
