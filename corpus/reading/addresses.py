"""Which machines may be asked: names are resolved once, checked, and that very address is connected to.

A name that resolves anew between the check and the connection could lead elsewhere, so httpcore
is given a network of our own that does both in one step, under one deadline for all of it.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Networks that carry an IPv4 address inside: what it names is what is reached.
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")


class Refused(Exception):
    """Why a machine is not asked, in words for a person."""


class TooSlow(Exception):
    """The deadline for an answer has passed."""


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open internet: no private, local, shared or group address.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_open(one) for one in _carried(address))


def _carried(address: Address) -> list[Address]:
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return [address.ipv4_mapped]
        if address.sixtofour is not None:
            found.append(address.sixtofour)
        if address.teredo is not None:
            found.extend(address.teredo)
        if any(address in network for network in (*_NAT64, _COMPATIBLE)):
            found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def _is_open(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
        or address.is_link_local
    )  # fmt: skip


class CheckedNetwork(httpcore.NetworkBackend):
    """The network as httpcore uses it, kept to public addresses and one deadline (``time.monotonic``)."""

    def __init__(self, *, deadline: float, allow_private: bool = False) -> None:
        self._deadline = deadline
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a host at an address that was checked. Raises Refused, TooSlow and httpcore's errors."""
        last: OSError | None = None
        for address in self._resolved(host, port):
            try:
                connection = socket.create_connection((address, port), _within(timeout, self._deadline))
                return _Stream(connection, self._deadline)
            except OSError as error:
                last = error
        raise httpcore.ConnectError(str(last)) from last

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        """Never: nothing on this machine is asked."""
        raise Refused("sockets of this machine are not asked")

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the deadline."""
        time.sleep(max(0.0, min(seconds, self._deadline - time.monotonic())))

    def _resolved(self, host: str, port: int) -> list[str]:
        found = list(dict.fromkeys(_look_up(host, port, _within(10.0, self._deadline))))
        if not found:
            raise httpcore.ConnectError(f"the name {host} leads to no address")
        # One private address among public ones is a trap laid on purpose.
        private = next((address for address in found if not is_public(address)), None)
        if private is not None and not self._allow_private:
            raise Refused(
                f"{host} leads to {private}, which is not an address of the open internet; "
                "--allow-private allows such addresses"
            )
        return found[:4]


def _look_up(host: str, port: int, timeout: float) -> list[str]:
    """The addresses of a name; in a thread, since a name server may be as slow as it likes."""
    answers: queue.Queue[list[str] | OSError] = queue.Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(one[4][0]) for one in found])
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty as error:
        raise TooSlow(f"the name {host} could not be looked up in time") from error
    if isinstance(answer, OSError):
        raise httpcore.ConnectError(f"the name {host} is not known ({answer.strerror or answer})") from answer
    return answer


def _within(timeout: float | None, deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooSlow("the whole answer did not come in time")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection on which every read and write ends at the deadline, however slowly bytes drip."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._socket = connection
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(_within(timeout, self._deadline))
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            # Silence, or the deadline of the whole answer: the latter is told by asking for what is left.
            _within(None, self._deadline)
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._socket.settimeout(_within(timeout, self._deadline))
        try:
            self._socket.sendall(buffer)
        except TimeoutError as error:
            # Silence, or the deadline of the whole answer: the latter is told by asking for what is left.
            _within(None, self._deadline)
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._socket.settimeout(_within(timeout, self._deadline))
        try:
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except OSError as error:
            self._socket.close()
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._socket if info == "socket" else None
