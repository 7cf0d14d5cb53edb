"""What a run says of its figures. The measuring itself is run by `make bench`, never by the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import chart, growth, page, pages, report, steps
from bench.contenders import Measured
from bench.sampling import step_of


def _measured(contender: str, seconds: float, cpu: float = 1.0, database: float = 0.0) -> Measured:
    return Measured(
        contender=contender,
        sink="smtp-sink",
        connections=8,
        messages=1_000,
        wall=seconds,
        cpu=cpu,
        cpu_database=database,
        cpu_sink=0.0,
        rss_mb=50.0,
        bytes=45_000,
    )


ROUNDS = [
    _measured("unsigned", 1.0, 0.2, 0.3),
    _measured("nodemailer", 4.0, 2.0),
    _measured("signed", 2.0, 0.6, 0.4),
    _measured("nodemailer_signed", 16.0, 5.0),
    _measured("smtp_source", 1.0, 0.1),
    _measured("sender_alone", 0.5, 0.2),
    _measured("stdlib", 10.0, 4.0),
]

GROWN = {
    "10000": {"opening_us_a_recipient": 10.0, "sending_us_a_message": 100.0, "rss_mb": 60.0},
    "1000000": {"opening_us_a_recipient": 12.0, "sending_us_a_message": 101.0, "rss_mb": 61.0},
}
for _each in GROWN.values():
    _each |= {"opening_cpu_us_a_recipient": 9.0, "opening_seconds": 1.0}


def test_a_ratio_above_one_means_that_ours_is_faster_and_takes_less_cpu() -> None:
    found = report.ratios(ROUNDS, "smtp-sink", 8)
    assert found["unsigned_vs_nodemailer"] == 4.0
    assert found["unsigned_vs_nodemailer_cpu"] == 4.0
    assert found["sender_vs_smtp_source"] == 2.0
    assert found["sender_vs_smtp_source_cpu"] == 0.5


def test_the_database_of_ours_counts_as_ours() -> None:
    assert report.ratios(ROUNDS, "smtp-sink", 8)["signed_vs_nodemailer_signed_cpu"] == 5.0


def test_one_slow_round_of_three_changes_no_ratio() -> None:
    slow = [*ROUNDS, *ROUNDS, *[_measured(each.contender, each.wall * 50, each.cpu * 50) for each in ROUNDS]]
    assert report.ratios(slow, "smtp-sink", 8) == report.ratios(ROUNDS, "smtp-sink", 8)


def test_the_keys_are_those_that_are_asked_for() -> None:
    facts = report.facts(ROUNDS, 8, 1, {})
    wanted = "machine versions rounds cpu_us_per_message growth rss_mb imports pages writing ratios"
    assert list(facts) == wanted.split()
    four = [
        "signed_vs_nodemailer_signed",
        "unsigned_vs_nodemailer",
        "sender_vs_smtp_source",
        "signed_vs_stdlib",
    ]
    assert sorted(facts["ratios"]) == sorted([*four, *(f"{key}_cpu" for key in four)])


def test_growth_says_where_it_bends() -> None:
    bent = {**GROWN, "100000": {**GROWN["10000"], "sending_us_a_message": 250.0}}
    assert growth.bends(bent) == "Bends: sending from 100,000, 2.5 times the least."


def test_what_gets_cheaper_with_the_list_is_no_bend() -> None:
    cheaper = {"10000": {**GROWN["10000"], "opening_us_a_recipient": 90.0}, "1000000": GROWN["1000000"]}
    assert growth.bends(cheaper).startswith("Nothing bends")


def _code(path: str, name: str) -> Any:
    scope: dict[str, Callable[[], None]] = {}
    exec(compile(f"def {name}(): pass", path, "exec"), scope)
    return scope[name].__code__


def test_a_sample_belongs_to_the_innermost_step() -> None:
    lane = _code("/x/pipeline/actions/deliver_batch/lane.py", "_send")
    write = _code("/x/pipeline/actions/write_message.py", "write_message")
    sign = _code("/x/pipeline/core/message/dkim.py", "signature")
    driver = _code("/x/psycopg/cursor.py", "execute")
    intent = _code("/x/pipeline/store/sending.py", "record_intents")
    assert step_of((sign, write, lane)) == "sign"
    assert step_of((write, lane)) == "fill"
    assert step_of((driver, intent)) == "intent"
    assert step_of((driver,)) == "other"


@pytest.fixture
def facts() -> dict[str, Any]:
    one = dict.fromkeys(steps.ORDER, 1.0)
    more = {
        "cpu_us_per_message": {"signed": one, "unsigned": one},
        "growth": {
            "recipients": GROWN,
            "sent_from_each": 10_000,
            "opening_1m_vs_100k": 7.0,
            "rss_1m_vs_10k": 1.0,
            "bends": growth.bends(GROWN),
        },
    }
    return report.facts(ROUNDS, 8, 1, more)


def test_the_page_keeps_every_word_outside_the_marks(
    facts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "performance.md"
    kept.write_text(f"# Before\n\n{page.BEGIN}\nold\n{page.END}\n\n## After\n")
    monkeypatch.setattr(page, "PAGE", kept)
    page.write(facts)
    page.write(facts)
    words = kept.read_text()
    assert words.startswith(f"# Before\n\n{page.BEGIN}\n")
    assert words.endswith(f"{page.END}\n\n## After\n")
    assert "old" not in words
    assert "| end to end, unsigned, against nodemailer | 4.00 | 4.00 |" in words
    assert words.count("1,000,000 takes 7.0 times as long") == 1


def test_the_chart_shows_everybody_against_nodemailer(
    facts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = tmp_path / "bench.svg"
    monkeypatch.setattr(chart, "CHART", drawn)
    chart.draw(facts)
    assert "Rounds, end to end, unsigned: 4.0× as fast, 0.25× the CPU" in drawn.read_text()


def test_the_terminal_is_told_all_of_it(facts: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    facts["cpu_us_per_message"]["signed"] |= {"database_by_step": {"claim": 1.0}}
    facts["cpu_us_per_message"]["unsigned"] |= {"database_by_step": {"claim": 1.0}}
    for each in facts["growth"]["recipients"].values():
        each["sending_cpu_us_a_message"] = 9.0
    report.tell(ROUNDS, 8, facts)
    told = capsys.readouterr().out
    assert "CPU of one sender by step" in told
    assert "opening an issue for 1,000,000 against 100,000: 7.0 times" in told
    assert f"{'unsigned_vs_nodemailer_cpu':38} {4:8.2f}" in told


def test_the_public_pages_have_a_line_for_each_kind_in_each_part_and_none_where_they_were_not_asked() -> None:
    assert list(pages.lines({})) == []
    one = {"median_ms": 2.5, "p99_ms": 7.1, "statuses": {200: 3, 303: 1}}
    part = {"rate": 220.4, "kinds": {"confirm": one, "one-click": one}}
    told = list(pages.lines({"wanted": 500.0, "health alone": part, **dict.fromkeys(pages.PARTS, part)}))
    assert len(told) == 2 + 2 * 4
    assert " ".join(told[4].split()) == "flat out confirm 220 2.5 7.1 3 x 200, 1 x 303"
