"""A certificate authority of the test, and a certificate for localhost that it has signed."""

import ssl
from pathlib import Path

import trustme


class Certificates:
    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.authority = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.authority))

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("localhost").configure_cert(context)
        return context
