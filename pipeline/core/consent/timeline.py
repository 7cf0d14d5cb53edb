"""What happened between one person and us, in sentences and in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.evidence import Evidence, Fate, Letter, Report

EVERY_LIST = "every list"


class Tone(StrEnum):
    """What a moment did to the person's consent."""

    YES = "yes"
    NO = "no"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Moment:
    """`said` is a sentence, `lines` say by whom and how, and `marks` are what the ledger keeps to find it again by.
    `notice` is what the person was shown: its id and version.
    """

    at: datetime
    said: str
    tone: Tone
    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    notice: tuple[str, int] | None = None
    entry: str = ""  # the id of the ledger's entry; empty for what is not in the ledger


# {list} is the title of the list that an entry is about.
SAID: Mapping[EventKind, tuple[str, Tone]] = MappingProxyType(
    {
        EventKind.CONSENT_REQUESTED: (
            "Asked for {list}. Nothing is sent before the address is confirmed.",
            Tone.PLAIN,
        ),
        EventKind.CONFIRM_SENT: ("The confirmation letter for {list} was sent.", Tone.PLAIN),
        EventKind.CONFIRM_RESENT: ("The confirmation letter for {list} was sent again.", Tone.PLAIN),
        EventKind.CONFIRM_EXPIRED: ("Did not confirm {list} in time.", Tone.PLAIN),
        EventKind.CONSENT_GIVEN: ("Said yes to {list}.", Tone.YES),
        EventKind.CONSENT_REFUSED: ("Said “this was not me” about {list}.", Tone.NO),
        EventKind.CONSENT_WITHDRAWN: ("Withdrew consent to {list}.", Tone.NO),
        EventKind.OBJECTION_RECORDED: ("Objected to all marketing.", Tone.NO),
        EventKind.RECONFIRM_REQUESTED: ("Was asked whether to go on with {list}.", Tone.PLAIN),
        EventKind.CONSENT_RENEWED: ("Renewed consent to {list}.", Tone.YES),
        EventKind.CONSENT_EXPIRED: ("Consent to {list} ran out.", Tone.NO),
        EventKind.CONSENT_INVALIDATED: ("Consent to {list} was found invalid.", Tone.NO),
        EventKind.CONSENT_TERMINATED: ("We ended {list}.", Tone.NO),
        EventKind.NOTICE_CHANGED_INFORMED: (
            "Was told of a new wording of the notice for {list}.",
            Tone.PLAIN,
        ),
        EventKind.TRACKING_CONSENT_GIVEN: (
            "Allowed us to note the day on which they last opened an email.",
            Tone.YES,
        ),
        EventKind.TRACKING_CONSENT_WITHDRAWN: (
            "No longer allows us to note when they open an email.",
            Tone.NO,
        ),
        EventKind.LEGACY_IMPORTED: ("Came with an imported file for {list}.", Tone.PLAIN),
        EventKind.PAUSED: ("Paused {list}. Consent stands.", Tone.PLAIN),
        EventKind.RESUMED: ("Ended the pause of {list}.", Tone.PLAIN),
        EventKind.ADDRESS_CHANGED: ("The address was changed.", Tone.PLAIN),
        EventKind.COMPLAINT_FBL: ("Reported a letter as spam. Every list ended.", Tone.NO),
        EventKind.HARD_BOUNCED: ("The mail server said that there is no such mailbox.", Tone.PLAIN),
        EventKind.SUPPRESSION_ADDED: ("A suppression was added.", Tone.NO),
        EventKind.SUPPRESSION_LIFTED: ("A suppression was lifted.", Tone.PLAIN),
        EventKind.SUPPRESSION_OPENED: (
            "Two of us let them sign up anew. Until they confirm, it stands.",
            Tone.PLAIN,
        ),
        EventKind.SAR_RECEIVED: ("Asked for a copy of everything.", Tone.PLAIN),
        EventKind.SAR_FULFILLED: ("Was given a copy of everything.", Tone.PLAIN),
        EventKind.ERASURE_RECEIVED: ("Asked to be forgotten. Every list ended.", Tone.NO),
        EventKind.ERASURE_COMPLETED: ("Was forgotten: address and name are destroyed.", Tone.NO),
        EventKind.DP_COMPLAINT_RECEIVED: ("Complained about how we use their data.", Tone.PLAIN),
        EventKind.DP_COMPLAINT_ACKED: ("Was told that the complaint has arrived.", Tone.PLAIN),
        EventKind.DP_COMPLAINT_CLOSED: ("Was told the outcome of the complaint.", Tone.PLAIN),
        EventKind.RECEIPT_ISSUED: ("Was given a receipt of the consent.", Tone.PLAIN),
    }
)

BY: Mapping[Actor, str] = MappingProxyType(
    {
        Actor.DATA_SUBJECT: "the person",
        Actor.PARENT: "a parent",
        Actor.CONTROLLER_USER: "a member of staff",
        Actor.PROCESSOR: "a company that works for us",
        Actor.MAILBOX_PROVIDER: "the mailbox provider",
        Actor.SYSTEM: "our software",
    }
)

HOW: Mapping[Method, str] = MappingProxyType(
    {
        Method.FORM_BUTTON: "with the button of the sign-up form",
        Method.CONFIRM_POST: "with the button behind the link in the confirmation letter",
        Method.NOT_ME_POST: "with the button “this was not me”",
        Method.ONE_CLICK_POST: "with the unsubscribe button of the mail program",
        Method.UNSUBSCRIBE_PAGE: "with the button of the unsubscribe page",
        Method.UNDO: "with “undo”, on the page that confirmed the goodbye",
        Method.PREFERENCE_PAGE: "on the page of their preferences",
        Method.ADDRESS_PAGE: "with the button behind the link in a letter to the address",
        Method.MAILTO: "by an email to the unsubscribe address",
        Method.REPLY: "by a reply to a letter",
        Method.FBL: "with “report spam”",
        Method.BOUNCE: "by a letter that came back",
        Method.IMPORT: "with an imported file",
        Method.IMPORT_BY_DECISION: "with an imported file, by a decision of the controller",
        Method.RENEW_POST: "with the button behind the link in a letter that asked again",
        Method.ADMIN: "at the desk",
        Method.ERASURE: "by an erasure",
        Method.SCHEDULER: "by the timetable",
    }
)

GRADES: Mapping[EvidenceGrade, str] = MappingProxyType(
    {
        EvidenceGrade.FULL: "double opt-in under an archived notice",
        EvidenceGrade.SINGLE_OPT_IN: "single opt-in",
        EvidenceGrade.IMPORTED: "kept elsewhere, as described on import",
        EvidenceGrade.DEFICIENT: "deficient: the notice could not carry consent",
    }
)

# Full as well, and no double opt-in: the link lay in a mailbox that had been confirmed before.
BY_A_LINK = "given by a link in their own mailbox, under an archived notice"

FATES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.WAITING: "is waiting to be sent",
        Fate.HANDED_OVER: "was handed to the mail server",
        Fate.PROBABLY: "was probably handed to the mail server",
        Fate.UNKNOWN: "may have been sent: the outcome is unknown",
        Fate.REFUSED: "was refused",
        Fate.NOT_SENT: "was not sent",
    }
)


# Of what an entry keeps as evidence, this is for people; all else is for finding it again.
PLAIN = frozenset({"channel", "placement", "page_url", "because", "scope", "reason", "said"})


def timeline(evidence: Evidence, *, purpose: str | None = None) -> list[Moment]:
    """Everything, or what is about one list and about every list; the oldest first."""
    entries = [e for e in evidence.entries if purpose is None or e.purpose in (None, purpose)]
    moments = [of_entry(entry, evidence.titles) for entry in entries]
    if purpose is None:
        moments += [_of_letter(letter) for letter in evidence.letters]
        moments += [_of_report(report, evidence.letters) for report in evidence.reports]
    return sorted(
        moments, key=lambda moment: moment.at
    )  # stable: what is of one moment keeps the ledger's order


def _graded(grade: EvidenceGrade, method: Method) -> str:
    return BY_A_LINK if grade is EvidenceGrade.FULL and method is not Method.CONFIRM_POST else GRADES[grade]


def of_entry(entry: Entry, titles: Mapping[str, str]) -> Moment:
    sentence, tone = SAID[entry.kind]
    named = f"“{titles.get(entry.purpose, entry.purpose)}”" if entry.purpose else EVERY_LIST
    lines = [f"By {BY[entry.actor]}, {HOW[entry.method]}."]
    if entry.evidence_grade:
        lines.append(f"Evidence: {_graded(entry.evidence_grade, entry.method)}.")
    if entry.suspect_automation:
        lines.append("A machine may have done it.")
    kept = [
        (key, f"{_label(key)}: {_short(value)}") for key, value in sorted(entry.evidence.items()) if value
    ]
    lines += [said for key, said in kept if key in PLAIN]
    marks = tuple(said for key, said in kept if key not in PLAIN)
    notice = (entry.notice_id, entry.notice_version) if entry.notice_id and entry.notice_version else None
    said = sentence.format(list=named)
    return Moment(entry.occurred_at, said, tone, tuple(lines), marks, notice, str(entry.event_id))


def _of_letter(letter: Letter) -> Moment:
    what = f"“{letter.title}”" if letter.issue else "The letter that asks to confirm the address"
    lines = (
        [f"Issue {letter.issue.rpartition('/')[2]} of {letter.issue.rpartition('/')[0]}."]
        if letter.issue
        else []
    )
    if letter.reason:
        lines.append(f"Because: {letter.reason.replace('_', ' ')}.")
    if letter.code and letter.fate is not Fate.HANDED_OVER:
        lines.append(f"The mail server said {letter.code}.")
    return Moment(letter.done_at or letter.made_at, f"{what} {FATES[letter.fate]}.", Tone.PLAIN, tuple(lines))


def _of_report(report: Report, letters: Iterable[Letter]) -> Moment:
    titles = {letter.uid: letter.title for letter in letters}
    about = titles.get(report.letter, "a letter") if report.letter else "a letter"
    kind = report.kind.replace("_", " ")
    lines = (f"It said: {report.said}",) if report.said else ()
    return Moment(report.at, f"A report about “{about}” came in: {kind}.", Tone.PLAIN, lines)


def _label(key: str) -> str:
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
