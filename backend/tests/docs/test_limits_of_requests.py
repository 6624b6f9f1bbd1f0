"""docs/limits-of-requests.md says what the code allows."""

import pytest

from src.sessions.access_tokens import MAX_LENGTH
from src.settings import BACKEND
from src.web.context import MAX_LOGGED
from src.web.handlers import MAX_FIELD_ERRORS
from src.web.limits import MAX_HEADER_BYTES, MAX_HEADERS, MAX_TARGET
from src.web.request_heads import bounds
from src.web.strict_json import BODY_WITHIN, MAX_BODY, MAX_NAMES, MAX_NESTING

ROWS = (BACKEND.parent / "docs" / "limits-of-requests.md").read_text().splitlines()
KIB = 1024


@pytest.mark.parametrize(
    "row",
    [
        f"| the head (first line and headers), from its first byte | {bounds.seconds:.0f} s |",
        f"| a new connection that sends nothing | {bounds.seconds:.0f} s |",
        f"| headers | {MAX_HEADERS}, and {MAX_HEADER_BYTES // KIB} KiB without the token |",
        f"| the head as a whole | {bounds.size // KIB} KiB |",
        f"| first line (method, path, query) | {(MAX_TARGET + 1) // KIB} KiB |",
        f"| access token | {MAX_LENGTH:,} characters |",
        f"| body, from the end of the head | {BODY_WITHIN:.0f} s |",
        f"| body | {MAX_BODY // KIB} KiB,",
        f"| JSON | {MAX_NESTING} levels, {MAX_NAMES} names in an object,",
        f"| errors in the fields of a body | the first {MAX_FIELD_ERRORS} are shown,",
        f"| a path in a line of the log | {MAX_LOGGED} characters |",
    ],
)
def test_every_bound_is_the_one_of_the_code(row: str) -> None:
    assert any(line.startswith(row) for line in ROWS)
