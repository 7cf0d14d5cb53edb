"""The paths of the consent desk, under `/studio/`. No address is in any of them: a person is an opaque uid."""

from __future__ import annotations

from django.urls import path

from pipeline.web.studio.desk.erase_page import ErasePage
from pipeline.web.studio.desk.files_page import EverythingFile, ProofFile, RecordsFile
from pipeline.web.studio.desk.held_page import DropHeld, HeldPage, ReleaseHeld
from pipeline.web.studio.desk.lift_page import LiftPage
from pipeline.web.studio.desk.notices_page import NoticePage, NoticesPage
from pipeline.web.studio.desk.people_page import PeoplePage
from pipeline.web.studio.desk.person_page import PersonPage
from pipeline.web.studio.desk.renewals_page import AskEarlyPage, RenewalsPage
from pipeline.web.studio.desk.request_page import RequestPage, RequestStep
from pipeline.web.studio.desk.requests_page import RequestsPage
from pipeline.web.studio.desk.say_page import SayPage
from pipeline.web.studio.desk.suppressions_page import SuppressionsPage

urlpatterns = [
    path("people/", PeoplePage.as_view(), name="studio-people"),
    path("people/<uuid:uid>/", PersonPage.as_view(), name="studio-person"),
    path("people/<uuid:uid>/say/", SayPage.as_view(), name="studio-person-say"),
    path("people/<uuid:uid>/erase/", ErasePage.as_view(), name="studio-person-erase"),
    path("people/<uuid:uid>/lift/", LiftPage.as_view(), name="studio-person-lift"),
    path("people/<uuid:uid>/files/everything.json", EverythingFile.as_view(), name="studio-person-file"),
    path(
        "people/<uuid:uid>/files/consent-records.jsonld", RecordsFile.as_view(), name="studio-person-records"
    ),
    path(
        "people/<uuid:uid>/files/proof-<slug:purpose>.<slug:form>",
        ProofFile.as_view(),
        name="studio-person-proof",
    ),
    path("held/", HeldPage.as_view(), name="studio-held"),
    path("held/<uuid:uid>/release/", ReleaseHeld.as_view(), name="studio-held-release"),
    path("held/<uuid:uid>/drop/", DropHeld.as_view(), name="studio-held-drop"),
    path("renewals/", RenewalsPage.as_view(), name="studio-renewals"),
    path("renewals/ask/", AskEarlyPage.as_view(), name="studio-ask-early"),
    path("suppressions/", SuppressionsPage.as_view(), name="studio-suppressions"),
    path("notices/", NoticesPage.as_view(), name="studio-notices"),
    path("notices/<slug:notice_id>/", NoticePage.as_view(), name="studio-notice"),
    path("requests/", RequestsPage.as_view(), name="studio-requests"),
    path("requests/<uuid:uid>/", RequestPage.as_view(), name="studio-request"),
    path("requests/<uuid:uid>/<slug:step>/", RequestStep.as_view(), name="studio-request-step"),
]
