"""Every path that the site answers: how to open it with something to see, or why it is no page.

The names in braces come from `full_house.py`. A path that is added to the site belongs in one of the two tables.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """Where to open a page, and whose session it takes: `maya`, `robin` (between the two steps), `sam` (has no
    second factor yet), a `stranger` at the door of the studio, or nobody's on the pages that set no cookie.
    """

    path: str
    session: str = "maya"


def _public(*paths: str) -> list[Page]:
    return [Page(path, "") for path in paths]


def _studio(*paths: str) -> list[Page]:
    return [Page(f"/studio/{path}") for path in paths]


MISSING = "/no/such/page"
PAGES: dict[str, list[Page]] = {
    "landing": _public("/", MISSING),
    "sign-up": _public("/signup/"),
    "sign-up-sent": _public("/signup/sent/"),
    "sign-up-from": _public("/signup/from/blog/", "/signup/from/one/"),
    "read": _public("/read/{code}/1"),
    "sources": _public("/read/{code}/sources"),
    "read-version": _public("/read/{code}/1/{version}"),
    "privacy": _public("/privacy/"),
    "ask-access": _public("/privacy/see/"),
    "ask-access-sent": _public("/privacy/see/sent/"),
    "complaint": _public("/privacy/complaint/"),
    "confirm": _public("/c/{ben_confirms}", "/c/{ada_confirmed}"),
    "not-me": _public("/n/{ben_refuses}"),
    "unsubscribe": _public("/u/{ada_leaves}", "/u/{cleo_left}"),
    "renew": _public("/renew/{eve_renews}"),
    "preferences": _public("/p/{ada_chooses}"),
    "you": _public("/you/{ada_sees}"),
    "forget": _public("/you/{ada_sees}/forget"),
    "confirm-address": _public("/a/{ada_moves}"),
    "undo-address": _public("/w/{dora_comes_back}"),
    "studio": _studio(""),
    "studio-sign-in": [Page("/studio/sign-in/", "stranger")],
    "studio-second-step": [Page("/studio/sign-in/second-step/", "robin")],
    "studio-set-up": [Page("/studio/sign-in/set-up/", "sam")],
    "studio-account": _studio("account/"),
    "studio-account-confirm": _studio("account/confirm/"),
    "studio-account-password": _studio("account/password/"),
    "studio-account-app": _studio("account/app/"),
    "studio-account-passkey": _studio("account/passkey/"),
    "studio-approvals": _studio("approvals/"),
    "studio-approval": _studio("approvals/{proposal}/"),
    "studio-members": _studio("members/"),
    "studio-audit": _studio("audit/"),
    "studio-articles": _studio("articles/"),
    "studio-article": _studio("articles/{series}/"),
    "studio-sign": _studio("articles/{series}/sign/"),
    "studio-article-import": _studio("import/"),
    "studio-offer": _studio("import/{offer}/", "import/{offers}/", "import/{taken}/"),
    "studio-feeds": _studio("feeds/"),
    "studio-feed": _studio("feeds/press-office/", "feeds/blog/"),
    "studio-corrections": _studio("corrections/"),
    "studio-mark-wrong": _studio("corrections/mark/"),
    "studio-correction": _studio("corrections/{fault}/"),
    "studio-lists": _studio("lists/"),
    "studio-import": _studio("lists/{list}/import/"),
    "studio-import-report": _studio("lists/{list}/import/{checked}/", "lists/{list}/import/{moving}/"),
    "studio-export": _studio("lists/{list}/export/"),
    "studio-series": _studio("series/{series}/"),
    "studio-schedule": _studio("series/{series}/schedule/"),
    "studio-issue": _studio(
        "series/{series}/1/", "series/{series}/1/?on=desktop", "series/{series}/1/?on=text"
    ),
    "studio-campaign": _studio("campaigns/{campaign}/"),
    "studio-cancel": _studio("campaigns/{campaign}/cancel/"),
    "studio-release": _studio("campaigns/{campaign}/release/2/"),
    "studio-people": _studio("people/"),
    "studio-person": _studio("people/{person}/"),
    "studio-person-erase": _studio("people/{person}/erase/"),
    "studio-person-lift": _studio("people/{person}/lift/"),
    "studio-held": _studio("held/"),
    "studio-renewals": _studio("renewals/?within=90"),
    "studio-ask-early": _studio("renewals/ask/?within=90"),
    "studio-suppressions": _studio("suppressions/"),
    "studio-notices": _studio("notices/"),
    "studio-notice": _studio("notices/notice-a/?old=1&new=4"),
    "studio-requests": _studio("requests/"),
    "studio-request": _studio("requests/{request}/", "requests/{closed}/"),
    "inbox": [Page("/inbox/")],
    "inbox-message": [Page("/inbox/{message}/"), Page("/inbox/{message}/?as=source")],
}

ASKED_FOR = "a button: a GET shows the page that it stands on"
BUTTON = "a button: its GET is 405"
FRAME = "what a frame of a page shows; the letter itself is opened as `read`"
NO_PAGES: dict[str, str] = {
    "pipeline.web.health.alive": "one word, for machines",
    "pipeline.web.health.ready": "JSON, for machines",
    "hook": "providers post here: its GET is 405",
    "form-for-script": "JSON, for the script of an embedded form, which test_embedding_in_browser.py opens",
    "answer-for-script": "JSON, for the script of an embedded form, which test_embedding_in_browser.py opens",
    "picture": "a picture",
    "pixel": "a picture of one dot",
    "undo-unsubscribe": ASKED_FOR,
    "download": ASKED_FOR,
    "new-address": ASKED_FOR,
    "object": ASKED_FOR,
    "studio-stop": BUTTON,
    "studio-lift-mark": BUTTON,
    "studio-start": BUTTON,
    "studio-sign-out": BUTTON,
    "studio-sign-in-passkey": BUTTON,
    "studio-account-remove": BUTTON,
    "studio-account-codes": BUTTON,
    "studio-account-link": BUTTON,
    "studio-account-end": BUTTON,
    "studio-account-everywhere": BUTTON,
    "studio-member-roles": BUTTON,
    "studio-submit": BUTTON,
    "studio-send-back": BUTTON,
    "studio-withdraw": BUTTON,
    "studio-start-import": BUTTON,
    "studio-drop-import": BUTTON,
    "studio-steer": BUTTON,
    "studio-take-offer": BUTTON,
    "studio-steer-feed": BUTTON,
    "studio-person-say": BUTTON,
    "studio-held-release": BUTTON,
    "studio-held-drop": BUTTON,
    "studio-request-step": BUTTON,
    "studio-provider": "leads to the identity provider",
    "studio-provider-back": "leads back from the identity provider",
    "studio-refused": "a file",
    "studio-person-file": "a file",
    "studio-person-records": "a file",
    "studio-person-proof": "a file",
    "studio-issue-frame": FRAME,
    "inbox-frame": FRAME,
    "studio-import-live": "a part of `studio-import-report`, which its script fetches",
    "studio-campaign-live": "a part of `studio-campaign`, which its script fetches",
}
