"""`rounds embed`: the HTML of a sign-up form for another site."""

from __future__ import annotations

import click

from pipeline.actions.find_placement import find_placement
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.core.consent.snippets import snippets
from pipeline.settings import current


@click.command()
@click.argument("placement")
@json_option
@needs_database
def command(placement: str, as_json: bool) -> None:
    """Print the form of PLACEMENT to paste into its page: first without a script, then the line that improves it."""
    found = find_placement(placement)
    made = snippets(found, current().base_url)
    data = {"placement": placement, "form": made.form, "script": made.script, "policy": made.policy}
    words = (
        f"<!-- Into the page at {found.page_url}: -->\n{made.form}\n\n"
        f"<!-- Optional: the form works in place, without leaving the page. -->\n{made.script}\n\n"
        f"<!-- What a Content-Security-Policy of that page has to allow:\n{made.policy}\n-->"
    )
    answer(data, words, as_json)
