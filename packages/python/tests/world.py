"""A Postern in memory that a test can stop, and whose fetches it counts; and a clock to move."""

import time

import httpx

from postern_auth.testing import PosternInMemory

ISSUER = "https://auth.example.com"


class World:
    """The network of a test."""

    def __init__(self) -> None:
        self.memory = PosternInMemory(ISSUER)
        self.asked: list[httpx.Request] = []
        self.answer_with: httpx.Response | Exception | None = None
        """In place of Postern's answer."""
        self.max_age: int | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.answer_with, Exception):
            raise self.answer_with
        answer = self.answer_with or self.memory.answer(request)
        if self.max_age is not None:
            answer.headers["Cache-Control"] = f"public, max-age={self.max_age}"
        return answer

    def stop(self) -> None:
        self.answer_with = httpx.ConnectError("refused")

    def start(self) -> None:
        self.answer_with = None

    @property
    def fetches(self) -> int:
        return sum(request.url.path.endswith("/jwks.json") for request in self.asked)

    @property
    def profiles(self) -> int:
        return sum(request.url.path.endswith("/auth/profile") for request in self.asked)


class Clock:
    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.passed

    def advance(self, seconds: float) -> None:
        self.passed += seconds
