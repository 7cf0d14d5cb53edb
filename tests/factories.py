"""Valid things in one line. Named people: ada, ben and cleo. All addresses are under `.test`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from unittest import mock

from pipeline.actions import create_campaign
from pipeline.actions.approve_article import approve_article
from pipeline.actions.create_campaign import NewCampaign
from pipeline.actions.import_article import digest_of, import_article
from pipeline.actions.import_file import import_file
from pipeline.actions.plan_series import plan_series, read_series
from pipeline.actions.publish_notices import publish_notices
from pipeline.actions.record_consent import record_consent
from pipeline.actions.render_series import RenderedIssue, render_series
from pipeline.actions.survey_list import ImportOptions, tell_nobody
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.lists.progress import ImportReport
from pipeline.core.content.importers import read
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import articles, consent, models, sealing, subscribers
from pipeline.store.subscribers import StoredSubscriber, random_uid
from tests.put_back import put_back

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
WEEKLY = "weekly_health_email"
DAILY = "daily_health_newsletter"
SERIES = "breast-calcifications"
CONTENT = Path(__file__).resolve().parent.parent / "content"


NOTICES = (models.Purpose, models.NoticeVersion, models.Party, models.PurposeVersion, models.ConsentWalk)


def notices(now: datetime = NOW) -> None:
    """Both lists, with their notices in force since before `NOW`."""
    if not _of_the_project():
        publish_notices(now)
        return
    put_back(("notices", _settings()), NOTICES, lambda: publish_notices(now), now)


def _of_the_project() -> bool:
    """Whether the content folder is the project's own, or a copy with nothing changed in it."""
    folder = current().content_dir
    return folder == CONTENT or _words(folder) == _words(CONTENT)


def _words(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _settings() -> str:
    """What letters and notices may depend on."""
    return repr(replace(current(), data_dir=Path(), content_dir=Path()))


def subscriber(
    name: str = "ada", purpose: str = WEEKLY, now: datetime = NOW, *, zone: str = "", given_name: str = ""
) -> StoredSubscriber:
    """Somebody who confirmed. Notices must be published."""
    address = parse(f"{name}@readers.test")
    person = subscribers.ensure(address.mailbox, key_of(address), now, zone=zone, given_name=given_name)
    say(person, EventKind.CONSENT_GIVEN, purpose, now)
    return person


def key(name: str) -> bytes:
    """The keyed hash of a named person's address: nothing else finds them in the database."""
    return key_of(parse(f"{name}@readers.test"))


def readdress(name: str, address: str) -> None:
    """Put another address into a person's row, as somebody with the secret could. The key beside it stays."""
    row = models.Subscriber.objects.get(address_key=key(name))
    _, person = sealing.new_person(row.uid, address, "")
    models.Subscriber.objects.filter(pk=row.pk).update(
        wrapped_key=person.wrapped_key, sealed_address=person.address
    )


def readers(names: Iterable[str] = ("ada", "ben", "cleo"), **more: object) -> list[StoredSubscriber]:
    """Several who confirmed."""
    return [subscriber(name, **more) for name in names]  # type: ignore[arg-type]


def say(person: StoredSubscriber, kind: EventKind, purpose: str | None = WEEKLY, now: datetime = NOW) -> None:
    """Append one entry to a person's ledger."""
    record_consent(
        person.id,
        [
            Entry(
                event_id=random_uid(),
                kind=kind,
                purpose=purpose,
                occurred_at=now,
                actor=Actor.DATA_SUBJECT,
                method=Method.CONFIRM_POST,
                evidence_grade=EvidenceGrade.FULL,
            )
        ],
    )


LETTERS = (
    models.Article,
    models.ArticleRevision,
    models.SignOff,
    models.ReviewEvent,
    models.Series,
    models.Issue,
    models.IssueRevision,
    models.SignedLetter,
)


def approved_article(now: datetime = NOW) -> str:
    """The article of the content folder, signed off for a demonstration, with its letters where its list is published.
    Returns its slug.
    """
    if not _of_the_project():
        return _approve(now)
    title = consent.list_titles([WEEKLY]).get(WEEKLY)
    put_back(("article", title, now.date(), _settings()), LETTERS, lambda: _approve(now), now)
    return SERIES


def _approve(now: datetime) -> str:
    import_article(CONTENT / "articles" / f"{SERIES}.md", now)
    approve_article(
        SERIES, "Dr Demo", "Demonstration only", "none", date(2027, 11, 1), now, demonstration=True
    )
    return SERIES


def edited(old: str, new: str, now: datetime = NOW) -> str:
    """Edit the article: `old`, which it says somewhere, becomes `new`. Returns the digest of the new revision."""
    source = (CONTENT / "articles" / f"{SERIES}.md").read_text()
    assert old in source
    reading = read(f"{SERIES}.md", source.replace(old, new).encode())
    digest = digest_of(reading)
    articles.save_revision(reading.article, digest, (), f"{SERIES}.md", now)
    return digest


def signed(now: datetime = NOW, until: date = date(2027, 11, 1), **more: object) -> str:
    """The newest revision, signed off for a demonstration. Returns its digest."""
    return approve_article(
        SERIES, "Dr Demo", "Demonstration only", "none", until, now, demonstration=True, **more
    )  # type: ignore[arg-type]


def series(now: datetime = NOW) -> list[RenderedIssue]:
    """The approved article, planned and rendered."""
    title = consent.list_titles([WEEKLY]).get(WEEKLY)
    if not _of_the_project() or title is None:
        return _render(now)
    key = ("series", title, now.date(), _settings())
    rendered, numbers = put_back(key, LETTERS, lambda: _render(now), now)
    new = numbers.get("issue_revision", {})
    return [replace(each, revision_id=new.get(each.revision_id, each.revision_id)) for each in rendered]


def _render(now: datetime) -> list[RenderedIssue]:
    _approve(now)
    plan_series(SERIES, now)
    return render_series(SERIES, now)


def campaign(
    mode: Mode = Mode.CALENDAR,
    now: datetime = NOW,
    *,
    zone: str | None = "Europe/London",
    start: date | None = None,
    name: str = "autumn",
    policy: str = "default",
) -> Campaign:
    """A campaign of the approved article on Tuesdays at nine, its first issue due at once."""
    rendered = series(now)
    wanted = NewCampaign(
        series=SERIES,
        purpose=WEEKLY,
        mode=mode,
        weekday=1,
        at=time(9),
        zone=zone,
        home_zone="Europe/London",
        start=start,
        policy=policy,
        name=name,
    )
    planned = read_series(SERIES).plan, ()
    with (  # planned and rendered above
        mock.patch.object(create_campaign, "plan_series", return_value=planned),
        mock.patch.object(create_campaign, "render_series", return_value=rendered),
    ):
        return create_campaign.create_campaign(wanted, now)


def bring(path: Path, purpose: str = WEEKLY, **options: object) -> ImportReport:
    """Import a list, as the command does, with a decision of the controller where nothing else is said."""
    said = {"evidence": "On paper", "decision": "We answer for it.", "purpose": purpose, **options}
    return import_file(
        path, ImportOptions(**said), "cli:maya", NOW, dry_run=False, refused=None, tell=tell_nobody
    ).report
