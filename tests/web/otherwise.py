"""What is otherwise while one answer is looked at. Each is named as a reader would say it after "when"."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from django.db import OperationalError
from pytest import MonkeyPatch  # noqa: PT013 - named in every line below

from pipeline.core.errors import BadInput, NotFound, Unavailable
from tests.factories import NOW

STUDIO = "pipeline.web.studio"


def _raises(error: Exception):
    def act(*args: object, **more: object) -> None:
        raise error

    return act


def many_sign_up(patch: MonkeyPatch) -> None:
    from pipeline.core.consent.defence import defence
    from pipeline.core.consent.limits import DEFAULT

    busy = defence(DEFAULT.everywhere_hour, DEFAULT.everywhere_hour)
    assert busy.second_step
    patch.setattr("pipeline.web.public.sign_up_form.pressure", lambda: busy)


def many_complain(patch: MonkeyPatch) -> None:
    from pipeline.core.consent.limits import Limit

    patch.setattr("pipeline.actions.complain.form_limit", lambda *_: Limit.NETWORK)


def many_ask_for_an_address(patch: MonkeyPatch) -> None:
    from pipeline.core.consent.limits import Limit

    patch.setattr("pipeline.actions.ask_new_address.form_limit", lambda *_: Limit.ADDRESS_DAY)


def the_database_is_away_for_goodbyes(patch: MonkeyPatch) -> None:
    """The goodbye goes to the disk, from which nobody takes it here."""
    patch.setattr("pipeline.actions.unsubscribe.hold_subscription", _raises(OperationalError("away")))
    patch.setattr("pipeline.actions.unsubscribe.spool.add", lambda *_: None)
    patch.setattr("pipeline.web.public.unsubscribe_page.apply_soon", lambda: None)


def the_database_is_away(patch: MonkeyPatch) -> None:
    patch.setattr("pipeline.web.public.sign_up_form.in_force", _raises(OperationalError("away")))


def the_database_is_away_for_members(patch: MonkeyPatch) -> None:
    patch.setattr(f"{STUDIO}.sending_page.stop_sending", _raises(OperationalError("away")))


def we_made_a_mistake(patch: MonkeyPatch) -> None:
    patch.setattr(
        "pipeline.web.public.sign_up_form.in_force", _raises(ZeroDivisionError("a mistake of ours"))
    )


def it_comes_from_elsewhere(patch: MonkeyPatch) -> None:
    patch.setattr("pipeline.web.public.page.came_from_our_page", lambda request: False)


def the_link_is_over(patch: MonkeyPatch) -> None:
    patch.setattr("pipeline.web.public.you_page.look_at_access", lambda *_: None)


def somebody_was_wrong_too_often(patch: MonkeyPatch) -> None:
    for name in ("with_password", "with_second_factor"):
        patch.setattr(f"{STUDIO}.attempts.{name}", lambda *_: None)


def the_password_is_right(patch: MonkeyPatch) -> None:
    """Argon2 is slow on purpose, and is tested elsewhere."""
    from django.contrib.auth.models import User

    def authenticate(request, username, password):
        return User.objects.get(username=username)

    patch.setattr(f"{STUDIO}.sign_in.authenticate", authenticate)
    patch.setattr("pipeline.store.members.password_is", lambda *_: True)
    patch.setattr("pipeline.store.members.set_password", lambda *_: None)


def the_proof_is_old(patch: MonkeyPatch) -> None:
    patch.setattr(f"{STUDIO}.sensitive_page.may_change_account", lambda request: False)


def no_recovery_code_is_left(patch: MonkeyPatch) -> None:
    patch.setattr("pipeline.store.second_factors.codes_left", lambda member: 0)


def the_provider_answers(patch: MonkeyPatch) -> None:
    from pipeline.gateways.identity_provider import Started

    started = Started(*(secrets.token_urlsafe(8) for _ in range(3)))
    patch.setattr(f"{STUDIO}.provider.begin_at_provider", lambda: ("https://login.clinic.test/", started))


def the_provider_is_away(patch: MonkeyPatch) -> None:
    away = Unavailable("Clinic login cannot be reached. Try again later.")
    patch.setattr(f"{STUDIO}.provider.begin_at_provider", _raises(away))


def maya_has_no_role(patch: MonkeyPatch) -> None:
    from pipeline.store import members

    members.set_roles("maya", frozenset())


def maya_is_admin_alone(patch: MonkeyPatch) -> None:
    from pipeline.core.people.powers import Role
    from pipeline.store import members

    members.set_roles("maya", frozenset({Role.ADMIN}))


def robin_took_it_back(patch: MonkeyPatch) -> None:
    from pipeline.actions.decide_proposal import decline
    from pipeline.core.people.proposal import ProposalKind
    from pipeline.store import proposals

    [waiting] = [each for each in proposals.newest(50) if each.kind is ProposalKind.SEND_TO_LIST]
    decline(waiting.id, "robin", NOW)


def the_notice_is_gone(patch: MonkeyPatch) -> None:
    gone = NotFound("There is no notice 'notice-a:4'. For this list: none.")
    patch.setattr(f"{STUDIO}.import_page.queue_import", _raises(gone))


def imports_are_small(patch: MonkeyPatch) -> None:
    from pipeline.settings import current

    small = replace(current(), import_mb=0)
    patch.setattr(f"{STUDIO}.import_page.current", lambda: small)


def one_pair_of_eyes_is_enough(patch: MonkeyPatch) -> None:
    from pipeline.settings import current

    alone = replace(current(), four_eyes=False)
    patch.setattr("pipeline.actions.second_pair.current", lambda: alone)


def the_import_has_ended(patch: MonkeyPatch) -> None:
    from pipeline.store import models

    models.ListImport.objects.update(state="done")


def others_are_read(patch: MonkeyPatch) -> None:
    patch.setattr("pipeline.actions.offer_articles.READERS", 0)


def the_feed_is_away(patch: MonkeyPatch) -> None:
    away = Unavailable("The feed cannot be reached. Try again later.")
    patch.setattr("pipeline.actions.follow_feed.fetch", _raises(away))


def the_feed_answers(patch: MonkeyPatch) -> None:
    from pipeline.gateways.fetch import Fetched
    from tests.web.articles import feed_of

    page = Fetched("https://press.test/feed", "application/rss+xml", feed_of("Sciatica"))
    patch.setattr("pipeline.actions.follow_feed.fetch", lambda url: page)


def the_series_file_is_wrong(patch: MonkeyPatch) -> None:
    wrong = BadInput("The series file cannot be read.", place="series.yaml", line=3)
    patch.setattr(f"{STUDIO}.series_page.plan_series", _raises(wrong))


def the_campaign_has_finished(patch: MonkeyPatch) -> None:
    from pipeline.store import models

    models.Campaign.objects.update(state="finished")


def issue_1_is_late(patch: MonkeyPatch) -> None:
    from pipeline.store import models

    models.Mailing.objects.filter(number=1).update(state="held_late", due_at=NOW - timedelta(days=3))


def the_article_is_edited(patch: MonkeyPatch) -> None:
    from tests import factories

    factories.edited("There are 2 types", "There are 3 types")


def the_article_is_mended(patch: MonkeyPatch) -> None:
    from tests import factories

    factories.edited("There are 2 types", "There are 3 types")
    factories.signed()
