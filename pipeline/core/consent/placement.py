"""Where a sign-up form stands: its name, and the one page of the one site that may show it (C-53)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.core.errors import BadInput

LONGEST_URL = 300
HOSTED = "signup-page"  # our own page, which needs no entry
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_URL = re.compile(r"[!-~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Placement:
    """`purposes` are the lists that it offers, in order; empty: all that can be joined."""

    name: str
    page_url: str
    purposes: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Scheme, host and port as a browser says them in `Origin` (RFC 6454 section 6.2)."""
        parts = urlsplit(self.page_url)
        port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}[parts.scheme]) else ""
        host = parts.hostname or ""
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def read_placement(name: str, page_url: str, purposes: tuple[str, ...] = ()) -> Placement:
    """Raises BadInput for a name or an address that cannot be used. The name is in URLs and in the ledger."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} is no name of a placement. Use up to 40 lower-case letters, digits and hyphens: blog-footer."
        )
    if name == HOSTED:
        raise BadInput(f"{HOSTED!r} is the name of our own page. Choose another.")
    try:
        parts = urlsplit(page_url)
        good = (
            bool(_URL.fullmatch(page_url)) and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good or parts.scheme not in ("http", "https") or parts.username or len(page_url) > LONGEST_URL:
        raise BadInput("The page is a whole web address, such as https://www.example.org/news/.")
    if parts.query or parts.fragment:
        raise BadInput("The page's address has a question mark or a hash. Write it without what follows.")
    if not (parts.hostname or "").isascii():
        raise BadInput("Write the host as browsers send it, in ASCII: xn--bcher-kva.example.")
    return Placement(name, page_url, purposes)
