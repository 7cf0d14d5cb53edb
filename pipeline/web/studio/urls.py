"""The paths under `/studio/`."""

from __future__ import annotations

from django.urls import include, path

from pipeline.web.studio.campaign_page import CampaignCounts, CampaignPage, SteerCampaign
from pipeline.web.studio.cancel_page import CancelPage
from pipeline.web.studio.issue_frame import IssueFrame
from pipeline.web.studio.issue_page import IssuePage
from pipeline.web.studio.overview import OverviewPage
from pipeline.web.studio.release_page import ReleasePage
from pipeline.web.studio.schedule_page import SchedulePage
from pipeline.web.studio.sending_page import StartSending, StopSending
from pipeline.web.studio.series_page import SeriesPage
from pipeline.web.studio.sign_in import SignInPage, SignOut

urlpatterns = [
    path("", include("pipeline.web.studio.desk.urls")),
    path("", OverviewPage.as_view(), name="studio"),
    path("stop/", StopSending.as_view(), name="studio-stop"),
    path("start/", StartSending.as_view(), name="studio-start"),
    path("sign-in/", SignInPage.as_view(), name="studio-sign-in"),
    path("sign-out/", SignOut.as_view(), name="studio-sign-out"),
    path("series/<slug:slug>/", SeriesPage.as_view(), name="studio-series"),
    path("series/<slug:slug>/schedule/", SchedulePage.as_view(), name="studio-schedule"),
    path("series/<slug:slug>/<int:number>/", IssuePage.as_view(), name="studio-issue"),
    path("series/<slug:slug>/<int:number>/html/", IssueFrame.as_view(), name="studio-issue-frame"),
    path("campaigns/<str:name>/", CampaignPage.as_view(), name="studio-campaign"),
    path("campaigns/<str:name>/live/", CampaignCounts.as_view(), name="studio-campaign-live"),
    path("campaigns/<str:name>/cancel/", CancelPage.as_view(), name="studio-cancel"),
    path("campaigns/<str:name>/release/<int:number>/", ReleasePage.as_view(), name="studio-release"),
    path("campaigns/<str:name>/<slug:verb>/", SteerCampaign.as_view(), name="studio-steer"),
]
