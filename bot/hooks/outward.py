"""Connections to addresses that other systems name: out into the world, never back into our own network."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from aiohttp.connector import AddrInfoType

from bot.settings import safe_url

LONGEST_URL = 500


class RefusedAddressError(OSError):
    """The address is one of a private network."""


def session(*, patience: float, private: bool) -> ClientSession:
    """With `private` any address will do. Each is looked at when the connection is made, whatever its name said before.

    Raises nothing; a connection that may not be is refused as one that fails. `patience` is in seconds.
    """
    connector = TCPConnector(socket_factory=None if private else _public_socket)
    return ClientSession(connector=connector, timeout=ClientTimeout(total=patience))


def address_amiss(url: str, *, private: bool) -> str:
    """Why this cannot be the address of a webhook; "" if it can."""
    try:
        safe_url(url)
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error) if str(error).startswith("must") else "is no web address"
    if parts.username is not None or parts.password is not None:
        return "must hold no user and no password"
    if len(url) > LONGEST_URL or port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        return "is no web address"
    if not private and (parts.scheme != "https" or not _may_be_public(parts.hostname or "")):
        return "must begin with https:// and lead out of our own network"
    return ""


def is_public(address: str) -> bool:
    """Whether it is a single machine's in the world outside."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _may_be_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:  # a name: it is looked at when it leads somewhere
        return "." in host.strip(".")


def _public_socket(found: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, (host, *_rest) = found
    if not is_public(str(host)):
        raise RefusedAddressError
    return socket.socket(family, kind, protocol)
