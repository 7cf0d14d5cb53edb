"""`rounds notices`: what people are told before they say yes, and what stands against it."""

from __future__ import annotations

import sys

import click

from pipeline.actions.lint_notices import LintedNotice, lint_notices
from pipeline.actions.publish_notices import Publication, preview_publication, publish_notices
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.core.consent.notice_change import ChangeKind
from pipeline.core.consent.notice_lint import Finding
from pipeline.gateways.clock import now


@click.group()
def command() -> None:
    """The notices that people see before they say yes."""


@command.command()
@json_option
def lint(as_json: bool) -> None:
    """Check the notices of the content folder against what the law asks a notice to say.

    Ends with status 1 if anything stands against one that people would sign up under: then nobody can.
    """
    linted, against = lint_notices()
    answer(
        {"notices": [_data(each) for each in linted], "contradictions": [_finding(each) for each in against]},
        "\n".join([*map(_in_words, linted), *(f"{each.sentence} [{each.source}]" for each in against)]),
        as_json,
    )
    if any(each.findings for each in linted if not each.earlier):
        sys.exit(1)


MEANS = {
    ChangeKind.FIRST: "the first for its list; nobody has said yes to it yet",
    ChangeKind.SAME: "the same words and facts under another number; nobody is written to",
    ChangeKind.WORDING: "other words; {} people are told once, and their yes goes on",
    ChangeKind.MATERIAL: "a material change; {} people are asked once, and get nothing until they say yes",
}


@command.command()
@click.option("--dry-run", is_flag=True, help="Say what would change, and for how many; write nothing.")
@json_option
@needs_database
def publish(dry_run: bool, as_json: bool) -> None:
    """Put the notices of the content folder into force, as `rounds migrate` does. Safe to repeat.

    Whoever said yes to an earlier version is asked again, or told, by the scheduler's next ticks, from the day on that
    the notice names.
    """
    moment = now()
    preview = [each for each in preview_publication(moment) if each.new]
    if not dry_run:
        publish_notices(moment)
    done = "Nothing was written: this was a dry run." if dry_run else f"Published {len(preview)} notices."
    text = "\n".join(
        [*map(_published_in_words, preview), done if preview else "Every notice is published already."]
    )
    answer({"dry_run": dry_run, "notices": [_published_data(each) for each in preview]}, text, as_json)


def _published_data(each: Publication) -> dict[str, object]:
    notice = each.file.notice
    return {
        "file": each.file.place,
        "notice_id": notice.notice_id,
        "version": notice.version,
        "purpose": notice.purpose,
        "effective_from": notice.effective_from,
        "change": each.change.kind,
        "changed": [
            {"field": one.field, "material": one.material, "says": one.says}
            for one in each.change.differences
        ],
        "people": each.touched,
        "findings": [_finding(one) for one in each.file.findings],
    }


def _published_in_words(each: Publication) -> str:
    notice = each.file.notice
    head = f"{each.file.place}: {notice.notice_id} version {notice.version}, in force from {notice.effective_from}"
    lines = [f"{head}: {MEANS[each.change.kind].format(each.touched)}."]
    lines += [
        f"  {'material' if x.material else 'wording'}, {x.field}: {x.says}" for x in each.change.differences
    ]
    if each.file.findings:
        lines.append(f"  {len(each.file.findings)} things stand against it, so nobody can sign up under it.")
    return "\n".join(lines)


def _data(each: LintedNotice) -> dict[str, object]:
    return {
        "file": each.place,
        "notice_id": each.notice.notice_id,
        "version": each.notice.version,
        "purpose": each.notice.purpose,
        "earlier": each.earlier,
        "findings": [_finding(one) for one in each.findings],
    }


def _finding(one: Finding) -> dict[str, str]:
    return {"rule": one.rule, "source": one.source, "sentence": one.sentence}


def _in_words(each: LintedNotice) -> str:
    kind = "kept as evidence" if each.earlier else "for sign-up"
    head = f"{each.place}: {each.notice.notice_id} version {each.notice.version}, {kind}"
    if not each.findings:
        return f"{head}: nothing stands against it."
    lines = [f"  {one.rule}: {one.sentence} [{one.source}]" for one in each.findings]
    return "\n".join([f"{head}: {len(lines)} things stand against it.", *lines])
