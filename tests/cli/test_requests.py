"""`rounds requests` and what `rounds consent` hands out: what a program is told, and what a person is."""

from __future__ import annotations

import pytest

from pipeline.actions.receive_request import receive_request
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, RequestKind
from pipeline.gateways import clock
from pipeline.store import models
from tests import factories
from tests.factories import WEEKLY

pytestmark = pytest.mark.django_db


def test_a_request_is_listed_acknowledged_put_off_and_closed(told, rounds):
    made = receive_request(
        RequestKind.ACCESS,
        None,
        Channel.POST,
        clock.now(),
        actor=Actor.DATA_SUBJECT,
        words="All of it, please.",
    )
    assert [one["request"] for one in told("requests", "list")["requests"]] == [str(made.uid)]
    assert told("requests", "acknowledge", made.uid)["state"] == "acknowledged"
    assert told("requests", "extend", made.uid, "--because", "It is on tape.")["state"] == "extended"
    refused = rounds("requests", "close", made.uid, "--outcome", "refused")
    assert refused.exit_code == 2
    assert "a refusal needs its reason" in refused.stderr
    closed = told("requests", "close", made.uid, "--outcome", "fulfilled", "--words", "Sent.")
    assert (closed["state"], closed["outcome"], closed["overdue"]) == ("closed", "fulfilled", False)
    shown = told("requests", "show", made.uid)
    assert (shown["words"], shown["answer"]) == ("All of it, please.", "Sent.")
    assert "The person was told: Sent." in rounds("requests", "show", made.uid).stdout
    models.RightsRequest.objects.update(sealed_answer={"erased": True})
    assert "The person was told: It is no longer kept" in rounds("requests", "show", made.uid).stdout
    lost = told("requests", "show", made.uid)
    assert (lost["words"], lost["answer"], lost["lost"]) == ("All of it, please.", "", ["answer"])
    assert [event["what"] for event in shown["log"]] == ["received", "acknowledge", "extend", "close"]
    assert rounds("requests", "list").stdout == "Nobody waits for an answer.\n"
    nobody = rounds("requests", "show", "00000000-0000-4000-8000-000000000000")
    assert (nobody.exit_code, "There is no such request" in nobody.stderr) == (2, True)


def test_a_person_is_exported_and_proved_on_paper(told, rounds, tmp_path):
    factories.notices()
    ada = factories.subscriber()
    assert told("consent", "export", ada.address)["subscriber"]["id"] == str(ada.uid)
    place = tmp_path / "proof.pdf"
    answer = told("consent", "paper", ada.address, "--purpose", WEEKLY, "--to", place)
    assert place.read_bytes().startswith(b"%PDF-")
    assert len(answer["proof_sha256"]) == 64
    away = rounds("consent", "paper", ada.address, "--purpose", WEEKLY, "--to", tmp_path / "no" / "proof.pdf")
    assert (away.exit_code, "cannot be written" in away.stderr) == (2, True)
    unknown = rounds("consent", "export", "nobody@readers.test")
    assert unknown.exit_code == 2
