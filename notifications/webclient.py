"""Sending a few bytes to an address that somebody typed in, without letting it reach inside.

The host's name is looked up once; every address it stands for must be a public one, and it is to
one of these that the connection goes, so that a second look-up can't lead elsewhere. Nothing is
followed, little is read, and all of it ends in time. What an installation allows besides is named
in MARU_WEBHOOK_ALLOW.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_READ = 2048
ONLY_TLS = "Only https:// is allowed, but for hosts that MARU_WEBHOOK_ALLOW names."
PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Ways of writing an IPv4 address into an IPv6 one, by which a gateway would reach it.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Forbidden(Exception):
    """The address may not be called; says why, in English, for the log."""


class Failed(Exception):
    """The call did not work; another try may."""


@dataclass(frozen=True)
class Answer:
    """What the other side said: its status, and the beginning of its text."""

    status: int
    text: str


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow: Iterable[str] = ()) -> Answer:
    """Send `body` by POST. Raises Forbidden or Failed; a redirect is an answer like others."""
    parts = checked(url, allow=allow)
    host = str(parts.hostname)
    address = _resolve(host, _port(parts), tuple(allow))
    if parts.scheme == "http" and not _is_named(host, address, allow):
        raise Forbidden(ONLY_TLS)
    connection = _connection(parts, host, address)
    timer = threading.Timer(TOTAL_SECONDS, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        target = parts.path or "/"
        connection.request(
            "POST",
            f"{target}?{parts.query}" if parts.query else target,
            body,
            {**headers, "Connection": "close"},
        )
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(MOST_READ).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed(f"{type(error).__name__}: {error}") from error
    finally:
        timer.cancel()
        connection.close()


def checked(url: str, *, allow: Iterable[str] = ()) -> SplitResult:
    """The address's parts, if it is one that may be called as far as can be seen from it."""
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError as error:
        raise Forbidden(f"This is no address: {error}") from error
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise Forbidden("The address holds spaces or control characters.")
    if parts.scheme not in PORTS or not parts.hostname or port is None:
        raise Forbidden("The address must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("The address must not hold a name or password.")
    if parts.scheme == "http" and not tuple(allow):
        raise Forbidden(ONLY_TLS)
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)


def _resolve(host: str, port: int, allow: tuple[str, ...]) -> Address:
    """One address of the host, after looking at all of them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed(f"The host {host} is not known: {error}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not is_public(address) and not _is_named(host, address, allow):
            raise Forbidden(f"{host} is {address}, which is not a public address.")
    if not addresses:
        raise Failed(f"The host {host} has no address.")
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, whatever way it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inside(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _is_named(host: str, address: Address, allow: Iterable[str]) -> bool:
    """Whether the installation allows this host: by its name, its address or its network."""
    for entry in allow:
        if entry.lower() == host.lower():
            return True
        try:
            if address in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            continue  # a name, of another host
    return False


def _connection(parts: SplitResult, host: str, address: Address) -> "_Plain":
    kind = _Plain if parts.scheme == "http" else _Secure
    return kind(host, _port(parts), address)


class _Plain(http.client.HTTPConnection):
    """Goes to the address that was looked at, and names the host. `wire` outlives `sock`."""

    def __init__(self, host: str, port: int, address: Address) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.address = address
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        self.wire = socket.create_connection((str(self.address), self.port), CONNECT_SECONDS)
        self.sock = self.wire


class _Secure(_Plain):
    """The same over TLS; the certificate must be the host's."""

    default_port = PORTS["https"]

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.wire = context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = self.wire
        self.wire.do_handshake()


def _cut(connection: _Plain) -> None:
    """End a call that takes too long, however slowly it still drips."""
    if connection.wire is not None:
        with suppress(OSError):
            connection.wire.shutdown(socket.SHUT_RDWR)
