"""Every path of the studio against every role: who opens it, who presses its button, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pipeline.actions.mark_wrong import mark_wrong
from pipeline.actions.record_audit import record
from pipeline.core.people.powers import Power, Role
from pipeline.store import alerts, audit, feeds, members, models
from pipeline.web.studio.page import StudioPage
from tests.factories import NOW, SERIES, WEEKLY
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import tree, words

ANYONE = set(Role) | {None}
SENDER, EDITOR, ADMIN, OFFICER = {Role.SENDER}, {Role.EDITOR}, {Role.ADMIN}, {Role.PRIVACY_OFFICER}
CLINICIAN = {Role.CLINICAL_REVIEWER}
TESTERS = {Role.EDITOR, Role.SENDER, Role.CLINICAL_REVIEWER}
NOBODY: set[Role] = set()

# Path: who reads it, who presses its button. None is a member without a role; NOBODY: it takes no such request.
TABLE = {
    "": (ANYONE, NOBODY),
    "stop/": (NOBODY, SENDER | ADMIN | OFFICER),
    "start/": (NOBODY, SENDER | ADMIN | OFFICER),
    "approvals/": (ANYONE, NOBODY),
    "approvals/<int:number>/": (SENDER, SENDER),  # of the proposal below, to send to a list
    "members/": (ADMIN, NOBODY),
    "members/roles/": (NOBODY, ADMIN),
    "audit/": (ADMIN | OFFICER, NOBODY),
    "series/<slug:slug>/": (ANYONE, EDITOR),
    "series/<slug:slug>/schedule/": (SENDER, SENDER),
    "series/<slug:slug>/<int:number>/": (ANYONE, TESTERS),
    "series/<slug:slug>/<int:number>/html/": (ANYONE, NOBODY),
    "campaigns/<str:name>/": (ANYONE, NOBODY),
    "campaigns/<str:name>/live/": (ANYONE, NOBODY),
    "campaigns/<str:name>/cancel/": (SENDER, SENDER),
    "campaigns/<str:name>/release/<int:number>/": (SENDER, SENDER),
    "campaigns/<str:name>/<slug:verb>/": (NOBODY, SENDER),
    "articles/": (ANYONE, NOBODY),
    "articles/<slug:slug>/": (ANYONE, NOBODY),
    "articles/<slug:slug>/sign/": (CLINICIAN, CLINICIAN),
    "articles/<slug:slug>/submit/": (NOBODY, EDITOR),
    "articles/<slug:slug>/send-back/": (NOBODY, CLINICIAN),
    "articles/<slug:slug>/withdraw/": (NOBODY, CLINICIAN),
    "import/": (EDITOR, EDITOR),
    "import/<uuid:uid>/": (EDITOR, NOBODY),
    "import/<uuid:uid>/take/": (NOBODY, EDITOR),
    "feeds/": (ANYONE, EDITOR),
    "feeds/<slug:name>/": (ANYONE, NOBODY),
    "feeds/<slug:name>/<slug:verb>/": (NOBODY, EDITOR),
    "corrections/": (ANYONE, NOBODY),
    "corrections/mark/": (TESTERS, TESTERS),
    "corrections/<int:number>/": (ANYONE, SENDER),
    "corrections/<int:number>/lift/": (NOBODY, CLINICIAN),
    "lists/": (ANYONE, NOBODY),
    "lists/<slug:purpose>/import/": (OFFICER, OFFICER),
    "lists/<slug:purpose>/import/<uuid:uid>/": (OFFICER, NOBODY),
    "lists/<slug:purpose>/import/<uuid:uid>/live/": (OFFICER, NOBODY),
    "lists/<slug:purpose>/import/<uuid:uid>/refused/": (OFFICER, NOBODY),
    "lists/<slug:purpose>/import/<uuid:uid>/start/": (NOBODY, OFFICER),
    "lists/<slug:purpose>/import/<uuid:uid>/drop/": (NOBODY, OFFICER),
    "lists/<slug:purpose>/export/": (OFFICER, OFFICER),
    "people/": (OFFICER, OFFICER),
    "people/<uuid:uid>/": (OFFICER, NOBODY),
    "people/<uuid:uid>/say/": (NOBODY, OFFICER),
    "people/<uuid:uid>/erase/": (OFFICER, OFFICER),
    "people/<uuid:uid>/lift/": (OFFICER, OFFICER),
    "people/<uuid:uid>/files/everything.json": (OFFICER, NOBODY),
    "people/<uuid:uid>/files/consent-records.jsonld": (OFFICER, NOBODY),
    "people/<uuid:uid>/files/proof-<slug:purpose>.<slug:form>": (OFFICER, NOBODY),
    "held/": (OFFICER, NOBODY),
    "held/<uuid:uid>/release/": (NOBODY, OFFICER),
    "held/<uuid:uid>/drop/": (NOBODY, OFFICER),
    "renewals/": (OFFICER, NOBODY),
    "renewals/ask/": (OFFICER, OFFICER),
    "suppressions/": (OFFICER, OFFICER),
    "notices/": (ANYONE, NOBODY),
    "notices/<slug:notice_id>/": (ANYONE, NOBODY),
    "requests/": (OFFICER, OFFICER),
    "requests/<uuid:uid>/": (OFFICER, NOBODY),
    "requests/<uuid:uid>/<slug:step>/": (NOBODY, OFFICER),
}
# About nobody but the member: for any member, and it asks for the password again where it matters (test_account.py).
OWN_ACCOUNT = "account/"
# They say what they did by themselves, in the transaction that did it, and so nothing of what was not done.
SELF_TOLD = ("corrections/", "lists/", "people/", "requests/", "suppressions/")


def pages() -> Iterator[tuple[str, type[StudioPage]]]:
    """Every path under /studio/ that is for members, as the site has it, with its page."""
    for found in get_resolver().url_patterns:
        if str(found.pattern) == "studio/":
            for each in _flat(found.url_patterns):
                view = getattr(each.callback, "view_class", None)
                if view is not None and issubclass(view, StudioPage):
                    yield str(each.pattern), view


def _flat(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield each
        else:
            assert str(each.pattern) == ""
            yield from _flat(each.url_patterns)


def filled(path: str, proposal: int) -> str:
    of_path = {
        "approvals": proposal,
        "corrections": models.Fault.objects.values_list("pk", flat=True).first() or 1,
    }
    number = of_path.get(path.partition("/")[0], 1)
    values = {
        "<slug:slug>": SERIES,
        "<int:number>": str(number),
        "<str:name>": "autumn",
        "<slug:name>": "press",
        "<int:factor_id>": "1",
        "<slug:verb>": "pause",
        "<slug:purpose>": WEEKLY,
        "<slug:notice_id>": "notice-a",
        "<slug:form>": "pdf",
        "<slug:step>": "acknowledge",
        "<uuid:uid>": "5f0c6e1a-0000-4000-8000-000000000000",  # of nobody: then 404 is what a page says
    }
    for name, value in values.items():
        path = path.replace(name, value)
    return f"/studio/{path}"


@pytest.fixture
def proposal(campaign) -> int:
    """Something that waits for a sender."""
    row = models.Proposal.objects.create(
        kind="send_to_list",
        parameters={
            "series": SERIES, "purpose": "weekly_health_email", "mode": "calendar", "weekday": 1, "at": "09:00:00",
            "zone": "Europe/London", "home_zone": "Europe/London", "start": "2026-12-01", "policy": "default",
            "name": "", "every_day": False,
        },
        digest=bytes(32),
        proposed_by="somebody",
        proposed_at="2026-11-24T08:00:00Z",
        expires_at="2026-11-27T08:00:00Z",
    )  # fmt: skip
    mark_wrong(SERIES, 6, "It is wrong.", "somebody", NOW)
    feeds.add("press", "https://press.test/feed", 24, NOW)
    return row.pk


def test_every_page_of_the_studio_stands_in_the_table_and_says_what_it_needs():
    assert {path for path, _ in pages() if not path.startswith(OWN_ACCOUNT)} == set(TABLE)
    for path, page in pages():
        assert isinstance(getattr(page, "needs", "nothing said"), Power | None), path


@pytest.mark.holds("S-14")
@pytest.mark.parametrize("role", [*Role, None])
def test_each_role_opens_what_is_its_own_and_nothing_else(proposal, role):
    client = signed_in("robin", role.value if role else "none")
    for path, (reads, acts) in TABLE.items():
        address = filled(path, proposal)
        read = client.get(address)
        if reads:
            allowed = (200, 404) if "<uuid:uid>" in path else (200,)
            assert read.status_code in (allowed if role in reads else (403,)), (path, role)
        if not acts:
            continue
        last = audit.last()
        pressed = client.post(address, {"do": "nothing", "when": "never"})
        assert (pressed.status_code == 403) is (role not in acts), (path, role)
        line = audit.last()
        if role in acts and path.startswith(SELF_TOLD):
            continue
        assert line is not None, path
        assert line != last, f"{path} left no line in the audit log"
        assert line.member == "robin"
        if role not in acts:
            assert (line.event, line.outcome) == ("access_refused", "refused")
            assert "This is for" in words(pressed)


def test_a_member_is_shown_the_way_to_what_they_may_open_and_to_nothing_else(proposal):
    known = {filled(path, proposal): acts for path, (_, acts) in TABLE.items()}
    for kind in ("sign_ups", "request_overdue"):
        alerts.raised(kind, kind, f"Something of {kind} waits.", NOW)
    for role in [*Role, None]:
        client = signed_in("robin", role.value if role else "none")
        links: set[str] = set()
        for path in ("", "notices/", f"series/{SERIES}/", f"series/{SERIES}/1/", "campaigns/autumn/"):
            page = tree(client.get(f"/studio/{path}"))
            links |= {
                href.partition("?")[0] for href in page.xpath("//a/@href") if href.startswith("/studio/")
            }
            for form in page.xpath("//form[@method='post']/@action"):
                acts = known.get(form.partition("?")[0])
                assert acts is None or role in acts, (role, path, form)
        assert [href for href in sorted(links) if client.get(href).status_code == 403] == [], role
        assert ("/studio/held/" in links) is (role in OFFICER)


@pytest.mark.holds("S-07")
def test_no_button_of_the_studio_works_without_its_token(proposal):
    client = signed_in("robin", enforce_csrf_checks=True)
    before = audit.last()
    for path, (_, acts) in TABLE.items():
        if acts:
            assert client.post(filled(path, proposal), {"do": "approve", "when": "now"}).status_code == 403, (
                path
            )
    assert audit.last() == before


@pytest.mark.holds("S-14")
def test_a_role_that_is_taken_away_is_gone_at_the_next_request(campaign):
    client = signed_in("robin", "sender")
    assert client.post("/studio/campaigns/autumn/pause/").status_code == 303
    members.set_roles("robin", set())
    assert client.post("/studio/campaigns/autumn/resume/").status_code == 403


@pytest.mark.holds("S-15")
def test_what_was_done_stands_in_the_log_with_who_from_where_and_how_it_ended(campaign):
    client = signed_in("robin", "sender")
    done = client.post("/studio/campaigns/autumn/cancel/", REMOTE_ADDR="192.0.2.77")
    line = audit.last()
    assert (line.member, line.event, line.about) == ("robin", "campaign.cancelled", "campaign:autumn")
    assert (line.outcome, line.network) == ("done", "192.0.2.0/24")
    assert line.request_id == done["X-Request-Id"]
    client.post("/studio/campaigns/autumn/pause/", REMOTE_ADDR="2001:db8:1:2345::7")
    line = audit.last()
    assert (line.event, line.outcome, line.detail) == ("campaign.paused", "refused", {"status": 409})
    assert line.network == "2001:db8:1:2300::/56"


def test_an_admin_gives_roles_to_others_and_not_to_herself(db):
    admin, ben = signed_in("maya", "admin"), signed_in("ben@clinic.test", "none")
    done = admin.post(
        "/studio/members/roles/", {"name": "ben@clinic.test", "role": ["sender", "editor", "boss"]}
    )
    assert done.status_code == 303
    assert members.roles("ben@clinic.test") == {Role.SENDER, Role.EDITOR}
    line = audit.last()
    assert (line.event, line.about) == ("member_roles_changed", "member:ben@clinic.test")
    assert line.detail == {"before": "none", "after": "editor, sender"}
    climbs = admin.post("/studio/members/roles/", {"name": "maya", "role": ["admin", "privacy_officer"]})
    assert (climbs.status_code, "Nobody gives a role to themselves" in words(climbs)) == (409, True)
    assert "last admin" in words(admin.post("/studio/members/roles/", {"name": "maya"}))
    assert members.roles("maya") == {Role.ADMIN}
    assert ben.post("/studio/members/roles/", {"name": "ben@clinic.test", "role": "admin"}).status_code == 403


def test_the_log_is_read_by_member_event_day_and_subject_and_a_page_at_a_time(db):
    officer = signed_in("olive", "privacy_officer")
    for event in ("campaign.paused", "campaign.resumed") * 30:
        record(event, member="robin", about="campaign:autumn")

    def shown(**asked: str) -> list[str]:
        page = officer.get("/studio/audit/", asked)
        return [cell.text_content().strip() for cell in tree(page).xpath("//table//tbody//th")]

    assert shown(member="robin", event="campaign.paused") == ["campaign.paused"] * 30
    assert len(shown(about="campaign:autumn")) == 50
    [older] = tree(officer.get("/studio/audit/", {"about": "campaign:autumn"})).xpath(
        "//a[text()='Older lines']/@href"
    )
    assert len(tree(officer.get(older)).xpath("//table//tbody/tr")) == 10
    assert shown(day="1999-01-01") == []
    assert officer.get("/studio/audit/", {"day": "soon"}).status_code == 400
    assert officer.get("/studio/audit/", {"event": "no.such"}).status_code == 400
    asked = officer.get("/studio/audit/", {"about": "ada@readers.test"})
    assert (asked.status_code, "rounds audit show --about" in words(asked)) == (400, True)
    assert models.AuditEvent.objects.filter(event="audit.viewed", member="olive").count() == 8


def test_a_stranger_is_led_to_the_door_and_leaves_no_line(campaign):
    before = audit.last()
    for path, _ in pages():
        assert Client().post(filled(path, 1))["Location"] == "/studio/sign-in/"
    assert audit.last() == before
