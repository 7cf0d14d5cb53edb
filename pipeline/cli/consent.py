"""`rounds consent`: the evidence for one address, on the screen, as a file, on paper; and what a backup forgot."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import click

from pipeline.actions.ask_early import ask_early, preview_asking
from pipeline.actions.export_subscriber import export_subscriber
from pipeline.actions.find_person import find_subscriber
from pipeline.actions.list_expiring import list_expiring
from pipeline.actions.make_proof import make_proof
from pipeline.actions.measure_noes import measure_noes
from pipeline.actions.record_audit import about_address, record
from pipeline.actions.replay_noes import replay_noes
from pipeline.actions.show_consent import ConsentRecord, show_consent
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database, operator
from pipeline.core.address import parse
from pipeline.core.consent.entry import Entry
from pipeline.core.consent.heeding import Delays
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.suppression import Suppression
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now
from pipeline.store.consent import StoredNotice

MOST_DAYS = 3650

# What a standing means to somebody who asks "may we, and why". Anything else loses its underscores.
MEANS = {
    "unknown": "it never asked for this list",
    "requested": "asked for, and not confirmed yet",
    "given": "it said yes",
    "renewed": "it said yes, and again later",
    "refused": "the owner said that it was not them",
    "withdrawn": "it unsubscribed",
    "expired": "the confirmation never came, or the yes grew too old",
    "consent_expired": "the yes grew too old",
    "notice_outdated": "it said yes to an earlier notice, and what we do has changed since",
    "terminated": "the list was ended",
    "invalidated": "the yes turned out not to count",
}


@click.group()
def command() -> None:
    """What people agreed to, and the proof."""


@command.command()
@click.argument("address")
@json_option
@needs_database
def show(address: str, as_json: bool) -> None:
    """Answer for ADDRESS: may we mail it, for which list, why, since when, and what exactly was it told.

    It prints personal data: the whole ledger of one person.
    """
    moment = now()
    record(Event.SUBSCRIBER_VIEWED, member=operator(), about=about_address(parse(address)))
    found = show_consent(address, moment)
    answer(_data(found, moment), _in_words(found, moment), as_json)


@command.command()
@click.argument("address")
@json_option
@needs_database
def export(address: str, as_json: bool) -> None:
    """With --json, print everything that is kept of ADDRESS, as it is handed to the person who asks for it."""
    person = find_subscriber(address)
    record(Event.SUBSCRIBER_EXPORTED, member=operator(), about=str(person.uid), detail={"what": "everything"})
    whole = export_subscriber(person.id, now())
    counted = ", ".join(f"{len(whole[part])} {part}" for part in ("ledger", "letters", "reports", "requests"))
    answer(whole, f"Entries of each kind: {counted}. With --json this prints all of it.", as_json)


@command.command()
@click.argument("address")
@click.option("--purpose", required=True, help="Of which list.")
@click.option(
    "--to", "place", type=click.Path(dir_okay=False, path_type=Path), required=True, help="PDF to write."
)
@json_option
@needs_database
def paper(address: str, purpose: str, place: Path, as_json: bool) -> None:
    """Write the proof of the consent of ADDRESS to one list as a PDF, with the file that checks it attached."""
    person = find_subscriber(address)
    record(
        Event.PROOF_EXPORTED,
        member=operator(),
        about=str(person.uid),
        detail={"list": purpose, "form": "pdf"},
    )
    made = make_proof(person.id, purpose, now())
    try:
        place.write_bytes(made.pdf)
    except OSError as error:
        raise BadInput(f"This file cannot be written: {error.strerror}.", place=str(place)) from error
    digest = sha256(made.json).hexdigest()
    answer(
        {"file": place, "proof_sha256": digest},
        f"Wrote {place}. SHA-256 of the proof in it: {digest}",
        as_json,
    )


@command.command()
@json_option
@needs_database
def replay(as_json: bool) -> None:
    """Tell the database every no that this host heard and a restored backup has forgotten.

    `rounds sending confirm` and `join` do it for their host; here it is for one that takes goodbyes and sends nothing.
    """
    done = replay_noes(now())
    damaged = f" {done.unreadable} cannot be read." if done.unreadable else ""
    answer(
        {"read": done.read, "applied": done.applied, "unreadable": done.unreadable},
        f"{done.applied} of {done.read} noes were news to the database. They hold again.{damaged}",
        as_json,
    )


@command.command()
@click.option("--within", default="1d", show_default=True, help="The last so many days, such as 30d.")
@json_option
@needs_database
def heeded(within: str, as_json: bool) -> None:
    """Say how soon a no took effect, from when it was received to when the ledger had it; and what waits."""
    found = measure_noes(now(), within_days(within))
    whole = found.delays[None]
    doors = {door.value: _seconds(delays) for door, delays in found.delays.items() if door is not None}
    data = {
        "since": found.since,
        "unsub_to_effective_seconds": {**_seconds(whole), "doors": doors},
        "waiting": [{"place": one.place, "since": one.since} for one in found.waiting],
    }
    lines = [f"{door or 'all':5} {_delays_in_words(delays)}" for door, delays in found.delays.items()]
    lines += [f"Waiting ({one.place}) since {one.since:%Y-%m-%d %H:%M} UTC" for one in found.waiting]
    answer(data, "\n".join(lines), as_json)


def _seconds(delays: Delays) -> dict[str, float | int]:
    return {
        "count": delays.count,
        "p50": delays.p50.total_seconds(),
        "p99": delays.p99.total_seconds(),
        "max": delays.longest.total_seconds(),
    }


def _delays_in_words(delays: Delays) -> str:
    if not delays.count:
        return "nobody said no"
    p50, p99, longest = (span.total_seconds() for span in (delays.p50, delays.p99, delays.longest))
    return f"{delays.count} noes; half within {p50:.3f} s, 99 of 100 within {p99:.3f} s, all within {longest:.3f} s"


@command.command()
@click.option("--within", default="60d", show_default=True, help="So many days from now, such as 60d.")
@json_option
@needs_database
def expiring(within: str, as_json: bool) -> None:
    """Say how many yeses end soon, by list and month. Each is asked for once, 30 days before it ends.

    The addresses of the first few are shown, masked.
    """
    report = list_expiring(within_days(within), now())
    data = {
        "until": report.until,
        "people": sum(each.count for each in report.endings),
        "lists": [
            {"purpose": e.purpose, "month": f"{e.month:%Y-%m}", "people": e.count} for e in report.endings
        ],
        "first": [{"address": e.address, "purpose": e.purpose, "ends": e.ends} for e in report.first],
    }
    lines = [f"{e.purpose}, {e.month:%B %Y}: {e.count}" for e in report.endings]
    lines += [f"  {e.address} on {e.ends:%Y-%m-%d} ({e.purpose})" for e in report.first]
    answer(data, "\n".join(lines) or f"No yes ends before {report.until:%Y-%m-%d}.", as_json)


@command.command()
@click.option(
    "--within", default="60d", show_default=True, help="Whose yes ends in so many days, such as 60d."
)
@click.option("--people", type=click.IntRange(0), help="Ask them: so many as were shown, and not more.")
@json_option
@needs_database
def ask(within: str, people: int | None, as_json: bool) -> None:
    """Say whom it touches to ask now for every yes that ends soon; with --people, have the scheduler ask them.

    Everybody is asked once before the end of a yes, 30 days before it if nobody asks earlier.
    """
    moment, span = now(), within_days(within)
    if people is None:
        asking = preview_asking(span, moment)
    else:
        asking = ask_early(span, moment, people=people)
        detail = {"within": within, "people": asking.people}
        record(Event.RENEWALS_ASKED, member=operator(), about="yeses that end", detail=detail)
    lists = [{"purpose": one.purpose, "asked": one.asked, "due": one.due} for one in asking.lists]
    lines = [f"{one.purpose}: {one.asked}" for one in asking.lists]
    lines.append(
        f"With --people {asking.people} they are asked now."
        if people is None
        else "They are asked within the next minutes."
    )
    answer(
        {"until": asking.until, "people": asking.people, "lists": lists, "asked": people is not None},
        "\n".join(lines),
        as_json,
    )


def within_days(text: str) -> timedelta:
    """Read `60d`. BadInput for anything else."""
    number = text.removesuffix("d")
    if not (text.endswith("d") and number.isascii() and number.isdigit() and 0 < int(number) <= MOST_DAYS):
        raise BadInput(f"--within {text!r} is not a number of days such as 60d, at most {MOST_DAYS}d.")
    return timedelta(days=int(number))


def _data(record: ConsentRecord, moment: datetime) -> dict[str, object]:
    return {
        "address": record.address,
        "subscriber": record.subscriber,
        "lists": [_list_data(record, purpose) for purpose in record.may_mail],
        "suppressions": [
            {"scope": s.scope, "reason": s.reason, "until": s.until, "in_force": _in_force(s, moment)}
            for s in record.suppressions
        ],
        "entries": [_entry_data(entry) for entry in record.entries],
        "notices": [_notice_data(notice) for notice in record.notices],
    }


def _list_data(record: ConsentRecord, purpose: str) -> dict[str, object]:
    may_mail, why = record.may_mail[purpose]
    consent = record.state.of(purpose)
    return {
        "purpose": purpose,
        "may_mail": may_mail,
        "why": why,
        "status": consent.status,
        "since": consent.since,
        "entry": consent.seq or None,
        "notice_id": consent.notice_id or None,
        "notice_version": consent.notice_version,
        "evidence_grade": consent.evidence_grade,
        "valid_until": consent.valid_until,
    }


def _entry_data(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "event_id": entry.event_id,
        "occurred_at": entry.occurred_at,
        "kind": entry.kind,
        "purpose": entry.purpose,
        "actor": entry.actor,
        "method": entry.method,
        "state_after": entry.state_after,
        "notice_id": entry.notice_id or None,
        "notice_version": entry.notice_version,
        "consent_sentence_sha256": entry.consent_sentence_sha256 or None,
        "evidence_grade": entry.evidence_grade,
        "evidence": dict(entry.evidence),
        "suspect_automation": entry.suspect_automation,
        "notice_sha256": entry.notice_sha256 or None,
        "valid_until": entry.valid_until,
    }


def _notice_data(notice: StoredNotice) -> dict[str, object]:
    """`intact`: the words that are kept have the hash that was kept beside them."""
    return {
        "notice_id": notice.notice_id,
        "version": notice.version,
        "purpose": notice.purpose,
        "title": notice.title,
        "language": notice.language,
        "effective_from": notice.effective_from,
        "consent_sentence": notice.consent_sentence,
        "consent_sentence_sha256": words_sha256(notice.consent_sentence),
        "body_text": notice.body_text,
        "body_sha256": notice.body_sha256,
        "intact": words_sha256(notice.body_text) == notice.body_sha256,
    }


def _in_words(record: ConsentRecord, moment: datetime) -> str:
    suppressions = [_suppression_line(s, moment) for s in record.suppressions] or ["  none"]
    lines = [
        f"{record.address or 'an erased person'} (subscriber {record.subscriber})",
        "",
        "May we mail it?",
        *[_list_line(record, purpose) for purpose in record.may_mail],
        "",
        "Suppressions",
        *suppressions,
        "",
        f"The ledger, {len(record.entries)} entries",
        *[line for entry in record.entries for line in _entry_lines(entry)],
    ]
    for notice in record.notices:
        lines += ["", *_notice_lines(notice)]
    return "\n".join(lines)


def _list_line(record: ConsentRecord, purpose: str) -> str:
    may_mail, why = record.may_mail[purpose]
    consent = record.state.of(purpose)
    parts = [f"  {purpose}: {'yes' if may_mail else 'no'}, {MEANS.get(why) or _spaced(why)}"]
    if why != consent.status.value:
        parts.append(f"although consent stands at {_spaced(consent.status.value)}")
    if consent.since:
        parts.append(f"since {_shown(consent.since)} (entry {consent.seq})")
    if consent.notice_id:
        parts.append(f"notice {consent.notice_id} version {consent.notice_version}")
    if consent.evidence_grade:
        parts.append(f"evidence {_spaced(consent.evidence_grade.value)}")
    return ", ".join(parts)


def _suppression_line(suppression: Suppression, moment: datetime) -> str:
    until = f"until {_shown(suppression.until)}" if suppression.until else "for ever"
    over = "" if _in_force(suppression, moment) else " (over)"
    return f"  {suppression.scope}: {_spaced(suppression.reason.value)}, {until}{over}"


def _entry_lines(entry: Entry) -> list[str]:
    of = entry.purpose or "every list"
    lines = [
        f"  {entry.seq}  {_shown(entry.occurred_at)}  {entry.kind.value}  {of}  -> {entry.state_after.value}",
        f"      by {_spaced(entry.actor.value)}, {_spaced(entry.method.value)}"
        + (f", evidence {_spaced(entry.evidence_grade.value)}" if entry.evidence_grade else "")
        + (", may be a machine" if entry.suspect_automation else ""),
    ]
    if entry.notice_id:
        lines.append(f"      under notice {entry.notice_id} version {entry.notice_version}")
    if entry.consent_sentence_sha256:
        lines.append(f"      consent sentence sha256 {entry.consent_sentence_sha256}")
    lines += [f"      {_spaced(key)}: {value}" for key, value in sorted(entry.evidence.items())]
    return lines


def _notice_lines(notice: StoredNotice) -> list[str]:
    intact = words_sha256(notice.body_text) == notice.body_sha256
    return [
        f"What it was told: notice {notice.notice_id} version {notice.version}, "
        f"in force from {notice.effective_from}",
        f"  sha256 {notice.body_sha256}, {'which the words below have' if intact else 'WHICH THE WORDS DO NOT HAVE'}",
        f'  the sentence agreed to: "{notice.consent_sentence}"',
        f"  sha256 {words_sha256(notice.consent_sentence)}",
        textwrap.indent(notice.body_text.strip(), "  | ", lambda line: True),
    ]


def _in_force(suppression: Suppression, moment: datetime) -> bool:
    return suppression.until is None or moment < suppression.until


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
