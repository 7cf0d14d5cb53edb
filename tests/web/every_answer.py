"""What the site answers to a POST: for each path that takes one, what is posted and what comes back.

The names in braces come from `full_house.py` and, for what is good for a moment only, from `answered.py`. A path that
is added to the site and takes a POST belongs in one of the two tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from pipeline.core.consent.open_tracking import OPEN_TRACKING
from tests.web import otherwise as now
from tests.web.articles import BACK_PAIN

Fields = Mapping[str, str | list[str]]
BAD, CONFLICT, TOO_OFTEN = 400, 409, 429


@dataclass(frozen=True)
class Answer:
    """The page that a POST of `fields` to `path` is answered with, by whose session (as in `every_page.py`).

    `says`: words of it, so that no other page is looked at by mistake. `wrong`: the name of the field that it is said
    to be about, of an answer of 4xx that shows the form again. `now` makes things otherwise for this answer alone.
    `file`: what is uploaded as `upload`, a field and the name of the file. `anew`: what the page asks for anew although
    it was told.
    """

    path: str
    fields: Fields = field(default_factory=dict)
    says: str = ""
    status: int = 200
    session: str = "maya"
    wrong: str = ""
    now: Callable[[pytest.MonkeyPatch], object] | None = None
    file: str = ""
    upload: tuple[str, str] = ("list", "people.csv")
    anew: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        told = f" when {self.now.__name__.replace('_', ' ')}" if self.now else ""
        said = ", ".join(f"{name} {value[:20]}" for name, value in self.fields.items() if name not in FORM)
        return f"{self.path} with {said or 'nothing'}{told}"


@dataclass(frozen=True)
class Leads(Answer):
    """A POST that is answered with the way to the path named `to`, which `test_every_page.py` opens."""

    to: str = ""


def page(path: str, says: str, status: int = 200, **more) -> Answer:
    return Answer(path, says=says, status=status, session="", **more)


def leads(path: str, to: str, **more) -> Leads:
    return Leads(path, to=to, session="", **more)


def studio(path: str, says: str, status: int = 200, **more) -> Answer:
    return Answer(f"/studio/{path}", says=says, status=status, **more)


def on(path: str, to: str, **more) -> Leads:
    return Leads(f"/studio/{path}", to=to, **more)


FORM = {"form": "{form}"}
SIGN_UP = {**FORM, "shown": "{shown}", "purpose": "{list}", "address": "nia@readers.test"}
OF_ONE = {**FORM, "shown": "{shown_one}", "purpose": "{list}", "address": "nia@readers.test"}
NO_AT = "needs an @ sign"
TOO_MANY = "wrong too often"
MANUAL = "marketing/manual"  # as the page names a suppression: scope and reason
IMPORT = {
    "all_are": "yes",
    "evidence": "On paper, at the clinic",
    "notice": "notice-a:4",
    "collected_from": "2026-03-01",
    "collected_until": "2026-04-30",
    "decision": "The board decided it",
}
ROWS = "email,opted_in_at\numa@readers.test,2026-11-02\n"
TOLD = {"kind": "complaint", "channel": "phone", "received": "2026-11-20", "words": "You write too often"}
SCHEDULE = {
    "mode": "calendar", "weekday": "1", "at": "09:00", "whose": "sender", "zone": "Europe/London", "start": "day",
    "day": "2027-01-05", "name": "spring",
}  # fmt: skip
SIGN = {
    "digest": "{digest}", "letters": "{letters}", "reviewer": "Dr Nia Example", "profession": "Consultant radiologist",
    "registration": "GMC 0000000", "next_review": "2027-11-01", "demonstration": "yes", "read": "yes",
}  # fmt: skip
CORRECTION = {"do": "preview", "wrong": "We said that there are 2 types.", "right": "There are 3 types."}
FEED = {"name": "Clinic news", "address": "https://press.test/feed", "every": "24", "only_new": "yes"}
PAGE = ("file", "page.html")
NO_ARTICLE = "<!doctype html><title>A page</title><body><p>Please enable JavaScript to see this page.</p>"
PASSWORDS = {"old": "calm words", "new": "calmer words for maya", "again": "calmer words for maya"}

ANSWERS: dict[str, list[Answer]] = {
    "sign-up": [
        page("/signup/", "Tick the box", BAD, fields={**SIGN_UP, "purpose": []}, wrong="purpose"),
        page("/signup/", NO_AT, BAD, fields={**SIGN_UP, "address": "nia"}, wrong="address"),
        page("/signup/", "could not tell", BAD, fields={**SIGN_UP, "form": "forged"}),
        page("/signup/", "changed while this page was open", BAD, fields={**SIGN_UP, "shown": "old", "purpose": []}),
        page("/signup/", "One more press", fields=SIGN_UP, now=now.many_sign_up),
        leads("/signup/", "sign-up-sent", fields=SIGN_UP),
    ],
    "sign-up-from": [
        page("/signup/from/one/", NO_AT, BAD, fields={**OF_ONE, "address": "nia"}, wrong="address"),
        leads("/signup/from/one/", "sign-up-sent", fields=OF_ONE),
    ],
    "ask-access": [
        page("/privacy/see/", NO_AT, BAD, fields={**FORM, "address": "nia"}, wrong="address"),
        leads("/privacy/see/", "ask-access-sent", fields={**FORM, "address": "nia@readers.test"}),
    ],
    "complaint": [
        page("/privacy/complaint/", "Write what happened", BAD, fields={**FORM, "address": "nia@a.test"},
             wrong="words"),
        page("/privacy/complaint/", NO_AT, BAD, fields={**FORM, "words": "Why?", "address": "nia"}, wrong="address"),
        page("/privacy/complaint/", "Too many complaints", TOO_OFTEN, fields={**FORM, "words": "Why?"},
             now=now.many_complain),
        page("/privacy/complaint/", "We have your complaint", fields={**FORM, "words": "Why?"}),
    ],
    "confirm": [page("/c/{ben_confirms}", "Thank you. You are signed up.", fields=FORM)],
    "not-me": [page("/n/{ben_refuses}", "We will not write again")],
    "unsubscribe": [
        page("/u/{ada_leaves}", "You are unsubscribed", fields={**FORM, "leave": "page"}),
        page("/u/{ada_leaves}", "We have your unsubscribe", 202, fields={**FORM, "leave": "page"},
             now=now.the_database_is_away_for_goodbyes),
    ],
    "undo-unsubscribe": [page("/u/{ada_leaves}/undo", "You are signed up again", fields={"undo": "forged"})],
    "renew": [page("/renew/{eve_renews}", "The emails go on", fields=FORM)],
    "preferences": [
        page("/p/{ada_chooses}", "We have stopped the weekly", fields={**FORM, "stop": "{list}"}),
        page("/p/{ada_chooses}", "We have stopped everything", fields={**FORM, "stop": "everything"}),
        page("/p/{ada_chooses}", "is paused until", fields={**FORM, "list": "{list}", "pause": "4"}),
        page("/p/{ada_chooses}", "goes on", fields={**FORM, "list": "daily_health_newsletter", "resume": "now"}),
        page("/p/{ada_chooses}", "note no longer", fields={**FORM, "stop": OPEN_TRACKING}),
        page("/p/{ada_chooses}", "still to come", BAD, wrong="on",
             fields={**FORM, "list": "{list}", "pause": "date", "on": "2020-01-01"}),
        page("/p/{gus_chooses}", "tick the box", BAD, fields={**FORM, "measure": "on"}, wrong="yes"),
        page("/p/{ada_chooses}", "very quick", BAD, fields={"list": "{list}", "pause": "4"}),
    ],
    "download": [page("/you/{ada_sees}/download", "could not tell", BAD)],
    "new-address": [
        page("/you/{ada_sees}/address", NO_AT, BAD, fields={**FORM, "address": "nia"}, wrong="address"),
        page("/you/{ada_sees}/address", "a letter is on its way", fields={**FORM, "address": "ada2@readers.test"}),
    ],
    "object": [
        page("/you/{ada_sees}/object", "no marketing", fields=FORM),
        page("/you/{ada_sees}/object", "could not tell", BAD),
    ],
    "forget": [
        page("/you/{ada_sees}/forget", "You are forgotten", fields=FORM),
        page("/you/{ada_sees}/forget", "could not tell", BAD),
    ],
    "confirm-address": [
        page("/a/{ada_moves}", "now go to", fields=FORM),
        page("/a/{ada_moves}", "could not tell", BAD),
    ],
    "undo-address": [
        page("/w/{dora_comes_back}", "come back to", fields=FORM),
        page("/w/{dora_comes_back}", "could not tell", BAD),
    ],
    "studio-sign-in": [
        studio("sign-in/", "is not right", BAD, session="stranger", fields={"name": "robin", "password": "wrong"}),
        studio("sign-in/", "too many wrong tries", TOO_OFTEN, session="stranger", now=now.somebody_was_wrong_too_often,
               fields={"name": "robin", "password": "wrong"}),
        on("sign-in/", "studio-second-step", session="", now=now.the_password_is_right,
           fields={"name": "robin", "password": "right"}),
    ],
    # A passkey that is good takes a device: test_sign_in_in_browser.py.
    "studio-sign-in-passkey": [
        studio("sign-in/passkey/", "open for too long", BAD, session="stranger", fields={"credential": "{{}}"}),
    ],
    "studio-second-step": [
        studio("sign-in/second-step/", "did not fit", BAD, session="robin", fields={"code": "000000"}, wrong="code"),
        studio("sign-in/second-step/", TOO_MANY, TOO_OFTEN, session="robin", fields={"code": "000000"},
               now=now.somebody_was_wrong_too_often),
        on("sign-in/second-step/", "studio", session="robin", fields={"code": "{robin_code}"}),
    ],
    "studio-set-up": [
        studio("sign-in/set-up/", "not the code", BAD, session="sam", wrong="code",
               fields={"proposal": "{sam_proposal}", "code": "000000"}),
        studio("sign-in/set-up/", "open for too long", BAD, session="sam",
               fields={"credential": "{{}}", "called": "Work laptop"}),
        studio("sign-in/set-up/", TOO_MANY, TOO_OFTEN, session="sam", fields={"code": "000000"},
               now=now.somebody_was_wrong_too_often),
        studio("sign-in/set-up/", "Keep these recovery codes", session="sam",
               fields={"proposal": "{sam_proposal}", "code": "{sam_app_says}"}),
    ],
    "studio-sign-out": [on("sign-out/", "studio-sign-in")],
    "studio-account-confirm": [
        studio("account/confirm/", "not right", BAD, fields={"password": "wrong"}, wrong="password"),
        studio("account/confirm/", "not right", BAD, fields={"code": "000000"}, wrong="code"),
        studio("account/confirm/", TOO_MANY, TOO_OFTEN, fields={"code": "000000"},
               now=now.somebody_was_wrong_too_often),
        on("account/confirm/", "studio-account", fields={"code": "{maya_code}"}),
    ],
    "studio-account-password": [
        studio("account/password/", "is not right", BAD, fields=PASSWORDS, wrong="old"),
        studio("account/password/", "in two ways", BAD, fields={**PASSWORDS, "again": "other"}, wrong="again"),
        studio("account/password/", "too short", BAD, fields={"old": "calm words", "new": "x", "again": "x"},
               wrong="new", now=now.the_password_is_right),
        studio("account/password/", TOO_MANY, TOO_OFTEN, fields=PASSWORDS, now=now.somebody_was_wrong_too_often),
        on("account/password/", "studio-account", fields=PASSWORDS, now=now.the_password_is_right),
    ],
    "studio-account-app": [
        studio("account/app/", "not the code", BAD, wrong="code",
               fields={"proposal": "{maya_proposal}", "code": "000000"}),
        studio("account/app/", "Keep these recovery codes", now=now.no_recovery_code_is_left,
               fields={"proposal": "{maya_proposal}", "code": "{maya_app_says}"}),
        on("account/app/", "studio-account", fields={"proposal": "{maya_proposal}", "code": "{maya_app_says}"}),
        on("account/app/", "studio-account-confirm", now=now.the_proof_is_old),
    ],
    # A passkey that is good takes a device: test_sign_in_in_browser.py.
    "studio-account-passkey": [
        studio("account/passkey/", "open for too long", BAD, fields={"credential": "{{}}", "called": "Work laptop"}),
    ],
    "studio-account-remove": [
        studio("account/factors/987654/remove/", "not there any more", 404),
        on("account/factors/{maya_app}/remove/", "studio-account"),
    ],
    "studio-account-codes": [studio("account/recovery-codes/", "Keep these recovery codes")],
    "studio-account-link": [
        studio("account/link/", "Go on to Clinic login", now=now.the_provider_answers),
        studio("account/link/", "cannot be reached", 503, now=now.the_provider_is_away),
        on("account/link/", "studio-account", fields={"unlink": "1"}),
    ],
    "studio-account-end": [on("account/sessions/end/", "studio-account", fields={"session": "over"})],
    "studio-account-everywhere": [on("account/sign-out-everywhere/", "studio-sign-in")],
    "studio-stop": [
        studio("stop/", "Say why", BAD, wrong="reason"),
        studio("stop/", "The reason is longer", BAD, fields={"reason": "why " * 90}, wrong="reason"),
        studio("stop/", "You may not do this here", 403, now=now.maya_has_no_role),
        on("stop/", "studio", fields={"reason": "A wrong letter"}),
    ],
    "studio-start": [on("start/", "studio")],
    "studio-approval": [
        studio("approvals/{proposal}/", "declined", CONFLICT, fields={"do": "approve"}, now=now.robin_took_it_back),
        on("approvals/{proposal}/", "studio-approvals", fields={"do": "decline"}),
    ],
    "studio-member-roles": [
        studio("members/roles/", "Nobody gives a role", CONFLICT, fields={"name": "maya", "role": ["admin", "sender"]},
               now=now.maya_is_admin_alone),
        on("members/roles/", "studio-members", fields={"name": "robin", "role": ["sender"]}),
    ],
    "studio-sign": [
        studio("articles/{series}/sign/", "Say that you have read", BAD, fields={**SIGN, "read": ""}, wrong="read"),
        studio("articles/{series}/sign/", "needs a profession", BAD, fields={**SIGN, "profession": ""},
               wrong="profession", anew=("read",)),
        studio("articles/{series}/sign/", "within three years", BAD, fields={**SIGN, "next_review": "2031-01-01"},
               wrong="next_review", anew=("read",)),
        studio("articles/{series}/sign/", "edited since you were shown it", CONFLICT, fields=SIGN,
               anew=("read", "digest", "letters"), now=now.the_article_is_edited),
        studio("articles/{series}/sign/", "read otherwise than when you were", CONFLICT,
               fields={**SIGN, "letters": "0" * 64}, anew=("read", "letters")),
        on("articles/{series}/sign/", "studio-article", fields=SIGN),
    ],
    "studio-submit": [
        studio("articles/{series}/submit/", "nothing to ask for", CONFLICT),
        on("articles/{series}/submit/", "studio-article", fields={"remarks": "Mended."}, now=now.the_article_is_edited),
    ],
    "studio-send-back": [
        studio("articles/{series}/send-back/", "Say what the editor", BAD, wrong="remarks",
               now=now.the_article_is_edited),
        studio("articles/{series}/send-back/", "only one in review", CONFLICT, fields={"remarks": "Mend it."}),
        on("articles/{series}/send-back/", "studio-article", fields={"remarks": "Mend it."},
           now=now.the_article_is_edited),
    ],
    "studio-withdraw": [
        studio("articles/{series}/withdraw/", "Say why", BAD, wrong="reason"),
        studio("articles/{series}/withdraw/", "is not what this page showed", CONFLICT,
               fields={"reason": "The source was retracted.", "signed": "0" * 64}, anew=("signed",)),
        on("articles/{series}/withdraw/", "studio-article",
           fields={"reason": "The source was retracted.", "signed": "{digest}"}),
    ],
    "studio-article-import": [
        studio("import/", "Choose a file, or paste", BAD, wrong="file"),
        studio("import/", "has at most 2 MB here", BAD, file="word " * 450_000, upload=PAGE, wrong="file"),
        studio("import/", "Only https", BAD, fields={"address": "http://press.test/"}, wrong="address"),
        studio("import/", "enable JavaScript", BAD, file=NO_ARTICLE, upload=PAGE, wrong="file"),
        studio("import/", "are being read just now", CONFLICT, fields={"address": "https://press.test/"},
               now=now.others_are_read),
        studio("import/", "larger than 4 MB", 413, file="word " * 900_000, upload=PAGE),
        on("import/", "studio-offer", file=BACK_PAIN, upload=PAGE),
    ],
    "studio-take-offer": [
        studio("import/{offers}/take/", "Choose at least one", BAD, wrong="take"),
        on("import/{offer}/take/", "studio-offer", fields={"take": "0"}),
        on("import/{taken}/take/", "studio-offer", fields={"take": "0"}),
    ],
    "studio-feeds": [
        studio("feeds/", "small letters", BAD, fields={**FEED, "name": ""}, wrong="name"),
        studio("feeds/", "1 to 336 hours", BAD, fields={**FEED, "every": "0"}, wrong="every", anew=("every",)),
        studio("feeds/", "names port 8443", BAD, fields={**FEED, "address": "https://press.test:8443/"},
               wrong="address"),
        studio("feeds/", "cannot be reached", 503, fields=FEED, now=now.the_feed_is_away),
        on("feeds/", "studio-feed", fields=FEED, now=now.the_feed_answers),
    ],
    "studio-steer-feed": [
        studio("feeds/blog/read/", "Start it again", CONFLICT),
        on("feeds/press-office/read/", "studio-feed"),
        on("feeds/press-office/pause/", "studio-feed"),
        on("feeds/blog/resume/", "studio-feed"),
    ],
    "studio-mark-wrong": [
        studio("corrections/mark/", "Choose what is wrong", BAD, fields={"reason": "It is."}, wrong="what"),
        studio("corrections/mark/", "Say what is wrong", BAD, fields={"what": "issue/{series}/3"}, wrong="reason"),
        on("corrections/mark/", "studio-correction", fields={"what": "issue/{series}/3", "reason": "It is."}),
    ],
    "studio-correction": [
        studio("corrections/{fault}/", "was marked wrong", CONFLICT, fields=CORRECTION),
        studio("corrections/{fault}/", "Say what was wrong", BAD, fields={**CORRECTION, "wrong": ""}, wrong="wrong"),
        studio("corrections/{fault}/", "Correction: Your weekly health email, 2 of 6", fields=CORRECTION,
               now=now.the_article_is_mended),
        on("corrections/{fault}/", "studio-approval", fields={**CORRECTION, "do": "send", "sure": "yes"},
           now=now.the_article_is_mended),
        on("corrections/{fault}/", "studio-correction", fields={"do": "recall"}),
        studio("corrections/{fault}/", "Say what readers are told", BAD, fields={"do": "tell"}, wrong="words"),
        studio("corrections/{fault}/", "the letter has no links", BAD, wrong="right",
               fields={**CORRECTION, "right": "See https://nhs.example."}),
        on("corrections/{fault}/", "studio-correction", fields={"do": "tell", "words": "It says 2 types."}),
    ],
    "studio-lift-mark": [
        studio("corrections/{fault}/lift/", "Say why it is right", BAD, wrong="reason"),
        on("corrections/{fault}/lift/", "studio-correction", fields={"reason": "It is right."}),
    ],
    "studio-import": [
        studio("lists/{list}/import/", "Choose the file", BAD, fields=IMPORT, wrong="list"),
        studio("lists/{list}/import/", "Say what the evidence", BAD, fields={**IMPORT, "evidence": ""}, file=ROWS,
               wrong="evidence"),
        studio("lists/{list}/import/", "turn the two days round", BAD, file=ROWS, wrong="collected_from",
               fields={**IMPORT, "collected_from": "2026-05-01"}),
        studio("lists/{list}/import/", "There is no notice", 404, fields={**IMPORT, "notice": ""}, file=ROWS,
               now=now.the_notice_is_gone),
        studio("lists/{list}/import/", "larger than", 413, file=ROWS * 2000, now=now.imports_are_small),
        on("lists/{list}/import/", "studio-import-report", fields=IMPORT, file=ROWS),
    ],
    "studio-start-import": [
        studio("lists/{list}/import/{moving}/start/", "started, dropped or ended", CONFLICT),
        on("lists/{list}/import/{checked}/start/", "studio-import-report", now=now.one_pair_of_eyes_is_enough),
    ],
    "studio-drop-import": [
        studio("lists/{list}/import/{checked}/drop/", "nothing to drop", CONFLICT, now=now.the_import_has_ended),
        on("lists/{list}/import/{checked}/drop/", "studio-import-report"),
    ],
    "studio-export": [
        studio("lists/{list}/export/", "Choose what to write", BAD, wrong="kind"),
        on("lists/{list}/export/", "studio-approval", fields={"kind": "csv"}),
    ],
    "studio-series": [
        studio("series/{series}/", "cannot be read", BAD, now=now.the_series_file_is_wrong),
        on("series/{series}/", "studio-series"),
    ],
    "studio-schedule": [
        studio("series/{series}/schedule/", "is no time of day", BAD, fields={**SCHEDULE, "at": "noon"}, wrong="at"),
        studio("series/{series}/schedule/", "day is over", BAD, fields={**SCHEDULE, "day": "2020-01-01"}, wrong="day"),
        studio("series/{series}/schedule/", "", CONFLICT, fields=SCHEDULE),
    ],
    "studio-issue": [
        studio("series/{series}/1/", NO_AT, BAD, fields={"address": "maya"}, wrong="address"),
        on("series/{series}/1/", "studio-issue", fields={"address": "maya@clinic.test"}),
    ],
    "studio-cancel": [
        studio("campaigns/{campaign}/cancel/", "nothing left to cancel", CONFLICT, now=now.the_campaign_has_finished),
        on("campaigns/{campaign}/cancel/", "studio-campaign"),
    ],
    "studio-release": [
        studio("campaigns/{campaign}/release/1/", "Choose when", BAD),
        studio("campaigns/{campaign}/release/1/", "", CONFLICT, fields={"when": "now"}),
        on("campaigns/{campaign}/release/1/", "studio-campaign", fields={"when": "now"}, now=now.issue_1_is_late),
    ],
    "studio-steer": [
        studio("campaigns/{campaign}/resume/", "cannot be resumed", CONFLICT, now=now.the_campaign_has_finished),
        on("campaigns/{campaign}/pause/", "studio-campaign"),
    ],
    "studio-people": [
        studio("people/", NO_AT, BAD, fields={"address": "ada"}, wrong="address"),
        studio("people/", "Open the page of this person", fields={"address": "ada@readers.test"}),
        studio("people/", "Nobody signed up with it", fields={"address": "nobody@readers.test"}),
    ],
    "studio-suppressions": [
        studio("suppressions/", NO_AT, BAD, fields={"address": "ada"}, wrong="address"),
        studio("suppressions/", "on record:", fields={"address": "ada@readers.test"}),
        studio("suppressions/", "no suppression on record", fields={"address": "nobody@readers.test"}),
    ],
    "studio-person-say": [
        studio("people/{person}/say/", "what the person asks for", BAD, fields={**TOLD, "kind": ""}, wrong="kind"),
        studio("people/{person}/say/", "how it reached us", BAD, fields={**TOLD, "channel": ""}, wrong="channel"),
        studio("people/{person}/say/", "in the future", BAD, fields={**TOLD, "received": "2027-01-01"},
               wrong="received"),
        studio("people/{person}/say/", "There is no list", BAD, fields={**TOLD, "purpose": "no_such"},
               wrong="purpose"),
        on("people/{person}/say/", "studio-person", fields=TOLD),
    ],
    "studio-person-erase": [
        studio("people/{person}/erase/", "Tick the box", BAD, wrong="sure",
               fields={"channel": "phone", "received": "2026-11-20"}),
        studio("people/{person}/erase/", "how the request reached us", BAD, wrong="channel",
               fields={"received": "2026-11-20", "sure": "yes"}),
        on("people/{person}/erase/", "studio-person",
           fields={"channel": "phone", "received": "2026-11-20", "sure": "yes"}),
    ],
    "studio-person-lift": [
        studio("people/{person}/lift/", "suppression to lift", BAD, fields={"because": "A mistake"}, wrong="which"),
        studio("people/{person}/lift/", "Say why", BAD, fields={"which": MANUAL}, wrong="because"),
        studio("people/{person}/lift/", "how you know", BAD, fields={"do": "open"}, wrong="because"),
        on("people/{person}/lift/", "studio-approval", fields={"which": MANUAL, "because": "A mistake"}),
        on("people/{person}/lift/", "studio-approval", fields={"do": "open", "because": "She rang us"}),
    ],
    "studio-held-release": [
        studio("held/{person}/release/", "No sign-up is held", 404),
        on("held/{held}/release/", "studio-held"),
    ],
    "studio-held-drop": [
        studio("held/{person}/drop/", "No sign-up is held", 404),
        on("held/{held}/drop/", "studio-held"),
    ],
    "studio-ask-early": [
        studio("renewals/ask/", "Tick the box", BAD, fields={"within": "90", "people": "1"}, wrong="sure"),
        studio("renewals/ask/", "Look again", CONFLICT, fields={"within": "90", "people": "0", "sure": "yes"},
               anew=("people", "sure")),
    ],
    "studio-requests": [
        studio("requests/", "what the person asks for", BAD, fields={**TOLD, "kind": ""}, wrong="kind"),
        studio("requests/", "before 2018", BAD, fields={**TOLD, "received": "2002-11-20"}, wrong="received"),
        on("requests/", "studio-request", fields=TOLD),
    ],
    "studio-request-step": [
        studio("requests/{request}/close/", "how the request ended", BAD, fields={"words": "Not so"}, wrong="outcome"),
        studio("requests/{request}/close/", "needs its reason", BAD, fields={"outcome": "refused"}, wrong="words"),
        studio("requests/{request}/extend/", "Say why it takes longer", BAD, wrong="reason"),
        studio("requests/{closed}/close/", "is closed", CONFLICT, fields={"outcome": "fulfilled"}),
        on("requests/{request}/close/", "studio-request", fields={"outcome": "fulfilled", "words": "Done."}),
    ],
}  # fmt: skip

MACHINES = "for machines"
NO_ANSWERS: dict[str, str] = {
    "pipeline.web.health.alive": MACHINES,
    "pipeline.web.health.ready": MACHINES,
    "hook": MACHINES,
    "answer-for-script": "JSON, for the script of an embedded form, which test_embedding_in_browser.py opens",
}

# What anybody may meet anywhere, to a POST and to a GET alike.
FAILURES: list[Answer] = [
    studio(
        "sign-in/", "cannot be read", BAD, session="stranger", fields={"name": "ro\0bin", "password": "x"}
    ),
    page(
        "/c/{ben_confirms}",
        "did not come from one of our pages",
        403,
        fields=FORM,
        now=now.it_comes_from_elsewhere,
    ),
    studio("people/", "did not come from one of our pages", 403, fields={"csrfmiddlewaretoken": "forged"}),
    page("/c/no-such-token", "There is nothing here", 404, fields=FORM),
    studio("people/00000000-0000-0000-0000-000000000000/say/", "There is nothing here", 404),
    page("/privacy/", "This page cannot do that", 405),
    page(
        "/you/{ada_sees}/address",
        "several times today",
        CONFLICT,
        now=now.many_ask_for_an_address,
        fields={**FORM, "address": "ada2@readers.test"},
    ),
    page("/you/{ada_sees}/object", "This link is over", 410, now=now.the_link_is_over),
    page("/signup/", "too much at once", 413, fields={**SIGN_UP, "words": "x" * 300_000}),
    studio("people/", "too much at once", 413, fields={"address": "x" * 300_000}),
    page("/signup/", "wrong on our side", 500, fields=SIGN_UP, now=now.we_made_a_mistake),
    page("/signup/", "We cannot save this", 503, fields=SIGN_UP, now=now.the_database_is_away),
    studio(
        "stop/",
        "We cannot save this",
        503,
        fields={"reason": "Why"},
        now=now.the_database_is_away_for_members,
    ),
]
