"""Put the notices of the content folder into force."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from pipeline.core.consent.notice import NoticeVersion, load
from pipeline.core.consent.notice_lint import findings
from pipeline.core.errors import BadInput
from pipeline.gateways.files import read_source
from pipeline.settings import current
from pipeline.store import consent


def read_notices() -> list[tuple[str, NoticeVersion]]:
    """The notices of the content folder, each with what to call its file. Raises BadInput that names it."""
    return _read("notices")


def read_earlier_notices() -> list[tuple[str, NoticeVersion]]:
    """What people were told before Rounds: evidence of what an imported yes was a yes to (C-40)."""
    return _read("notices/earlier")


def _read(folder: str) -> list[tuple[str, NoticeVersion]]:
    settings = current()
    controller = {
        "controller_name": settings.controller.name,
        "controller_address": settings.controller.address,
        "controller_email": settings.controller.email,
        "controller_number": settings.controller.number or "none",
    }
    paths = sorted((settings.content_dir / folder).glob("*.toml"))
    places = [(f"content/{folder}/{path.name}", path) for path in paths]
    return [(place, load(_text(path, place), controller, place=place)) for place, path in places]


def _text(path: Path, place: str) -> str:
    try:
        return read_source(path).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadInput("This is not UTF-8 text. Save the file as UTF-8.", place=place, line=line) from error


def require_notice(purpose: str, place: str = "", line: int | None = None) -> NoticeVersion:
    """The newest notice of a purpose. BadInput, with the closest name, where no notice is for it (C-43)."""
    notices = [notice for _, notice in read_notices()]
    known = sorted({notice.purpose for notice in notices})
    if purpose not in known:
        close = get_close_matches(purpose, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known) or 'none'}."
        raise BadInput(
            f"No notice in content/notices/ is for the purpose {purpose!r}. {hint}", place=place, line=line
        )
    return max((n for n in notices if n.purpose == purpose), key=lambda n: n.version)


def publish_notices(now: datetime) -> int:
    """Keep every notice of `content/notices/`, with what stands against it. Returns how many are new.

    A version that is published already must have the same words: raise `version` to change them (C-10). The earlier
    ones come first: what a list is called today is for the later ones to say.
    """
    new = 0
    for place, notice in [*read_earlier_notices(), *read_notices()]:
        kept = consent.notice(notice.notice_id, notice.version)
        if kept is not None and kept.body_sha256 != notice.body_sha256:
            raise BadInput(
                f"Version {notice.version} of {notice.notice_id} is published with other words (or the controller's"
                f" particulars changed). Raise `version` to {notice.version + 1}.",
                place=place,
            )
        stored = consent.StoredNotice(
            notice_id=notice.notice_id,
            version=notice.version,
            purpose=notice.purpose,
            title=notice.title,
            cadence=notice.cadence,
            language=notice.language,
            body_text=notice.body,
            body_sha256=notice.body_sha256,
            consent_sentence=notice.consent_sentence,
            button_label=notice.button_label,
            policy_url=notice.policy_url,
            effective_from=notice.effective_from,
            findings=tuple(finding.rule for finding in findings(notice)),
        )
        new += consent.save_notice(stored, notice.cadence_max_days, now)
    return new
