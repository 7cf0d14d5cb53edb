"""`rounds correct`: the right version in the place of a faulty one, and a letter to those who had it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from pipeline.actions.correct import WrittenLetter, check_correction, correct
from pipeline.actions.count_reach import count_reach
from pipeline.cli.answers import answer, json_option
from pipeline.cli.corrections import fault_data, reach_words
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.editorial.faults import FaultState
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("fault", type=int)
@click.option("--wrong", required=True, help="What was wrong, as readers get it.")
@click.option("--right", required=True, help="What is right, as readers get it.")
@click.option("--preview", is_flag=True, help="Show the letter and count its readers. Nothing is sent.")
@json_option
@needs_database
def command(fault: int, wrong: str, right: str, preview: bool, as_json: bool) -> None:
    """Correct FAULT, a number that rounds wrong gave, by the newest approved text of its article."""
    if preview:
        _preview(fault, wrong, right, as_json)
    else:
        _correct(fault=fault, wrong=wrong, right=right, as_json=as_json)


def _preview(fault: int, wrong: str, right: str, as_json: bool) -> None:
    checked = check_correction(fault, wrong, right, now())
    data = {
        **fault_data(checked.fault, checked.reach),
        "letters": [
            {
                "series": letter.series,
                "issues": [issue.number for issue in letter.issues],
                "gone": list(letter.gone),
                "subject": letter.letter.subject,
                "text": letter.letter.text,
                "sha256": letter.letter.content_sha256,
            }
            for letter in checked.letters
        ],
    }
    words = [
        f"{letter.letter.subject}\n\n{letter.letter.text}" + "".join(f"\n{line}" for line in _gone(letter))
        for letter in checked.letters
    ]
    answer(data, "\n".join([*words, reach_words(checked.reach), "Nothing was sent."]), as_json)


def _gone(letter: WrittenLetter) -> Iterator[str]:
    for number in letter.gone:
        yield (
            f"Nothing stands in the place of issue {number} of {letter.series}, which the plan has no more or does not"
            " fit: copies that wait are cancelled, and the archive keeps it with the note."
        )


@audited(Event.CORRECTED, "fault:{fault}")
def _correct(*, fault: int, wrong: str, right: str, as_json: bool) -> None:
    done = correct(fault, wrong, right, operator(), now())
    reach = count_reach(done, now())
    data = fault_data(done, reach)
    if done.state is FaultState.CORRECTED:
        names = ", ".join(data["campaigns"])
        went = (
            f"The letters go out as {names}."
            if names
            else "Nobody had received it, so that no letter goes out."
        )
    else:
        went = f"{reach.in_hand} letters of the faulty version are still in a sender's hands: the next tick goes on."
    answer(data, f"Corrected: fault {done.id}, {done.subject}. {went}", as_json)
