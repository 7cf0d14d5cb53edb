"""The page of all the sources of a series: where every mark leads, for as long as the series is on the web."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pipeline.actions.open_due import open_due
from pipeline.core.message.web_copy import series_code
from pipeline.store import models
from tests import factories
from tests.factories import NOW, SERIES

pytestmark = pytest.mark.django_db
PAGE = f"/read/{series_code(SERIES)}/sources"


@pytest.mark.holds("E-22")
def test_the_whole_list_is_there_once_an_issue_was_sent_and_says_which_issues_use_each(notices, machine):
    factories.readers()
    factories.campaign()
    assert machine.get(PAGE).status_code == 404
    open_due(NOW)
    page = machine.get(PAGE)
    words = page.content.decode()
    references = models.ArticleRevision.objects.latest("id").data["references"]
    assert re.findall(r'<li id="ref-([^"]+)">', words) == [reference["id"] for reference in references]
    sent = machine.get(f"/read/{series_code(SERIES)}/1").content.decode()
    assert f'{PAGE}"' in sent, "the letter leads to the page"
    used = set(re.findall(r'<li\b[^>]*\bid="ref-([^"]+)"', sent))
    marked = set(re.findall(rf'/read/{series_code(SERIES)}/1#ref-([^"]+)"', sent))
    assert used == marked, "every mark leads to an entry, and every entry has a mark"
    told = {
        ref
        for ref, entry in re.findall(r'<li id="ref-([^"]+)">(.*?)</li>', words, re.S)
        if "issue 1</a>" in entry
    }
    assert told == used
    assert "issue 2</a>" not in words
    back = re.findall(rf'<li><a href="(/read/{series_code(SERIES)}/\d+)">([^<]+)</a>', words)
    assert back == [(f"/read/{series_code(SERIES)}/1", "1. What they are, and when to get help")]
    open_due(NOW + timedelta(days=7))
    assert "issue 2</a>" in machine.get(PAGE).content.decode()
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/32491499/">PubMed 32491499</a>' in words
    assert "We last looked at it on 19 January 2024." in words


@pytest.mark.parametrize(
    "path", ["/read/00000000/sources", "/read/not-a-code/sources", f"{PAGE}/x", f"{PAGE}/../1/sources"]
)
def test_a_code_of_no_series_has_no_page_and_nothing_changes(machine, path):
    assert machine.get(path).status_code == 404


def test_the_page_only_reads(machine):
    assert machine.post(PAGE).status_code in (403, 405)
