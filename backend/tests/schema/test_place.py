"""Where a database is: only values that both sides know decide."""

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
    def test_places_differ_if_one_known_value_differs(self, elsewhere: Place) -> None:
        assert differs(HERE, elsewhere)
        assert differs(elsewhere, HERE)

    @pytest.mark.parametrize("unknown", ["system_identifier", "database_oid", "timeline"])
    def test_an_unknown_value_makes_no_difference(self, unknown: str) -> None:
        less = replace(HERE, **{unknown: None})
        assert not differs(HERE, less)
        assert not differs(less, HERE)

    def test_an_unknown_place_never_differs(self) -> None:
        assert not Place().known
        assert not differs(Place(), HERE)
        assert not Standing(uuid4(), Place(), HERE).is_a_copy

    def test_a_place_shows_its_known_values(self) -> None:
        assert str(Place()) == "not known"
        assert str(replace(HERE, timeline=None)) == "system identifier 7321, database oid 16385"
        assert str(HERE).endswith("Neon timeline a1b2")
