"""Put the notices of the content folder into force, with the facts behind them, and say before whom that touches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from pipeline.core.consent.notice import NoticeVersion, load
from pipeline.core.consent.notice_change import ChangeKind, NoticeChange, Told, compare
from pipeline.core.consent.notice_lint import Finding, findings
from pipeline.core.consent.party import Party, load_parties
from pipeline.core.consent.purpose import PurposeVersion, load_purpose
from pipeline.core.errors import BadInput
from pipeline.gateways.files import read_source
from pipeline.settings import current
from pipeline.store import consent, purposes, renewals

PARTIES = "content/parties.toml"


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """A notice as its file has it. `place` is what to call the file; `purpose` is None in those of an earlier time."""

    place: str
    notice: NoticeVersion
    purpose: PurposeVersion | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return findings(self.notice, self.purpose)


@dataclass(frozen=True, slots=True)
class Publication:
    """What putting a file into force does. `new`: it is not published yet. `touched`: how many people's yes is to an
    earlier version: they are asked again by a material change, and told of one in the words.
    """

    file: NoticeFile
    change: NoticeChange
    new: bool
    touched: int


def read_notices() -> list[tuple[str, NoticeVersion]]:
    """The notices of the content folder, each with what to call its file. Raises BadInput that names it."""
    return [(each.place, each.notice) for each in read_notice_files()]


def read_notice_files() -> list[NoticeFile]:
    """The same, with the facts behind them. Raises BadInput where a notice has none."""
    files = _read("notices")
    for each in files:
        if each.purpose is None:
            raise BadInput(
                "It lacks the table [processing]: what is done with people's details, and by whom.",
                place=each.place,
            )
    return files


def read_earlier_notices() -> list[tuple[str, NoticeVersion]]:
    """What people were told before Rounds: evidence of what an imported yes was a yes to (C-40)."""
    return [(each.place, each.notice) for each in read_earlier_files()]


def read_earlier_files() -> list[NoticeFile]:
    """The same as files. None has facts behind it."""
    return _read("notices/earlier")


def _read(folder: str) -> list[NoticeFile]:
    fillings = _fillings()
    paths = sorted((current().content_dir / folder).glob("*.toml"))
    parties = _parties(fillings) if paths and folder == "notices" else {}
    return [_file(f"content/{folder}/{path.name}", path, fillings, parties) for path in paths]


def _file(place: str, path: Path, fillings: dict[str, str], parties: dict[str, Party]) -> NoticeFile:
    text = _text(path, place)
    notice = load(text, fillings, place=place)
    return NoticeFile(place, notice, load_purpose(text, notice, parties, place=place))


def _fillings() -> dict[str, str]:
    controller = current().controller
    return {
        "controller_name": controller.name,
        "controller_address": controller.address,
        "controller_email": controller.email,
        "controller_number": controller.number or "none",
    }


def _parties(fillings: dict[str, str]) -> dict[str, Party]:
    path = current().content_dir / "parties.toml"
    if not path.exists():
        raise BadInput("There is no such file. It says who has to do with people's details.", place=PARTIES)
    return load_parties(_text(path, PARTIES), fillings, place=PARTIES)


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
    ones come first: what a list is called today is for the later ones to say. Nobody is written to here: the tick does
    that, person by person (`actions.renew_consents`).
    """
    new = 0
    for each in (*read_earlier_files(), *read_notice_files()):
        change = _checked(each)
        if each.purpose is not None:
            purposes.keep_purpose(each.purpose, now)
        if consent.save_notice(_stored(each, change), each.notice.cadence_max_days, now):
            new += 1
            renewals.begin_anew(each.notice.purpose)
    return new


def preview_publication(now: datetime) -> list[Publication]:
    """What `publish_notices` would do, and to how many. Writes nothing. Raises BadInput as it would."""
    found = []
    for each in read_notice_files():
        change, notice = _checked(each), each.notice
        touches = change.kind in (ChangeKind.MATERIAL, ChangeKind.WORDING)
        touched = renewals.count_before(notice.purpose, notice.version, notice.effective_from, now)
        new = consent.notice(notice.notice_id, notice.version) is None
        found.append(Publication(each, change, new, touched if new and touches else 0))
    return found


def _checked(each: NoticeFile) -> NoticeChange:
    """What changes with a file. BadInput where what is published already would become another thing."""
    notice, purpose = each.notice, each.purpose
    kept = consent.notice(notice.notice_id, notice.version)
    if kept is not None and kept.body_sha256 != notice.body_sha256:
        raise BadInput(
            f"Version {notice.version} of {notice.notice_id} is published with other words (or the controller's"
            f" particulars changed). Raise `version` to {notice.version + 1}.",
            place=each.place,
        )
    if purpose is None:
        return NoticeChange(ChangeKind.FIRST)
    _check_purpose(each, purpose, kept)
    before = consent.notice_before(notice.purpose, notice.version)
    return compare(_told_then(before) if before else None, _told(notice, purpose))


def _check_purpose(each: NoticeFile, purpose: PurposeVersion, kept: consent.StoredNotice | None) -> None:
    described = purposes.purpose_version(purpose.purpose, purpose.version)
    if described is not None and not _alike(described, purpose):
        raise BadInput(
            f"[processing] is published with other facts as version {purpose.version}. Raise its `version` to"
            f" {purpose.version + 1}, and that of the notice if it is published too: people are told by it.",
            place=each.place,
        )
    if kept is not None and kept.purpose_version not in (None, purpose.version):
        raise BadInput(
            f"Version {each.notice.version} of {each.notice.notice_id} is published with version"
            f" {kept.purpose_version} of [processing]. Raise `version` to {each.notice.version + 1} too.",
            place=each.place,
        )


def _alike(one: PurposeVersion, other: PurposeVersion) -> bool:
    """But for how to reach a party: another telephone needs no new version."""
    return _without_contacts(one) == _without_contacts(other)


def _without_contacts(purpose: PurposeVersion) -> PurposeVersion:
    return replace(
        purpose,
        controllers=tuple(_who(each) for each in purpose.controllers),
        recipients=tuple(_who(each) for each in purpose.recipients),
        authority=_who(purpose.authority),
    )


def _who(party: Party) -> Party:
    return Party(party.id, party.role, party.name, "", company_number=party.company_number)


def _told(notice: NoticeVersion, purpose: PurposeVersion) -> Told:
    return Told(
        body_sha256=notice.body_sha256,
        consent_sentence=notice.consent_sentence,
        button_label=notice.button_label,
        policy_url=notice.policy_url,
        language=notice.language,
        purpose=purpose,
        asks_again=notice.asks_again,
    )


def _told_then(notice: consent.StoredNotice) -> Told:
    described = notice.purpose_version and purposes.purpose_version(notice.purpose, notice.purpose_version)
    return Told(
        body_sha256=notice.body_sha256,
        consent_sentence=notice.consent_sentence,
        button_label=notice.button_label,
        policy_url=notice.policy_url,
        language=notice.language,
        purpose=described or None,
    )


def _stored(each: NoticeFile, change: NoticeChange) -> consent.StoredNotice:
    notice = each.notice
    return consent.StoredNotice(
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
        findings=tuple(finding.rule for finding in each.findings),
        purpose_version=each.purpose.version if each.purpose else None,
        change=change.kind.value,
        changed=change.differences,
    )
