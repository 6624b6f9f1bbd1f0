"""A client that many threads may use at the same time."""

import threading

import httpx


def make_client(port: int) -> httpx.Client:
    """Every thread has its own connections to the server at that port.

    A shared pool may close a connection that a thread is about to use (httpcore 1.0.9,
    encode/httpcore#1110): that thread fails with "Bad file descriptor", or waits forever.
    """
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, transport=_PoolPerThread())


class _Pool(httpx.HTTPTransport):
    """Closed when its thread has ended."""

    def __init__(self) -> None:
        super().__init__(verify=False)  # loopback without TLS: do not load certificates

    def __del__(self) -> None:
        self.close()


class _Own(threading.local):
    def __init__(self) -> None:
        self.pool = _Pool()


class _PoolPerThread(httpx.BaseTransport):
    def __init__(self) -> None:
        self._own = _Own()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._own.pool.handle_request(request)

    def close(self) -> None:
        del self._own  # this also drops the pools of all threads
