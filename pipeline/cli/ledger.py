"""`rounds ledger`: the seals over the consent ledger, and whether anybody changed it."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from pipeline.actions.check_proof import CheckedProof, check_proof
from pipeline.actions.prove_consent import prove_consent
from pipeline.actions.record_audit import about_address, record
from pipeline.actions.seal_ledger import seal_ledger
from pipeline.actions.verify_ledger import Verified, verify_ledger
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database, operator
from pipeline.core.address import parse
from pipeline.core.people.audit import Event
from pipeline.gateways import keys


@click.group()
def command() -> None:
    """The seals over the consent ledger: make them, and check them."""


@command.command()
@json_option
@needs_database
def seal(as_json: bool) -> None:
    """Seal what was added since the last time. The scheduler does it every minute."""
    made = seal_ledger()
    words = "Nothing was added since the last seal." if not made else f"Made {made} seal{'s' * (made > 1)}."
    answer({"seals": made}, words, as_json)


@command.command()
@click.option(
    "--held", metavar="NUMBER:HASH", default="", help="A seal that you kept outside, to compare with."
)
@json_option
@needs_database
def verify(held: str, as_json: bool) -> None:
    """Compare every entry with its seal, every seal with the next, and the signatures of the days.

    Ends with status 1 if anything was changed.
    """
    found = verify_ledger(held, _progress if sys.stderr.isatty() else lambda seal, entries: None)
    answer(_data(found), _in_words(found), as_json)
    if found.tamperings:
        sys.exit(1)


@command.command()
@click.argument("address")
@json_option
@needs_database
def prove(address: str, as_json: bool) -> None:
    """Say what proves the entries of ADDRESS; with --json, print the proof, which anybody can check.

    It holds personal data: the whole ledger of one person, but not the address.
    """
    record(Event.PROOF_EXPORTED, member=operator(), about=about_address(parse(address)))
    proof = prove_consent(address)
    entries = len(proof["entries"])
    sealed = sum(entry["seal"] is not None for entry in proof["entries"])
    days = [signature["day"] for signature in proof["signatures"]]
    words = [
        f"{entries} entries, {sealed} of them in {len(proof['seals'])} seals.",
        f"Signed on {days[-1]}." if days else "Not signed yet: that is done once a day.",
        "With --json this prints the proof, and `rounds ledger check` checks it anywhere.",
    ]
    answer(proof, "\n".join(words), as_json)


@command.command()
@click.argument("file", type=click.File("rb"))
@json_option
def check(file: BinaryIO, as_json: bool) -> None:
    """Check the proof in FILE with nothing but itself; `-` reads from standard input.

    Compare the key that it names with the one that you know. Ends with status 1 if anything does not fit.
    """
    found = check_proof(file.read(), file.name)
    answer(
        {
            "wrong": list(found.wrong),
            "signed_by": list(found.signed_by),
            "public_key": found.public_key,
            "earlier_public_keys": list(found.earlier_public_keys),
        },
        _checked_in_words(found),
        as_json,
    )
    if found.wrong:
        sys.exit(1)


def _checked_in_words(found: CheckedProof) -> str:
    lines = list(found.wrong) or ["Everything fits."]
    for number, day in enumerate(found.signed_by, 1):
        lines.append(
            f"Entry {number}: " + (f"signed on {day}, and the same since." if day else "not signed yet.")
        )
    lines.append(f"Public key of the ledger: {found.public_key}")
    lines += [f"Public key of the ledger before: {key}" for key in found.earlier_public_keys]
    return "\n".join(lines)


def _progress(number: int, entries: int) -> None:
    click.echo(f"\rseal {number:,}, {entries:,} entries", err=True, nl=False)


def _data(found: Verified) -> dict[str, object]:
    return {
        "seals": found.seals,
        "entries": found.entries,
        "not_sealed_yet": found.waiting,
        "signed_days": found.anchors,
        "last_seal": found.head,
        "public_key": keys.ledger_public_key().hex(),
        "key": keys.ledger_key_id(),
        "earlier_public_keys": [key.hex() for key in list(keys.ledger_public_keys().values())[1:]],
        "notes": list(found.notes),
        "tamperings": [{"seal": one.seal, "what": one.sentence} for one in found.tamperings],
    }


def _in_words(found: Verified) -> str:
    lines = [one.sentence for one in found.tamperings]
    if lines:
        lines.append(f"The ledger was changed: {len(lines)} finding{'s' * (len(lines) > 1)}.")
    elif found.seals:
        lines.append(
            f"Nothing was changed: {found.entries:,} entries in {found.seals:,} seals, {found.anchors} days signed."
        )
    else:
        lines.append("There is no seal yet. Run `rounds ledger seal`, or start the scheduler.")
    lines += found.notes
    if found.waiting:
        lines.append(f"{found.waiting:,} entries wait for the next seal.")
    if found.head:
        lines.append(f"Last seal: {found.head}")
        lines.append(
            "Keep it outside this machine, and compare it one day with `rounds ledger verify --held`."
        )
    return "\n".join(lines)
