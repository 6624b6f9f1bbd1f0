"""Where a request comes from: the address behind trusted proxies, and the browser.

`X-Forwarded-For` is a list to which every proxy adds the address of its client. It is read from the
right, as long as `TRUSTED_PROXIES` names the proxy that added an entry. Entries further left are
not trusted: the client itself may have written them. Some platforms rewrite that list, and send the
address alone in a header of their own, which CLIENT_ADDRESS_HEADER names.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import get_args

from fastapi import Request

from src.settings import ClientAddressHeader, get_settings

log = logging.getLogger("postern.client")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_USER_AGENT = 400
SUBSCRIBER_BITS = 64
"""The bits of an IPv6 address that identify a subscriber, who chooses the rest (RFC 6177)."""
WIDER_BITS = {4: (16, 24), 6: (32, 48)}
NAT64 = IPv6Network("64:ff9b::/96")
"""Used by networks that write IPv4 addresses as IPv6 (RFC 6052)."""
LIST = "X-Forwarded-For"
MAX_ENTRIES = 32
"""The most entries of X-Forwarded-For that are read, from the right."""
MAX_WARNINGS = 20


@dataclass(frozen=True)
class Visitor:
    """The client of a request. Shown in a person's list of devices; proves nothing."""

    address: str | None = None
    user_agent: str | None = None

    @property
    def network(self) -> str:
        """What identifies one subscriber: the address, or the first 64 bits of an IPv6 address."""
        if self.address is None:
            return "unknown"
        address = ip_address(self.address)
        if isinstance(address, IPv4Address):
            return self.address
        if address in NAT64:
            return str(IPv4Address(int(address) & 0xFFFF_FFFF))
        return str(IPv6Network((int(address), SUBSCRIBER_BITS), strict=False))

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks around the subscriber, the widest first: each may belong to one party.

        Providers get a /32 of IPv6, their customers a /48 or less (RFC 6177).
        """
        try:
            subscriber = ip_network(self.network)
        except ValueError:
            return (self.network,)
        wider = WIDER_BITS[subscriber.version]
        return *(str(subscriber.supernet(new_prefix=bits)) for bits in wider), self.network

    @property
    def neighbourhood(self) -> str:
        """A network in which the address of one person may change: an IPv4 /24 or an IPv6 /48."""
        return self.networks[-2:][0]


def visitor_of(request: Request) -> Visitor:
    agent = request.headers.get("user-agent", "")
    printable = "".join(character for character in agent if character.isprintable())
    peer = _read(request.client.host) if request.client else ip_address("127.0.0.1")
    settings = get_settings()
    header, trusted = settings.client_address_header, settings.trusted_proxies
    values = request.headers.getlist(header)
    if header == LIST:
        address = address_of(peer, ",".join(values), trusted)
    else:
        address = single_address_of(peer, values, trusted)
    unnamed: UnnamedProxies = request.app.state.unnamed_proxies
    if peer is not None and address == peer:
        if values:
            unnamed.look(peer, ",".join(values), header)
        else:
            unnamed.look_for_others(peer, request.headers, header)
    return Visitor(str(address) if address else None, printable[:MAX_USER_AGENT].strip() or None)


def address_of(peer: Address | None, forwarded: str, trusted: Iterable[Network]) -> Address | None:
    """The address furthest left that a trusted proxy added; None if the peer has no address.

    A second pass changes nothing, so the web server may have done the same before.
    """
    address, before = peer, peer
    for entry in reversed(forwarded.split(",")[-MAX_ENTRIES:]):
        if before is None or not any(before in network for network in trusted):
            break
        before = _read(entry.strip())
        address = before or address
    return address


def single_address_of(
    peer: Address | None, values: Sequence[str], trusted: Iterable[Network]
) -> Address | None:
    """The address in a header that holds one, if a trusted proxy sent it; otherwise the peer's.

    Two values, or one that is no address, are not believed: a proxy that sets the header sets one.
    """
    if peer is None or not any(peer in network for network in trusted) or len(values) != 1:
        return peer
    return _read(values[0].strip()) or peer


def _read(text: str) -> Address | None:
    """The address in a proxy's entry, with or without a port. IPv4 inside IPv6 becomes IPv4."""
    host = text.partition("]")[0].removeprefix("[")
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class UnnamedProxies:
    """Warns once for each proxy that sends an address which is not trusted or not read.

    All users of such a proxy are one client.
    """

    def __init__(self) -> None:
        self._warned: set[Address] = set()

    def look_for_others(self, peer: Address, headers: Mapping[str, str], header: str) -> None:
        """`peer` does not send the header that is read."""
        others = [other for other in get_args(ClientAddressHeader) if other in headers]
        if not others or not self._is_news(peer):
            return
        log.warning(
            "%s sends %s, but not %s, which CLIENT_ADDRESS_HEADER names: all its clients count as "
            "one client and share its limits. If it is your proxy: CLIENT_ADDRESS_HEADER=%s",
            *(peer, others[0], header, others[0]),
        )

    def _is_news(self, peer: Address) -> bool:
        """Whether it has a private address, like the operator's proxies, and no warning yet."""
        if peer in self._warned or len(self._warned) >= MAX_WARNINGS or not peer.is_private:
            return False
        self._warned.add(peer)
        return True

    def look(self, peer: Address, forwarded: str, header: str) -> None:
        """`peer` sends the header, and is not trusted or sends no address in it."""
        # Anybody on the Internet may send this header; the operator's own proxy has a private
        # address. And the web server may have replaced the peer by the header's last entry.
        if _read(forwarded.rpartition(",")[2].strip()) == peer or not self._is_news(peer):
            return
        log.warning(
            "%s sends %s, but TRUSTED_PROXIES does not name it: all its clients count "
            "as one client and share its limits. If it is your proxy: TRUSTED_PROXIES=%s",
            *(peer, header, peer),
        )
