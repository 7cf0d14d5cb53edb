"""The tables of `docs/performance.md`, from what was measured: `python -m bench.page` writes them again.

Only what stands between the two marks is written. The words around it are a person's, and hold no figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import steps
from bench.chart import CHART
from bench.cluster import PROJECT
from bench.contenders import SLOW

PAGE = PROJECT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

# key: what is compared
TABLE = {
    "signed_vs_nodemailer_signed": "end to end, RSA-2048, against nodemailer with its DKIM",
    "unsigned_vs_nodemailer": "end to end, unsigned, against nodemailer",
    "sender_vs_smtp_source": "the SMTP client alone, against `smtp-source`",
    "signed_vs_stdlib": "end to end, RSA-2048, against `email` and `smtplib`, unsigned",
}
CAPTION = (
    "Bars: messages a second and CPU a message of Rounds, smtp-source, nodemailer and Python's own mail."
)
SPLIT = ("signed", "unsigned")


def write(facts: Mapping[str, Any]) -> None:
    """Put the tables of this run on the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    told = "\n".join(_tables(facts))
    PAGE.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}")


def _tables(facts: Mapping[str, Any]) -> Iterator[str]:
    rounds, machine, versions = facts["rounds"], facts["machine"], facts["versions"]
    yield f"One run of `make bench` on {machine['cores']} cores ({machine['cpu']}): {rounds['headline_connections']}"
    most = max(each["messages"] for each in rounds["measured"])
    yield f"connections, {most:,} messages each and {round(most * SLOW):,} for the slow, medians of"
    yield f"{_times(rounds['times'])} in turn. Rounds {versions['rounds'].split()[0]} at commit"
    yield f"{versions['rounds'].split()[-1]}, Python {versions['python']}, PostgreSQL {versions['postgresql']},"
    yield f"nodemailer {versions['nodemailer']} on Node {versions['node']}, Postfix {versions['postfix']}."
    yield ""
    yield f"![{CAPTION}](images/{CHART.name})"
    yield ""
    yield from _ratios(facts)
    yield ""
    yield from _ceiling(facts)
    yield from _by_connections(facts)
    yield ""
    yield from _steps(facts["cpu_us_per_message"])
    yield ""
    yield from _growth(facts["growth"])


def _times(rounds: int) -> str:
    return "one round" if rounds == 1 else f"{rounds} rounds"


def _ratios(facts: Mapping[str, Any]) -> Iterator[str]:
    into, cheap = facts["ratios"], facts["rounds"]["ratios_cheap_sink"]
    yield "| times | as fast | less CPU | as fast, cheap sink | less CPU, cheap sink |"
    yield "|---|---|---|---|---|"
    for key, words in TABLE.items():
        figures = [into.get(key), into.get(f"{key}_cpu"), cheap.get(key), cheap.get(f"{key}_cpu")]
        yield f"| {words} | {' | '.join('' if each is None else f'{each:.2f}' for each in figures)} |"


def _ceiling(facts: Mapping[str, Any]) -> Iterator[str]:
    """What the signature alone leaves to be won."""
    theirs = facts["cpu_us_per_message"]["contenders"].get("nodemailer_signed")
    if theirs:
        part = facts["machine"]["rsa_2048_us"] / theirs["sender"]
        yield f"On this processor one RSA-2048 signature by OpenSSL takes {part:.0%} of what nodemailer spends on"
        yield f"a signed message, so that nobody who signs can spend more than {1 / part:.1f} times less."
        yield ""


def _by_connections(facts: Mapping[str, Any]) -> Iterator[str]:
    found = facts["rounds"]["ratios_by_connections"]
    heads = [f"{n} connection{'s' if n != '1' else ''}" for n in found]
    yield f"| as fast, and less CPU | {' | '.join(heads)} |"
    yield f"|---|{'---|' * len(found)}"
    for key, words in TABLE.items():
        cells = [
            f"{each[key]:.2f}, {each[f'{key}_cpu']:.2f}" if key in each else "" for each in found.values()
        ]
        yield f"| {words} | {' | '.join(cells)} |"


def _steps(found: Mapping[str, Any]) -> Iterator[str]:
    if "signed" not in found:
        yield "The steps were not measured."
        return
    whole = {name: sum(found[name][step] for step in steps.ORDER) for name in SPLIT}
    yield "| step | what it is | of the CPU, signed | unsigned |"
    yield "|---|---|---|---|"
    for step in steps.ORDER:
        signed, unsigned = (found[name][step] / whole[name] for name in SPLIT)
        yield f"| {step} | {steps.MEANS[step]} | {signed:.0%} | {unsigned:.0%} |"


def _growth(grown: Mapping[str, Any]) -> Iterator[str]:
    recipients = grown.get("recipients", {})
    if not recipients:
        yield "Growth was not measured."
        return
    first = next(iter(recipients.values()))
    yield "| recipients | opening, each | sending, each | memory of a sender | |"
    yield "|---|---|---|---|---|"
    for size, each in recipients.items():
        figures = [
            each[key] / first[key] for key in ("opening_us_a_recipient", "sending_us_a_message", "rss_mb")
        ]
        yield f"| {int(size):,} | {' | '.join(f'{value:.2f}' for value in figures)} | {each['rss_mb']:.0f} MB |"
    if grown["opening_1m_vs_100k"]:
        yield ""
        yield f"Opening an issue for 1,000,000 takes {grown['opening_1m_vs_100k']:.1f} times as long as for 100,000."
    yield ""
    yield f"{grown['bends']} From each list {grown['sent_from_each']:,} were sent."


if __name__ == "__main__":
    write(json.loads((Path(__file__).resolve().parent / "latest.json").read_text()))
