"""What is kept of a person, in sentences that they understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipeline.core.consent.entry import ConsentStatus, Entry, EventKind, Method
from pipeline.core.consent.evidence import Barrier, Demand, Fate, Letter, Report, Standing
from pipeline.core.consent.gate import Stop
from pipeline.core.consent.rights import NAMES, Lost, Outcome, readable
from pipeline.core.consent.suppression import ALL, CONFIRMATION, MARKETING, Reason
from pipeline.web.jinja import day

ENTRIES: Mapping[EventKind, str] = {
    EventKind.CONSENT_REQUESTED: "Somebody typed this address into our form.",
    EventKind.CONFIRM_SENT: "We asked to confirm it.",
    EventKind.CONFIRM_RESENT: "We asked once more to confirm it.",
    EventKind.CONFIRM_EXPIRED: "It was not confirmed in time.",
    EventKind.CONSENT_GIVEN: "You said yes.",
    EventKind.CONSENT_REFUSED: "You said that it was not you.",
    EventKind.CONSENT_WITHDRAWN: "You stopped it.",
    EventKind.OBJECTION_RECORDED: "You objected to marketing: everything stopped.",
    EventKind.RECONFIRM_REQUESTED: "We asked whether you still want it.",
    EventKind.CONSENT_RENEWED: "You said that you still want it.",
    EventKind.CONSENT_EXPIRED: "Your consent ran out.",
    EventKind.CONSENT_INVALIDATED: "We found that your consent could not be relied on, and stopped.",
    EventKind.CONSENT_TERMINATED: "We ended the list.",
    EventKind.NOTICE_CHANGED_INFORMED: "We told you of new words in the notice.",
    EventKind.TRACKING_CONSENT_GIVEN: "You agreed that we note it.",
    EventKind.TRACKING_CONSENT_WITHDRAWN: "You stopped it.",
    EventKind.LEGACY_IMPORTED: "Your address came to us from an earlier list.",
    EventKind.PAUSED: "You paused it.",
    EventKind.RESUMED: "You ended the pause.",
    EventKind.ADDRESS_CHANGED: "Your emails were moved to another address.",
    EventKind.COMPLAINT_FBL: "Your mail provider told us that you reported an email as spam: everything stopped.",
    EventKind.HARD_BOUNCED: "An email came back: there was no such mailbox.",
    EventKind.SUPPRESSION_ADDED: "We stopped writing to this address.",
    EventKind.SUPPRESSION_LIFTED: "We may write to this address again.",
    EventKind.SUPPRESSION_OPENED: "We made it possible to sign up with this address again.",
    EventKind.SAR_RECEIVED: "You asked to see what we hold.",
    EventKind.SAR_FULFILLED: "We gave it to you.",
    EventKind.ERASURE_RECEIVED: "You asked to be forgotten.",
    EventKind.ERASURE_COMPLETED: "We forgot you.",
    EventKind.DP_COMPLAINT_RECEIVED: "A complaint arrived.",
    EventKind.DP_COMPLAINT_ACKED: "We said that it had arrived.",
    EventKind.DP_COMPLAINT_CLOSED: "We answered it.",
    EventKind.RECEIPT_ISSUED: "We gave you a receipt.",
}
METHODS: Mapping[Method, str] = {
    Method.FORM_BUTTON: "",
    Method.CONFIRM_POST: "by the link in our letter",
    Method.NOT_ME_POST: "by the link in our letter",
    Method.ONE_CLICK_POST: "by the button of your mail program",
    Method.UNSUBSCRIBE_PAGE: "on the page to unsubscribe",
    Method.UNDO: "by the button to undo",
    Method.PREFERENCE_PAGE: "on our site",
    Method.ADDRESS_PAGE: "by the link in our letter",
    Method.MAILTO: "by email",
    Method.REPLY: "by a reply",
    Method.FBL: "by your mail provider",
    Method.BOUNCE: "by your mail provider",
    Method.IMPORT: "by an import",
    Method.IMPORT_BY_DECISION: "by an import, as we decided",
    Method.RENEW_POST: "by the link in a letter that asked you again",
    Method.ADMIN: "by a person of ours",
    Method.ERASURE: "",
    Method.SCHEDULER: "",
}
STATUSES: Mapping[ConsentStatus, str] = {
    ConsentStatus.UNKNOWN: "You never asked for it.",
    ConsentStatus.REQUESTED: "It waits for your confirmation.",
    ConsentStatus.GIVEN: "You get it.",
    ConsentStatus.RENEWED: "You get it.",
    ConsentStatus.REFUSED: "You said that it was not you.",
    ConsentStatus.WITHDRAWN: "You stopped it.",
    ConsentStatus.EXPIRED: "Your consent ran out.",
    ConsentStatus.TERMINATED: "The list has ended.",
    ConsentStatus.INVALIDATED: "We stopped it, since your consent could not be relied on.",
}
REASONS: Mapping[Reason, str] = {
    Reason.UNSUBSCRIBED: "you unsubscribed",
    Reason.OBJECTION: "you objected",
    Reason.COMPLAINT: "you reported an email as spam",
    Reason.HARD_BOUNCE: "an email came back: there was no such mailbox",
    Reason.SOFT_LIMIT: "several emails came back",
    Reason.NOT_ME: "you said that it was not you",
    Reason.ERASED: "you asked to be forgotten",
    Reason.MANUAL: "a person of ours recorded it",
    Reason.IMPORTED: "it came with an earlier list",
    Reason.CHILD: "it is the address of a child",
    Reason.PAUSED: "you paused it",
    Reason.MOVED: "your emails went to another address from then on",
}
FATES: Mapping[Fate, str] = {
    Fate.WAITING: "waits to be sent",
    Fate.HANDED_OVER: "handed to your mail provider",
    Fate.PROBABLY: "probably handed to your mail provider",
    Fate.UNKNOWN: "we do not know whether it arrived",
    Fate.REFUSED: "refused by a mail server",
    Fate.NOT_SENT: "not sent",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.FULFILLED: "done",
    Outcome.PARTLY: "done in part",
    Outcome.REFUSED: "refused",
    Outcome.NOTHING_HELD: "we held nothing",
    Outcome.TAKEN_BACK: "taken back, or not confirmed",
}
SCOPES = {
    ALL: "Nothing is sent to this address",
    MARKETING: "No list is sent",
    CONFIRMATION: "No form is answered",
}
WHERE_FROM = ("placement", "page_url", "network")  # of a form, in the evidence


def entry_in_words(entry: Entry, titles: Mapping[str, str]) -> str:
    """`Weekly health email: You said yes, by the link in our letter (notice notice-a, version 2).`"""
    head = f"{titles.get(entry.purpose, entry.purpose)}: " if entry.purpose else ""
    said, door = ENTRIES[entry.kind].removesuffix("."), METHODS[entry.method]
    notice = f" (notice {entry.notice_id}, version {entry.notice_version})" if entry.notice_id else ""
    until = entry.evidence.get("until") if entry.kind is EventKind.PAUSED else None
    rest = f" until {day(datetime.fromisoformat(str(until)))}" if until else ""
    form = [str(entry.evidence[key]) for key in WHERE_FROM if entry.evidence.get(key)]
    kept = f" We keep of the form: {', '.join(form)}." if form else ""
    return f"{head}{said}{rest}{f', {door}' if door else ''}{notice}.{kept}"


LAPSED: Mapping[str, str] = {
    Stop.CONSENT_EXPIRED: "It is not sent: your yes has ended.",
    Stop.NOTICE_OUTDATED: "It is not sent until you say yes to its new notice.",
}


LOST = {
    Lost.ERASED: " Some of what was written is no longer kept.",
    Lost.UNREADABLE: " Some of what was written cannot be read at the moment.",
}


def why_in_words(standing: Standing) -> str:
    """Whether a list is sent, and why not."""
    if standing.suppressed:
        return f"It is not sent: {REASONS[Reason(standing.why)]}."
    return LAPSED.get(standing.why) or STATUSES[standing.consent.status]


def fate_in_words(letter: Letter) -> str:
    """What became of a letter."""
    return FATES[letter.fate]


def report_in_words(report: Report) -> str:
    """What a mail provider told us of a letter."""
    code = f", {report.code}" if report.code else ""
    return f"{report.kind.replace('_', ' ')}{code}{f': {report.said}' if report.said else ''}"


def barrier_in_words(barrier: Barrier, titles: Mapping[str, str], now: datetime) -> str:
    """`Weekly health email is not sent: you paused it, until 3 March 2027.`"""
    purpose = barrier.scope.removeprefix("list:")
    head = SCOPES.get(barrier.scope) or f"{titles.get(purpose, purpose)} is not sent"
    if barrier.until is None:
        return f"{head}: {REASONS[barrier.reason]}."
    over = " This is over." if barrier.until <= now else ""
    return f"{head}: {REASONS[barrier.reason]}, until {day(barrier.until)}.{over}"


def demand_in_words(demand: Demand) -> str:
    """`A complaint: we answer by 3 March 2027. We keep these words of it: "..."`"""
    if demand.closed_at is None:
        stands = f"we answer by {day(demand.due_at)}"
    else:
        outcome = OUTCOMES[demand.outcome] if demand.outcome else "closed"
        stands = f"{outcome} on {day(demand.closed_at)}"
    written = (demand.words, demand.answer)
    kept = " ".join(f"“{words}”" for words in map(readable, written) if words)
    lost = "".join(said for one, said in LOST.items() if one in written)
    return f"{NAMES[demand.kind]}: {stands}.{f' We keep these words of it: {kept}' if kept else ''}{lost}"
