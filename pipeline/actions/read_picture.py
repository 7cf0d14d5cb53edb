"""A picture of an article, or the logo, by the digest of its bytes."""

from __future__ import annotations

from pipeline.core.content.pictures import CONTENT_TYPES, look_at
from pipeline.core.errors import BadInput, NotFound
from pipeline.gateways.pictures import picture_by_digest, read_picture
from pipeline.settings import current
from pipeline.store import articles


def picture(digest: str, kind: str) -> tuple[bytes, str]:
    """The bytes and the content type. NotFound unless an imported article or the brand shows exactly these bytes."""
    content = current().content_dir
    known = articles.has_picture(digest) or digest == _logo_digest()
    data = picture_by_digest(content, digest) if known else None
    if data is None or look_at(data).kind != kind:
        raise NotFound("There is no such picture.")
    return data, CONTENT_TYPES[kind]


def _logo_digest() -> str:
    logo = current().brand.logo
    try:
        return read_picture(current().content_dir, logo.name)[1] if logo else ""
    except BadInput:
        return ""
