"""Something to see on every page: people at every stage of their consent, members, letters, imports and decisions."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.test import Client
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from pipeline.actions.add_placement import add_placement
from pipeline.actions.ask_access import ask_access
from pipeline.actions.ask_new_address import ask_new_address
from pipeline.actions.catch_message import catch_message
from pipeline.actions.change_address import confirm_new_address
from pipeline.actions.close_request import close_request
from pipeline.actions.confirm import confirm
from pipeline.actions.create_campaign import NewCampaign
from pipeline.actions.letters_to_sign import letters_to_sign, series_to_sign
from pipeline.actions.mark_wrong import mark_wrong
from pipeline.actions.offer_articles import offer_upload
from pipeline.actions.open_due import open_due
from pipeline.actions.pause_list import pause_list
from pipeline.actions.plan_series import plan_series
from pipeline.actions.propose_campaign import propose_campaign
from pipeline.actions.queue_import import queue_import
from pipeline.actions.receive_request import receive_request
from pipeline.actions.render_series import render_series
from pipeline.actions.renew_consents import renew_consents
from pipeline.actions.run_imports import run_imports
from pipeline.actions.start_import import start_or_propose_import
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.survey_list import ImportOptions
from pipeline.actions.take_in import take_in
from pipeline.actions.take_offer import take_offer
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Method
from pipeline.core.consent.rights import Channel, Outcome, RequestKind
from pipeline.core.consent.suppression import ALL, MARKETING, Reason, Suppression
from pipeline.core.consent.tokens import Audience
from pipeline.core.content.importers.many import read_many
from pipeline.core.delivery.campaign import Mode
from pipeline.core.message.note import NoteKind
from pipeline.core.message.web_copy import series_code
from pipeline.core.people.powers import Role
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import articles, consent, feeds, list_imports, members, models, subscribers
from tests import factories
from tests.factories import DAILY, NOW, SERIES, WEEKLY
from tests.measuring import agree
from tests.web.articles import BACK_PAIN, feed_of
from tests.web.people import Person, force_login_with_both
from tests.web.rights_doors import notes_of, prefs_path, token_of

CONTENT = Path(__file__).resolve().parents[2] / "content"
ROWS = b"email,opted_in_at,status\numa@readers.test,2026-11-02,subscribed\n=1+1,,subscribed\nvic@a.test,,cleaned\n"
SETTINGS = {
    "ROUNDS_MEASURE_OPENS": "1",
    "ROUNDS_BASE_URL": "http://localhost:8000",  # browsers make passkeys for no other name without https
    "ROUNDS_OIDC_ISSUER": "https://login.clinic.test",
    "ROUNDS_OIDC_CLIENT_ID": "rounds",
    "ROUNDS_OIDC_CLIENT_SECRET": "a secret of the tests",
    "ROUNDS_OIDC_NAME": "Clinic login",
}


def settled(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """The clock stands still, everything that can be switched on is on, and lists and articles are kept in `folder`."""
    for name, value in SETTINGS.items():
        patch.setenv(name, value)
    shutil.copytree(CONTENT, folder / "content")
    patch.setenv("ROUNDS_CONTENT_DIR", str(folder / "content"))
    current.cache_clear()
    patch.setattr("pipeline.gateways.clock.now", lambda: NOW)
    patch.setattr(Client, "force_login", force_login_with_both)
    kept_in(folder, patch)
    for page in ("web.inbox.PAGE", "actions.list_suppressions.PAGE"):
        patch.setattr(f"pipeline.{page}", 5)


def kept_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Lists that are brought in lie in `folder`, and no worker is rung for."""
    own = replace(current(), data_dir=folder)
    patch.setattr("pipeline.actions.queue_import.current", lambda: own)
    for module in ("queue_import", "start_import", "follow_feed", "steer_feed"):
        patch.setattr(f"pipeline.actions.{module}.ring", lambda job: None)


def filled() -> dict[str, str]:
    """What stands in the paths of `every_page.py`, by name. Reads and writes the database of whoever calls."""
    factories.notices()
    return {**_readers(), **_letters(), **_desk(), **_imports(), **_incoming(), **_studio()}


def _joins(name: str, *purposes: str, at: datetime = NOW) -> Person:
    person = Person(f"{name}@readers.test")
    subscribe(SignUp(person.address, purposes, "test"), at)
    confirm(person.confirm_token(), at)
    return person


def _readers() -> dict[str, str]:
    """Ada is on both lists and has a pause; Ben has not confirmed; Cleo left; Dora moves; Eve's yes ends; Gus is
    on one list and allows nothing.
    """
    add_placement("blog", "https://blog.example/", (), NOW)
    add_placement("one", "https://one.example/", (WEEKLY,), NOW)
    ada, cleo, dora = (_joins(name, WEEKLY, DAILY) for name in ("ada", "cleo", "dora"))
    ben = Person("ben@readers.test")
    subscribe(SignUp(ben.address, (WEEKLY, DAILY), "test"), NOW)
    pause_list(ada.id, DAILY, NOW + timedelta(weeks=4), NOW)
    agree(subscribers.by_id(ada.id))
    gus = _joins("gus", WEEKLY)
    unsubscribe(cleo.leave_token(), Method.UNSUBSCRIBE_PAGE, NOW)
    factories.subscriber("eve", now=NOW - timedelta(days=720))
    factories.subscriber("finn", now=NOW - timedelta(days=640))
    renew_consents(NOW)
    return {
        "person": str(subscribers.by_id(ada.id).uid),
        "ada_leaves": ada.leave_token(),
        "ada_confirmed": ada.confirm_token(),
        "ben_confirms": ben.confirm_token(),
        "ben_refuses": ben.confirm_token(Audience.NOT_ME),
        "gus_chooses": prefs_path(gus).removeprefix("/p/"),
        "cleo_left": cleo.leave_token(),
        "eve_renews": token_of(notes_of(NoteKind.RECONFIRM)[0], Audience.RENEW),
        **_rights(ada, dora),
    }


def _rights(ada: Person, dora: Person) -> dict[str, str]:
    ask_access(ada.address, "192.0.2.1", NOW)
    ask_access(dora.address, "192.0.2.2", NOW)
    links = {n.subscriber_id: token_of(n, Audience.EXPORT) for n in notes_of(NoteKind.ACCESS_LINK)}
    ask_new_address(links[dora.id], "dora.new@readers.test", "192.0.2.2", NOW)
    confirm_new_address(token_of(notes_of(NoteKind.ADDRESS_CONFIRM)[0], Audience.ADDRESS), NOW)
    ask_new_address(links[ada.id], "ada.new@readers.test", "192.0.2.1", NOW)
    return {
        "ada_sees": links[ada.id],
        "ada_moves": token_of(notes_of(NoteKind.ADDRESS_CONFIRM)[-1], Audience.ADDRESS),
        "dora_comes_back": token_of(notes_of(NoteKind.ADDRESS_CHANGED)[0], Audience.ADDRESS_UNDO),
    }


def _letters() -> dict[str, str]:
    """A campaign whose first issue has opened, another that waits for a second person, and what the inbox caught."""
    for name, roles in (("maya", set(Role)), ("robin", {Role.SENDER, Role.PRIVACY_OFFICER}), ("sam", set())):
        User.objects.create_user(name, f"{name}@clinic.test")
        members.set_roles(name, frozenset(roles))
    factories.approved_article()
    plan_series(SERIES, NOW)
    render_series(SERIES, NOW)
    wanted = NewCampaign(
        series=SERIES, purpose=WEEKLY, mode=Mode.CALENDAR, weekday=1, at=time(9), zone="Europe/London",
        home_zone="Europe/London", start=date(2026, 12, 1), policy="default", name="winter",
    )  # fmt: skip
    proposal = propose_campaign(wanted, "robin", NOW)
    factories.campaign()
    open_due(NOW)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Rounds <rounds@rounds.test>",
        "ada@readers.test",
        "Hello",
    )
    message.set_content(
        "Hello in text, with a line that is a good deal longer than a telephone is wide. " * 3
    )
    message.add_alternative('<html><body><p>Hello, <a href="/">look</a></p></body></html>', subtype="html")
    for _ in range(6):  # more than one page of them
        catch_message("rounds@rounds.test", ["ada@readers.test"], message.as_bytes())
    ada = Person("ada@readers.test")
    fault, _ = mark_wrong(SERIES, 2, "It says 2 types, and there are 3.", "robin", NOW)
    first = models.IssueRevision.objects.get(mailing__campaign__name="autumn", issue__number=1)
    return {
        "fault": str(fault.id),
        "version": first.content_sha256[:12],
        "digest": articles.latest(SERIES).digest,
        "letters": letters_to_sign(series_to_sign(articles.latest(SERIES).article)).digest,
        "series": SERIES,
        "campaign": "autumn",
        "proposal": str(proposal.id),
        "code": series_code(SERIES),
        "ada_chooses": prefs_path(ada).removeprefix("/p/"),
        "message": str(models.CaughtMessage.objects.latest("id").pk),
    }


def _desk() -> dict[str, str]:
    ada = Person("ada@readers.test")
    for name in ("abuse", "postmaster"):
        subscribe(SignUp(f"{name}@readers.test", (WEEKLY,), "blog"), NOW)
    held = models.Confirmation.objects.filter(state="held").latest("id")
    key = key_of(parse(ada.address))
    consent.suppress(key, Suppression(ALL, Reason.COMPLAINT), NOW)
    consent.suppress(key, Suppression(MARKETING, Reason.MANUAL), NOW)
    for number in range(6):
        consent.suppress(key_of(parse(f"p{number}@gone.test")), Suppression(MARKETING, Reason.OBJECTION), NOW)
    asked = [
        receive_request(kind, person, Channel.POST, NOW, actor=Actor.DATA_SUBJECT, words="You write too often.")
        for kind, person in (
            (RequestKind.COMPLAINT, ada.id), (RequestKind.OBJECTION, None), (RequestKind.RECTIFICATION, ada.id),
        )
    ]  # fmt: skip
    close_request(asked[2].uid, Outcome.FULFILLED, NOW, "maya", "It is corrected.")
    return {"request": str(asked[0].uid), "closed": str(asked[2].uid), "held": str(held.uid)}


def _imports() -> dict[str, str]:
    """One list that was looked at and waits for a second person, and one that a worker is at."""
    options = ImportOptions(WEEKLY, "On paper", "notice-a:4", None, None, "", "yes")
    checked = queue_import([ROWS], "people.csv", options, "maya", NOW)
    run_imports()
    [kept] = list_imports.of_purpose(WEEKLY)
    start_or_propose_import(kept, "robin", NOW)
    moving = queue_import([ROWS], "people.csv", options, "maya", NOW)
    return {"list": WEEKLY, "checked": str(checked.uid), "moving": str(moving.uid)}


def _incoming() -> dict[str, str]:
    """An article that waits, several of which some are none, and one that is taken in; a feed that cannot be read and
    one that is stopped.
    """
    offer = offer_upload([BACK_PAIN.encode()], "back-pain.html", "maya", NOW)
    several = offer_upload(
        [feed_of("Sciatica", "Breast calcifications", "Tinnitus")], "posts.xml", "maya", NOW
    )
    taken = offer_upload([feed_of("Vertigo")], "vertigo.xml", "maya", NOW)
    take_offer(taken, {0}, "maya", NOW)
    for name in ("press-office", "blog"):
        feeds.add(name, f"https://{name}.test/feed", 24, NOW)
        feed = feeds.find(name)
        for entry in read_many("feed.xml", BytesIO(feed_of("Migraine", "News"))):
            take_in(feed, entry, NOW)
        feeds.read(feed, "", "", NOW)
    feeds.failed(feeds.find("press-office"), "https://press-office.test/feed: the server answered 503.", NOW)
    feeds.set_paused("blog", True, NOW)
    return {"offer": str(offer), "offers": str(several), "taken": str(taken)}


def _studio() -> dict[str, str]:
    """Maya's session, Robin's between the two steps, and Sam's, who has no second factor yet."""
    from pipeline.actions.make_recovery_codes import make_recovery_codes
    from pipeline.core.accounts.member import Who
    from pipeline.gateways import clock

    maya, robin, sam = (User.objects.get(username=name) for name in ("maya", "robin", "sam"))
    codes = {}
    for user in (maya, robin):
        models.SecondFactor.objects.create(
            member=user, kind="totp", name="Authenticator app", sealed_secret=b"", added_at=NOW
        )
        codes[f"{user.username}_code"] = make_recovery_codes(Who(user.pk, user.username), clock.machine())[0]
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    for user in (maya, robin):
        made = AttestedCredentialData.create(Aaguid.NONE, f"laptop of {user.username}".encode(), public)
        models.SecondFactor.objects.create(
            member=user, kind="passkey", name="Work laptop", added_at=NOW,
            credential_id=made.credential_id, credential=bytes(made),
        )  # fmt: skip
    codes["maya_app"] = str(models.SecondFactor.objects.get(member=maya, kind="totp").pk)
    return {"maya": _session(maya), "robin": _waiting(robin), "sam": _waiting(sam), **codes}


def _session(user: User) -> str:
    clients = [Client(headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"}) for _ in range(2)]
    for client in clients:
        client.force_login(user)
    return clients[0].cookies["sessionid"].value


def _waiting(user: User) -> str:
    from pipeline.gateways import clock
    from pipeline.store.session_engine import WAITING, SessionStore

    session = SessionStore()
    session[WAITING] = {"member": user.pk, "since": clock.machine().timestamp(), "then": ""}
    session.save()
    return str(session.session_key)
