"""The estimate decides which passwords are common; a list knows those that only look arbitrary."""

import json
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from src.passwords.common import ELSEWHERE, IN_PRODUCTION, weakness, words_of_person
from src.passwords.errors import REASONS
from src.passwords.estimate import Weakness, estimate, words_in, words_of_address

ADA = (*words_of_person("ada.lovelace@example.com", "Ada King"), *words_in("Postern"))


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("password1", Weakness.COMMON),
            ("PASSWORD1", Weakness.COMMON),
            ("ｐａｓｓｗｏｒｄ１", Weakness.COMMON),
            ("p@$$w0rd1", Weakness.COMMON),
            ("987654321", Weakness.COMMON),
            ("iloveyou2", Weakness.COMMON),
            ("michelle", Weakness.WORD),
            ("chocolate", Weakness.WORD),
            ("abcdefghijklmnop", Weakness.SEQUENCE),
            ("123123123", Weakness.REPEATS),
            ("88888888", Weakness.REPEATS),
            ("a" * 24, Weakness.REPEATS),
            ("a" * 1000, Weakness.REPEATS),
            ("passwordpassword", Weakness.REPEATS),
            ("1815-12-10", Weakness.DATE),
            ("sdfghjkl;'", Weakness.KEYBOARD),
            ("postern-postern", Weakness.OWN),
            ("p0stern-Postern!", Weakness.OWN),
            ("ada.lovelace@example.com1", Weakness.OWN),
            ("lovelace1815", Weakness.OWN),
            ("AdaKing-AdaKing", Weakness.OWN),
            ("1g2w3e4r", Weakness.LEAKED),
            ("zag12wsx", Weakness.LEAKED),
        ],
    )
    def test_a_weak_password_has_its_reason(self, password: str, why: Weakness) -> None:
        assert weakness(password, ADA, at_least=IN_PRODUCTION) is why

    def test_words_of_other_people_are_theirs_alone(self) -> None:
        assert weakness("ada.lovelace", (), at_least=IN_PRODUCTION) is None
        assert weakness("ada.lovelace", ADA, at_least=IN_PRODUCTION) is Weakness.OWN

    def test_what_is_no_word_of_a_person_is_what_counts(self) -> None:
        assert weakness("postern, copper door", ADA, at_least=IN_PRODUCTION) is None


class TestWhatIsAccepted:
    def test_the_password_of_the_first_steps_is_for_development_alone(self) -> None:
        assert weakness("testpass123", ADA, at_least=ELSEWHERE) is None
        assert weakness("testpass123", ADA, at_least=IN_PRODUCTION) is Weakness.COMMON

    @pytest.mark.parametrize(
        "password", ["correct horse battery staple", "copper door", "x7#kQ9!mZ2", "три новых слова"]
    )
    def test_unrelated_words_and_arbitrary_characters(self, password: str) -> None:
        assert weakness(password, ADA, at_least=IN_PRODUCTION) is None

    def test_passwords_of_password_managers(self) -> None:
        random = Random(1815)  # noqa: S311  seeded, so that the test cannot fail by chance
        letters = string.ascii_letters + string.digits + "!#$%&*+-=?@^_"
        made = ["".join(random.choices(letters, k=15)) for _ in range(300)]
        assert [one for one in made if weakness(one, ADA, at_least=IN_PRODUCTION)] == []

    def test_a_weak_beginning_or_end_does_not_spoil_a_long_password(self) -> None:
        strong = "copper door lantern staple " * 2
        assert weakness("a" * 60 + strong, (), at_least=IN_PRODUCTION) is None
        assert weakness(strong + "a" * 60, (), at_least=IN_PRODUCTION) is None


class TestTheMeterOfTheWebApp:
    """A test in frontend/src/lib/strength checks the same file."""

    VECTORS = json.loads((Path(__file__).parents[1] / "vectors/password-verdicts.json").read_text())
    OWN = (
        *words_of_person(VECTORS["email"], VECTORS["name"]),
        *words_in(VECTORS["app_name"]),
        *words_in(VECTORS["host"]),
    )

    @pytest.mark.parametrize("vector", VECTORS["passwords"], ids=lambda one: one["password"])
    def test_agrees_with_the_service(self, vector: dict[str, str | None]) -> None:
        for rules, at_least in (("in_production", IN_PRODUCTION), ("elsewhere", ELSEWHERE)):
            why = weakness(str(vector["password"]), self.OWN, at_least=at_least)
            assert (REASONS[why] if why else None) == vector[rules]


class TestWork:
    @pytest.mark.parametrize(
        "text",
        [
            "4@8({[<3691!|70$5+7%2" * 50,
            "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 1024,
            "4t$12e60$7+4@800365$7640814365$714@81$365$l+4/81036l$2+4@8103+5$7$7+42810365$7",
        ],
    )
    def test_is_bounded_for_the_longest_and_strangest_password(
        self, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every piece of text that zxcvbn looks up is short, and read in few disguises."""
        from zxcvbn import matching  # type: ignore[import-untyped]  # it has none

        looked_up: list[str] = []
        look_up = matching.dictionary_match

        def counted(password: str, *args: object, **kwargs: object) -> object:
            looked_up.append(password)
            return look_up(password, *args, **kwargs)

        monkeypatch.setattr(matching, "dictionary_match", counted)
        estimate(text, ADA)
        assert max(map(len, looked_up)) <= 50
        assert len(looked_up) <= 50

    def test_on_many_threads_knows_each_persons_own_words(self) -> None:
        people = [f"q{number}xvkzj" for number in range(40)]

        def own_and_other(person: str) -> tuple[bool, bool]:
            other = people[people.index(person) - 1]
            own = (person,)
            return estimate(person, own).guesses < 10, estimate(other, own).guesses > 10**6

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(own_and_other, people)) == {(True, True)}


def test_the_words_of_an_address_are_its_long_parts() -> None:
    assert words_of_address("Ada.Lovelace+x@mail.example.com") == (
        "ada.lovelace+x@mail.example.com",
        "adalovelacexmailexamplecom",
        "lovelace",
        "example",
        "ada.lovelace+x",
        "adalovelacex",
        "mail.example.com",
        "mailexamplecom",
    )


def test_short_parts_of_a_name_spoil_no_password() -> None:
    own = words_of_person("test@test.example", "Tess Pass")
    assert weakness("testpass123", own, at_least=ELSEWHERE) is None
