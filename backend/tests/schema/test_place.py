"""Where a database is: values that both sides know decide, and nothing else."""

from dataclasses import replace
from uuid import uuid4

import pytest

from src.schema.place import Place, Standing, differs

HERE = Place("7321", 16385, "a1b2")


class TestAPlace:
    @pytest.mark.parametrize(
        "elsewhere",
        [
            replace(HERE, system_identifier="7322"),
            replace(HERE, database_oid=16386),
            replace(HERE, timeline="c3d4"),
        ],
    )
    def test_differs_when_one_known_value_differs(self, elsewhere: Place) -> None:
        assert differs(HERE, elsewhere)
        assert differs(elsewhere, HERE)

    @pytest.mark.parametrize("unknown", ["system_identifier", "database_oid", "timeline"])
    def test_is_the_same_when_a_value_is_not_known(self, unknown: str) -> None:
        less = replace(HERE, **{unknown: None})
        assert not differs(HERE, less)
        assert not differs(less, HERE)

    def test_of_which_nothing_is_known_differs_from_none(self) -> None:
        assert not Place().known
        assert not differs(Place(), HERE)
        assert not Standing(uuid4(), Place(), HERE).is_a_copy

    def test_says_what_is_known(self) -> None:
        assert str(Place()) == "not known"
        assert str(replace(HERE, timeline=None)) == "system identifier 7321, database oid 16385"
        assert str(HERE).endswith("Neon timeline a1b2")
