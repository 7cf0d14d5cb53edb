"""DOIs, PubMed numbers and addresses in the one spelling that they are compared in."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,200}")
_PMID = re.compile(r"\d{1,8}")
_PUBMED = re.compile(r"(?:^|/)(?:pubmed/)?(\d{1,8})/?$")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_[ce]id)=[^&]*&?")
_SLASH_PAIRS = {")": "(", "]": "["}


def doi(text: str) -> str | None:
    """The DOI in `text`, in small letters, without the stops of the sentence around it (DOIs know no case)."""
    match = _DOI.search(unquote(text))
    if match is None:
        return None
    found = match.group().rstrip(".,;:'”’")
    while (
        found and found[-1] in _SLASH_PAIRS and found.count(found[-1]) > found.count(_SLASH_PAIRS[found[-1]])
    ):
        found = found[:-1].rstrip(".,;:")
    return found.lower()


def pmid(text: str) -> str | None:
    """A PubMed number without `PMID:` and zeros before it."""
    digits = re.sub(r"^\s*(?:PMID)?:?\s*", "", text, flags=re.IGNORECASE).strip()
    plain = digits.lstrip("0")
    return plain if _PMID.fullmatch(plain) else None


def pmid_of_url(url: str) -> str | None:
    split = _parts(url)
    host = split.netloc.lower().removeprefix("www.")
    at_pubmed = host == "pubmed.ncbi.nlm.nih.gov" or (
        host == "ncbi.nlm.nih.gov" and split.path.startswith("/pubmed/")
    )
    match = _PUBMED.search(split.path) if at_pubmed else None
    return pmid(match.group(1)) if match else None


def doi_of_url(url: str) -> str | None:
    """The DOI of an address at doi.org, or one that stands in a publisher's address behind `/doi/`."""
    split = _parts(url)
    host = split.netloc.lower()
    if host in ("doi.org", "dx.doi.org", "www.doi.org"):
        return doi(split.path)
    return doi(re.sub(r"/(?:full|abs|pdf|epdf|abstract)$", "", split.path)) if "/doi/" in split.path else None


def address_key(url: str) -> str:
    """An address as it is compared: without scheme, `www.`, trackers, fragment and the slash at its end."""
    split = _parts(url.strip())
    host = split.netloc.lower().removeprefix("www.").removesuffix(":443")
    query = _TRACKING.sub("", split.query).strip("&")
    return host + split.path.rstrip("/") + (f"?{query}" if query else "")


def host_of(url: str) -> str:
    return (_parts(url).hostname or "").lower().removeprefix("www.")


def _parts(url: str) -> SplitResult:
    """Empty ones of what looks like an address and is none, such as `https://[1`."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
