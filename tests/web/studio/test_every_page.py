"""What every page of the studio keeps: nothing inline, nothing cached, a name for every field and table."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from tests.factories import SERIES
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import tree, words

BUTTONS = [
    f"/studio/series/{SERIES}/",
    f"/studio/series/{SERIES}/1/",
    f"/studio/series/{SERIES}/schedule/",
    "/studio/campaigns/autumn/pause/",
    "/studio/campaigns/autumn/cancel/",
    "/studio/campaigns/autumn/release/1/",
    "/studio/sign-out/",
    "/studio/sign-in/",
    "/studio/account/password/",
    "/studio/account/app/",
    "/studio/account/recovery-codes/",
    "/studio/account/link/",
    "/studio/account/sessions/end/",
    "/studio/account/sign-out-everywhere/",
]
PAGES = [
    "/studio/",
    f"/studio/series/{SERIES}/",
    f"/studio/series/{SERIES}/schedule/",
    f"/studio/series/{SERIES}/1/",
    f"/studio/series/{SERIES}/1/?on=text",
    "/studio/campaigns/autumn/",
    "/studio/campaigns/autumn/cancel/",
    "/studio/campaigns/autumn/release/2/",
    "/studio/approvals/",
    "/studio/members/",
    "/studio/audit/",
]


@pytest.mark.holds("S-19")
def test_every_page_keeps_the_house_rules(studio, campaign):
    for path in PAGES:
        answer = studio.get(path)
        assert answer.status_code == 200, path
        assert broken_rules(answer) == [], path


def broken_rules(answer: HttpResponse) -> list[str]:
    page = tree(answer)
    policy = answer["Content-Security-Policy"]
    handlers = [name for element in page.iter("*") for name in element.attrib if name.startswith("on")]
    forms, tables = page.xpath("//form[@method='post']"), page.xpath("//table")
    fields = page.xpath("//input[@type!='hidden'][not(@hidden)] | //select")
    rules = {
        "no cache keeps it": answer["Cache-Control"] == "no-store",
        "scripts are its own": "script-src 'self'" in policy and "unsafe" not in policy,
        "nobody frames it": "frame-ancestors 'none'" in policy,
        "types are not guessed": answer["X-Content-Type-Options"] == "nosniff",
        "nothing is inline": not page.xpath("//@style | //style | //script[not(@src)]") and not handlers,
        "one heading names it": len(page.xpath("//h1")) == 1,
        "its head can be skipped": bool(page.xpath("//a[@class='skip'][@href='#main']")),
        "tables have captions": all(table.xpath("caption") for table in tables),
        "frames have titles": all(frame.get("title") for frame in page.xpath("//iframe")),
        "forms carry the token": all(f.xpath(".//input[@name='csrfmiddlewaretoken']") for f in forms),
        "fields have labels": all(_is_labelled(f) for f in fields),
    }
    return [rule for rule, kept in rules.items() if not kept]


def _is_labelled(field) -> bool:
    page = field.getroottree()
    return bool(field.xpath("ancestor::label") or page.xpath(f"//label[@for='{field.get('id')}']"))


@pytest.mark.holds("S-07")
def test_no_button_can_be_pressed_from_another_site(campaign):
    client = signed_in(enforce_csrf_checks=True)
    for path in BUTTONS:
        answer = client.post(path, {"address": "maya@clinic.test", "when": "now"})
        assert answer.status_code == 403, path
        assert "This did not come from one of our pages" in words(answer)


def test_what_was_typed_comes_back_as_words(studio, series):
    path = f"/studio/series/{SERIES}/1/"
    page = studio.post(path, {"address": '"><b>bold</b>'}).content.decode()
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page
