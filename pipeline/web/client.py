"""Which address a request came from (S-06)."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from pipeline.settings import current


def client_ip(request: HttpRequest) -> str:
    """The peer's address; behind a trusted proxy, the last address in `X-Forwarded-For` that is not one of them.

    What a client itself wrote into the header stands to the left and is never reached.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    seen = _plain(str(request.META.get("REMOTE_ADDR", "")))
    while hops and _is_trusted_proxy(seen):
        seen = _plain(hops.pop())
    return seen


def _plain(hop: str) -> str:
    """The address alone. Some proxies write its port too, as RFC 7239 does, which is another with each connection: who
    comes with another one would be counted as another client. IPv4 in an IPv6 socket is IPv4.
    """
    host, _, port = hop.rpartition(":")
    bare = host if host and port.isdecimal() and (host.startswith("[") or ":" not in host) else hop
    try:
        ip = ipaddress.ip_address(bare.strip("[]"))
    except ValueError:
        return hop
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def _is_trusted_proxy(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(network) for network in current().trusted_proxies)
