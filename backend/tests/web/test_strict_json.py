"""Bodies that two programs could read in two ways are refused, and never with a 500."""

import httpx
import pytest

GOOD = b'{"email": "ada@example.com", "password": "testpass123"}'
JSON = {"Content-Type": "application/json"}

MALFORMED = {
    "nothing": b"",
    "half an object": b'{"email":',
    "NaN": b'{"email": NaN}',
    "Infinity": b'{"email": Infinity}',
    "-Infinity": b'{"email": -Infinity}',
    "a name twice": b'{"email": "a@b.de", "email": "c@d.de", "password": "testpass123"}',
    "a nested name twice": b'{"x": {"y": 1, "y": 2}}',
    "Latin-1": '{"email": "ä@example.com"}'.encode("latin-1"),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-32": GOOD.decode().encode("utf-32-le"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "an overlong NUL": b'{"email": "\xc0\x80"}',
    "half a surrogate pair": rb'{"email": "\ud800@example.com"}',
    "the other half": rb'{"password": "\udc00testpass123"}',
    "a surrogate as a name": rb'{"\ud800": 1}',
    "a number of 5,000 digits": b'{"email": ' + b"1" * 5000 + b"}",
    "60,000 brackets": b"[" * 60_000,
    "60,000 objects": b'{"a":' * 10_000,
    "deep, but closed": b"[" * 500 + b"]" * 500,
    "single quotes": b"{'email': 'a@b.de'}",
    "a trailing comma": b'{"email": "a@b.de",}',
    "a comment": b'{"email": "a@b.de"} // hello',
    "two documents": GOOD + GOOD,
    "a form": b"email=ada%40example.com&password=testpass123",
}


@pytest.mark.parametrize("path", ["/auth/signup", "/auth/signin"])
class TestBodies:
    @pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
    def test_a_malformed_body_is_refused(
        self, client: httpx.Client, path: str, body: bytes
    ) -> None:
        answer = client.post(path, content=body, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")

    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "",
            "text/plain",
            "text/json",
            "application/jsonp",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/json/x",
            "application/json; a*=x; a*0=y",
            f"application/json; charset*{'9' * 5000}=x",
            ";",
        ],
    )
    def test_another_content_type_is_refused(
        self, client: httpx.Client, path: str, content_type: str | None
    ) -> None:
        headers = {} if content_type is None else {"Content-Type": content_type}
        answer = client.post(path, content=GOOD, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")

    def test_a_body_over_64_kib_is_refused(self, client: httpx.Client, path: str) -> None:
        answer = client.post(path, content=b" " * 65_537, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")

    def test_a_chunked_body_over_64_kib_is_refused(self, client: httpx.Client, path: str) -> None:
        answer = client.post(path, content=iter([b" " * 1000] * 70), headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")

    def test_a_body_of_64_kib_is_read(self, client: httpx.Client, path: str) -> None:
        answer = client.post(path, content=GOOD + b" " * (65_536 - len(GOOD)), headers=JSON)
        assert answer.status_code in {201, 401}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/auth/signup", rb'{"email": "ada@example.com\u0000"}', "email"),
        ("/auth/signup", rb'{"password": "testpass123\u0000", "email": "a@b.de"}', "password"),
        ("/auth/signup", rb'{"email": "a@b.de", "name": "\u0000"}', "name"),
        ("/auth/signin", rb'{"email": "a@b.de", "password": "\u0000"}', "password"),
        ("/auth/signin", rb'{"email": "a@b.de", "x": [{"y": "\u0000"}]}', "x.0.y"),
        ("/auth/signin", rb'"\u0000"', "body"),
    ],
)
def test_a_nul_character_is_valid_json_that_no_field_accepts(
    client: httpx.Client, path: str, body: bytes, field: str
) -> None:
    answer = client.post(path, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert answer.json()["errors"] == [
        {"field": field, "code": "nul_character", "message": "Remove the NUL character."}
    ]


def test_a_nul_character_in_a_name_is_an_unknown_field(client: httpx.Client) -> None:
    answer = client.post("/auth/signin", content=rb'{"\u0000": 1}', headers=JSON)
    assert answer.status_code == 422
    assert ("\0", "extra_forbidden") in [(e["field"], e["code"]) for e in answer.json()["errors"]]


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "Application/JSON", 'application/json; charset="UTF-8"'],
)
def test_other_spellings_of_the_content_type_are_accepted(
    client: httpx.Client, content_type: str
) -> None:
    answer = client.post("/auth/signup", content=GOOD, headers={"Content-Type": content_type})
    assert answer.status_code == 201
