"""C7: names, addresses, letters, audiences, files and clicks that nobody hoped for."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from tests.faults.covered import covered_by
from tests.faults.mailboxes import key_of, opened, sealed_name
from tests.faults.trial import Trial, row
from tests.faults.world import CAMPAIGN, World

# What rows of C7 ask for that is not there.
NOT_HERE = {
    "C7.73": "a template that never ends or has fifty megabytes: a letter is encoded once, when its issue is frozen,"
    " and no template runs while it is sent",
    "C7.74": "an audience of a million: `make bench` opens one",
    "C7.75": "an edited sender domain: it is a setting, and read when a sender starts",
}

ODD_NAMES = (
    ".",
    "..",
    "\u202eada",
    "=?utf-8?q?=0D=0ABcc:_eve=40evil.test?=",
    "%s {{ name }} {% x %} [[name]]",
    "<script>alert(1)</script>",
    "\U0001f9a9" * 90,
    "a" * 100,
    "QUIT",
    "=2E",
    "' OR 1=1 --",
)
UNWRITABLE = (
    "Ada\r\nBcc: eve@evil.test",
    "Ada\n.\n",
    "\x1b[2J",
    "Ada\u2028Bcc: eve@evil.test",
    "\u0085.\u0085",
)


def name_readers(world: World, names: Sequence[str]) -> list[str]:
    """Give the first readers these names, past every door. Returns who they are."""
    with world.cluster.connect(world.database) as connection:
        for address, name in zip(world.addresses, names, strict=False):
            key = key_of(address)
            uid, wrapped = connection.execute(
                "SELECT uid, wrapped_key FROM subscriber WHERE address_key = %s", [key]
            ).fetchone()  # type: ignore[misc]
            connection.execute(
                "UPDATE subscriber SET sealed_name = %s WHERE address_key = %s",
                [sealed_name(uid, wrapped, name), key],
            )
    return world.addresses[: len(names)]


def copies(world: World) -> Counter[str]:
    return Counter(dot.recipient for dot in world.read_dots() if dot.kept)


@row("C7.70", "names and subjects that would be headers")
def injected(trial: Trial) -> None:
    for chunking in (False, True):
        with trial.world(40, plan={"chunking": chunking}) as world:
            name_readers(world, ODD_NAMES)
            world.drain(30)
            trial.judge(world)
            trial.expect(
                copies(world) == Counter(world.addresses),
                "not one letter for each reader, and to nobody else",
            )
    covered_by(
        trial,
        "tests/core/message/test_headers.py::test_no_value_can_break_out_of_its_field",
        "tests/core/message/test_headers.py::test_any_display_name_leaves_the_address_alone",
        "tests/core/message/test_headers.py::test_a_right_to_left_override_reaches_the_wire_only_encoded",
        "tests/core/message/test_wire.py::test_a_value_that_could_break_out_is_refused",
        "tests/core/message/test_wire.py::test_no_name_is_ever_a_slot_or_a_tag_or_a_template",
        "tests/core/message/test_slots.py::test_a_line_break_in_a_value_is_refused",
    )


@row("C7.71", "dots, long lines, lone CR and LF in a body")
def smuggled(trial: Trial) -> None:
    with trial.world(30, plan={"pipelining": False}) as world:
        name_readers(world, [".", "..", "\u00a0.\u00a0", ". QUIT", "a" * 100] * 6)
        world.drain(30)
        trial.judge(world)
        trial.expect(
            copies(world) == Counter(world.addresses), "the sink saw more or fewer messages than were sent"
        )
    covered_by(
        trial,
        "tests/core/message/test_wire.py::test_any_letter_comes_back_as_it_was_rendered",
        "tests/core/message/test_wire.py::test_awkward_letters_come_back_as_they_were_and_end_no_message_early",
        "tests/core/message/test_mime.py::test_awkward_texts_come_back_as_they_were",
        "tests/core/message/test_mime.py::test_an_html_line_of_3000_characters_survives",
    )


@row("C7.72", "addresses of every form, and twins")
def addresses(trial: Trial) -> None:
    forms = ("o'hara+list", "UPPER.case", "-leading", "a", "x" * 64, "ünïcode", "a_b=c", "1234")
    with trial.world(10) as world:
        people = world.folder / "people.csv"
        written = [f"{local}@odd.test" for local in forms] + [
            "Twin@odd.test",
            "twin@ODD.test",
            "twin@odd.test",
        ]
        people.write_text("email\n" + "\n".join(written) + "\n")
        world.launcher.do(
            "tests.faults.actors:rounds",
            arguments=["subscribers", "import", str(people), "--purpose", "weekly_health_email",
                       "--evidence", "made for the judge", "--notice", "notice-a:4",
                       "--collected-from", "2026-11-01", "--collected-until", "2026-11-02"],
        )  # fmt: skip
        # The issue may have opened already: who came later is of the next, and only the twins are asked about.
        world.drain(30)
        people_there = world.query("SELECT uid, wrapped_key, sealed_address FROM subscriber")
        found = Counter(opened(*person).lower() for person in people_there)
        twins = [address for address, count in found.items() if count > 1]
        trial.expect(not twins, f"one mailbox is two people: {twins}")
        keys = world.query("SELECT address_key, count(*) FROM delivery GROUP BY 1 HAVING count(*) > 1")
        trial.expect(not keys, f"{len(keys)} mailboxes have two letters of one issue")
    address = "tests/core/test_address.py::"
    covered_by(
        trial,
        address + "test_two_spellings_of_one_mailbox_share_a_key",
        address + "test_dots_and_plus_signs_are_other_mailboxes",
        address + "test_a_local_part_of_64_octets_is_the_longest",
        address + "test_an_address_of_254_octets_is_the_longest",
        address + "test_what_is_no_single_plain_mailbox_is_refused_with_a_sentence",
        address + "test_an_international_domain_is_sent_as_an_a_label_and_shown_as_it_is_written",
        "tests/core/message/test_addr_spec.py::test_what_no_command_can_carry_is_refused",
        "tests/core/message/test_wire.py::test_an_address_of_an_odd_form_is_written_whole_and_signed",
        "tests/actions/test_write_message.py::test_an_address_outside_ascii_goes_as_utf_8_and_says_so",
    )


@row("C7.73", "letters that cannot be written")
def unwritable(trial: Trial) -> None:
    with trial.world(600) as world:  # fewer than one in a hundred: the campaign goes on
        bad = name_readers(world, UNWRITABLE)
        world.drain(40)
        trial.judge(world, ends={})
        states = {each.address: each.state for each in world.rows()}
        trial.expect(
            {states[who] for who in bad} == {"failed"}, f"they ended as {[states[who] for who in bad]}"
        )
        others = Counter(state for who, state in states.items() if who not in bad)
        trial.expect(set(others) == {"accepted"}, f"the others ended as {others}")
        trial.expect(not set(copies(world)) & set(bad), "a letter that cannot be written was sent")
    with trial.world(300) as world:
        name_readers(world, UNWRITABLE * 6)
        world.start_sender()
        world.until(lambda: world.query(PAUSED), "a pause at one letter in ten that cannot be written", 30)
        trial.expect(world.alerts(), "it was paused, and nobody was told why")


PAUSED = "SELECT 1 FROM campaign WHERE state = 'paused'"


@row("C7.74", "nobody, one, all suppressed, one person on several lists")
def audiences(trial: Trial) -> None:
    nobody = "UPDATE subscription SET status = 'withdrawn'"
    suppressed = (
        "INSERT INTO suppression (address_key, scope, reason, created_at)"
        " SELECT address_key, 'all', 'complaint', now() FROM subscriber"
    )
    for what, size, before, expected in (
        ("nobody", 5, nobody, 0),
        ("all suppressed", 20, suppressed, 0),
        ("one", 1, "", 1),
    ):
        with trial.world(size, ticks=False) as world:
            if before:
                world.execute(before)
            world.start_ticker()
            world.start_sender()
            world.until(lambda: world.query(FINISHED), f"{what}: the end of the issue", 20)
            found = len(world.read_dots())
            trial.expect(found == expected, f"{what}: {found} dots, and not {expected}")
            [[count, left_out]] = world.query("SELECT audience_count, left_out FROM mailing WHERE number = 1")
            [[rows]] = world.query("SELECT count(*) FROM delivery WHERE mailing_id IS NOT NULL")
            out = sum(left_out.values())
            trial.expect(
                count == rows + out, f"{what}: an audience of {count}, {rows} rows and {out} left out"
            )
    covered_by(
        trial,
        "tests/actions/test_open_due.py::test_a_yes_to_the_daily_list_is_no_yes_to_the_weekly_one",
        "tests/actions/test_open_due.py::test_those_left_out_are_counted_by_reason",
    )


FINISHED = "SELECT 1 FROM mailing WHERE number = 1 AND state = 'finished'"


@row("C7.75", "an issue is edited or deleted in mid-send")
def edited(trial: Trial) -> None:
    with trial.world(500, plan={"latency": 0.01}) as world:
        world.start_sender()
        world.dots_reach(50)
        for table in ("mailing", "campaign", "purpose", "issue_revision", "subscriber"):
            try:
                world.execute(f"DELETE FROM {table}")
                trial.expect(False, f"{table} could be deleted in mid-send")
            except psycopg.Error:
                trial.expect(True, "")
        world.drain(40)
        trial.judge(world)
        trial.expect(copies(world) == Counter(world.addresses), "somebody has none, or two")


@row("C7.76", "reports that are no reports, or bombs")
def hostile_reports(trial: Trial) -> None:
    hostile = "tests/core/feedback/test_hostile.py::"
    covered_by(
        trial,
        hostile + "test_whatever_it_is_it_takes_little_time_and_little_memory",
        hostile + "test_a_report_cut_short_anywhere_is_read_for_what_is_left_or_laid_aside",
        hostile + "test_any_octets_are_some_reading",
        hostile + "test_a_report_with_octets_changed_anywhere_never_blames_another_delivery",
        seconds=240,
    )


@row("C7.77", "webhooks out of order, twice, late, forged")
def webhooks(trial: Trial) -> None:
    covered_by(
        trial,
        "tests/web/test_webhooks.py::test_a_hard_bounce_of_every_provider_stops_the_mail_once",
        "tests/web/test_webhooks.py::test_a_proof_that_is_not_right_is_refused",
        "tests/web/test_webhooks.py::test_a_body_that_was_changed_is_refused",
        "tests/web/test_webhooks.py::test_a_token_of_mailgun_is_good_for_one_event",
        "tests/actions/test_record_feedback.py::test_the_end_is_the_same_in_whatever_order_events_come",
        "tests/actions/test_record_feedback.py::test_a_fresh_yes_lifts_a_hard_bounce_and_old_news_does_not_put_it_back",
        "tests/actions/test_put_away.py::test_a_bounce_that_comes_years_late_is_nobodys",
    )


def cut(journal: Path) -> None:
    os.truncate(journal, journal.stat().st_size // 2 + 7)


def emptied(journal: Path) -> None:
    os.truncate(journal, 0)


def flipped(journal: Path) -> None:
    octets = bytearray(journal.read_bytes())
    for at in range(40, len(octets), 97):
        octets[at] ^= 4
    journal.write_bytes(octets)


def foreign(journal: Path) -> None:
    journal.write_bytes(b"Dec  1 06:25:01 relay postfix/smtp[1]: to=<a@b.test>, status=sent\n" * 400)


def gone(journal: Path) -> None:
    journal.unlink()


@row("C7.78", "journals cut, flipped, foreign, gone")
def journals(trial: Trial) -> None:
    harms: tuple[Callable[[Path], None], ...] = (cut, emptied, flipped, foreign, gone)
    for policy in ("default", "never_resend"):
        # A sender without a journal is one of another host: it is given up when its lease has been watched.
        settings = {"ROUNDS_LEASE_SECONDS": "2"}
        with trial.world(500, policy=policy, plan={"latency": 0.02}, ticks=False, settings=settings) as world:
            world.ticks = True
            world.start_ticker()
            for harm in harms:
                world.start_sender()
                world.goes_on(30)
                world.signal(world.ticker, signal.SIGSTOP)
                world.kill()
                newest = max((world.folder / "journal").glob("*"), key=lambda path: path.stat().st_mtime)
                harm(newest)
                world.signal(world.ticker, signal.SIGCONT)
            world.drain(40)
            trial.judge(world, proven=False)
    covered_by(
        trial,
        "tests/gateways/test_journal.py::test_a_turned_bit_is_found_out_and_what_else_stands_there_is_still_true",
        "tests/gateways/test_journal.py::test_a_line_that_is_missing_in_the_middle_is_found_out",
        "tests/gateways/test_journal.py::test_a_pipe_a_folder_and_a_link_are_no_journals",
        "tests/gateways/test_journal.py::test_where_no_journal_can_be_written_the_sender_says_so",
        "tests/gateways/test_journal.py::test_the_last_dot_is_found_in_a_long_journal",
        "tests/actions/test_rescue_stalled.py::test_a_journal_that_cannot_be_trusted_proves_nothing",
    )


@row("C7.79", "two clicks, two administrators, pause and send at once")
def double_clicks(trial: Trial) -> None:
    with trial.world(500, plan={"latency": 0.01}) as world:
        world.start_sender()
        world.dots_reach(30)
        for verbs in (
            ("pause", "pause", "resume"),
            ("resume", "resume", "pause"),
            ("pause", "resume", "resume"),
        ):
            pids = [
                world.launcher.fork("tests.faults.actors:steer", verb=verb, name=CAMPAIGN) for verb in verbs
            ]
            for pid in pids:
                world.launcher.wait(pid, 20)
            time.sleep(0.3)
        if world.query(PAUSED):
            world.steer("resume")
        world.drain(40)
        trial.judge(world)
        trial.expect(copies(world) == Counter(world.addresses), "somebody has none, or two")
    covered_by(
        trial,
        "tests/store/test_races.py::test_of_two_who_press_the_button_at_once_one_starts_the_campaign",
        "tests/store/test_races.py::test_of_a_cancel_and_an_intent_at_once_one_wins_whole",
        "tests/web/studio/test_schedule.py::test_a_series_goes_to_a_list_once_at_a_time",
    )
