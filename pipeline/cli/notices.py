"""`rounds notices`: what people are told before they say yes, and what stands against it."""

from __future__ import annotations

import sys

import click

from pipeline.actions.lint_notices import LintedNotice, lint_notices
from pipeline.cli.answers import answer, json_option
from pipeline.core.consent.notice_lint import Finding


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
