"""`docs/images/bench.svg` from what was measured: `python -m bench.chart` draws it again from `bench/latest.json`.

On a card of its own colour, so that it reads the same on a light and on a dark page. Ratios only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from xml.sax.saxutils import escape

from bench.cluster import PROJECT

CHART = PROJECT / "docs" / "images" / "bench.svg"
BASE = "nodemailer"
SHOWN = {
    "smtp_source": "smtp-source, in C: the limit",
    "sender_alone": "Rounds: SMTP client alone",
    "unsigned": "Rounds, end to end, unsigned",
    "signed": "Rounds, end to end, RSA-2048",
    "smtplib_spliced": "smtplib, bytes made before",
    "nodemailer": "nodemailer",
    "nodemailer_signed": "nodemailer, its DKIM",
    "stdlib": "email + smtplib",
}
INK, QUIET, CARD, LINE = "#1F2A2C", "#53605F", "#FBF8F3", "#D9D2C5"
OURS, DATABASE, THEIRS = "#0F5C5C", "#6FA8A0", "#B07A4A"
WIDTH, LEFT, PANEL, GAP, ROW, TOP = 980, 232, 300, 76, 30, 92


def draw(facts: Mapping[str, Any]) -> None:
    """Write the chart. Without the base, or anything beside it, there is nothing to draw."""
    rates, senders, databases = _medians(facts)
    names = [name for name in SHOWN if name in rates]
    if BASE not in names or len(names) < 2:
        return
    CHART.write_text(_svg(facts, names, rates, senders, databases))


def _medians(facts: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Messages a second, and CPU a message of the sender and of PostgreSQL, into smtp-sink at the headline."""
    headline = facts["rounds"]["headline_connections"]
    found: dict[str, list[tuple[float, float, float]]] = {}
    for each in facts["rounds"]["measured"]:
        if each["sink"] == "smtp-sink" and each["connections"] == headline:
            n = each["messages"]
            found.setdefault(each["contender"], []).append(
                (n / each["wall"], each["cpu"] / n, each["cpu_database"] / n)
            )
    rates, senders, databases = (
        {name: median(value[at] for value in values) for name, values in found.items()} for at in range(3)
    )
    return rates, senders, databases


def _svg(
    facts: Mapping[str, Any],
    names: Sequence[str],
    rates: Mapping[str, float],
    senders: Mapping[str, float],
    databases: Mapping[str, float],
) -> str:
    rounds, machine = facts["rounds"], facts["machine"]
    height = TOP + len(names) * ROW + 62
    whole = {name: senders[name] + databases[name] for name in names}
    second = LEFT + PANEL + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' font-family="Georgia, serif" font-size="14">',
        f"<title>{escape(_title(names, rates, whole))}</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="14" fill="{CARD}"/>',
        _text(24, 34, "Sending one personalised issue, side by side", size=20),
        _text(LEFT, 70, "messages a second (longer is faster)", colour=QUIET),
        _text(second, 70, "CPU a message (shorter is cheaper)", colour=QUIET),
        f'<path d="M{LEFT} {TOP - 8}V{TOP + len(names) * ROW}M{second} {TOP - 8}V{TOP + len(names) * ROW}"'
        f' stroke="{LINE}" stroke-width="1"/>',
    ]
    fastest = max(rates[name] for name in names)
    dearest = max(whole.values())
    for number, name in enumerate(names):
        y = TOP + number * ROW
        ours = name in ("sender_alone", "unsigned", "signed")
        colour = OURS if ours else THEIRS
        parts.append(_text(LEFT - 10, y + 15, SHOWN[name], anchor="end", bold=ours))
        length = rates[name] / fastest * PANEL
        parts.append(_bar(LEFT, y, length, colour))
        parts.append(_text(LEFT + length + 6, y + 15, _times(rates[name] / rates[BASE])))
        own, database = (value / dearest * PANEL for value in (senders[name], databases[name]))
        parts.append(_bar(second, y, own, colour))
        if database:
            parts.append(_bar(second + own, y, database, DATABASE))
        parts.append(_text(second + own + database + 6, y + 15, _times(whole[name] / whole[BASE])))
    foot = height - 34
    parts += [
        _text(
            24, foot, f"{SHOWN[BASE]} = 1. 35 kB HTML, 6 kB text, into smtp-sink over", colour=QUIET, size=13
        ),
        _text(
            24,
            foot + 18,
            f"{rounds['headline_connections']} connections, {machine['cores']} cores; medians of"
            f" {rounds['times']} rounds in turn (make bench).",
            colour=QUIET,
            size=13,
        ),
        _bar(second, foot - 12, 14, OURS),
        _text(second + 20, foot, "Rounds", size=13),
        _bar(second + 80, foot - 12, 14, DATABASE),
        _text(second + 100, foot, "its PostgreSQL", size=13),
        _bar(second + 206, foot - 12, 14, THEIRS),
        _text(second + 226, foot, "others, recording nothing", size=13),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _title(names: Sequence[str], rates: Mapping[str, float], whole: Mapping[str, float]) -> str:
    told = [
        f"{SHOWN[name]}: {_times(rates[name] / rates[BASE])} as fast, {_times(whole[name] / whole[BASE])} the CPU"
        for name in names
    ]
    return f"Against {SHOWN[BASE]}. {'; '.join(told)}"


def _times(value: float) -> str:
    return f"{value:.2f}×" if value < 1 else f"{value:.1f}×"


def _bar(x: float, y: float, width: float, colour: str) -> str:
    height = 12 if width == 14 else ROW - 10
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" fill="{colour}"/>'


def _text(
    x: float, y: float, words: str, *, colour: str = INK, size: int = 14, anchor: str = "", bold: bool = False
) -> str:
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += ' font-weight="bold"' if bold else ""
    more += f' font-size="{size}"' if size != 14 else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{more}>{escape(words)}</text>'


if __name__ == "__main__":
    draw(json.loads((Path(__file__).resolve().parent / "latest.json").read_text()))
