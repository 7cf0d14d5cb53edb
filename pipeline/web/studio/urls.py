"""The paths under `/studio/`."""

from __future__ import annotations

from django.urls import include, path

from pipeline.web.studio.account_page import AccountPage, EndSession, SignOutEverywhere
from pipeline.web.studio.approvals_page import ApprovalPage, ApprovalsPage
from pipeline.web.studio.article_import_page import ArticleImportPage, OfferPage, TakeOffer
from pipeline.web.studio.article_page import ArticlePage, SendBackArticle, SubmitArticle, WithdrawApproval
from pipeline.web.studio.articles_page import ArticlesPage
from pipeline.web.studio.audit_page import AuditPage
from pipeline.web.studio.campaign_page import CampaignCounts, CampaignPage, SteerCampaign
from pipeline.web.studio.cancel_page import CancelPage
from pipeline.web.studio.corrections_page import CorrectionPage, CorrectionsPage, LiftMarkPage, MarkWrongPage
from pipeline.web.studio.export_page import ExportPage
from pipeline.web.studio.factor_pages import AppPage, NewRecoveryCodes, PasskeyPage, RemoveFactor
from pipeline.web.studio.feeds_page import FeedPage, FeedsPage, SteerFeed
from pipeline.web.studio.import_page import (
    DecideImport,
    ImportPage,
    ImportProgress,
    ImportReportPage,
    RefusedRowsFile,
)
from pipeline.web.studio.issue_frame import IssueFrame
from pipeline.web.studio.issue_page import IssuePage
from pipeline.web.studio.lists_page import ListsPage
from pipeline.web.studio.members_page import MemberRoles, MembersPage
from pipeline.web.studio.overview import OverviewPage
from pipeline.web.studio.passkey_sign_in import PasskeySignIn
from pipeline.web.studio.password_page import PasswordPage
from pipeline.web.studio.provider import BackFromProvider, LinkProvider, ToProvider
from pipeline.web.studio.release_page import ReleasePage
from pipeline.web.studio.schedule_page import SchedulePage
from pipeline.web.studio.second_step import SecondStepPage
from pipeline.web.studio.sending_page import StartSending, StopSending
from pipeline.web.studio.sensitive_page import ConfirmPage
from pipeline.web.studio.series_page import SeriesPage
from pipeline.web.studio.set_up import SetUpPage
from pipeline.web.studio.sign_in import SignInPage, SignOut
from pipeline.web.studio.sign_page import SignPage

urlpatterns = [
    path("", include("pipeline.web.studio.desk.urls")),
    path("", OverviewPage.as_view(), name="studio"),
    path("stop/", StopSending.as_view(), name="studio-stop"),
    path("start/", StartSending.as_view(), name="studio-start"),
    path("sign-in/", SignInPage.as_view(), name="studio-sign-in"),
    path("sign-in/passkey/", PasskeySignIn.as_view(), name="studio-sign-in-passkey"),
    path("sign-in/second-step/", SecondStepPage.as_view(), name="studio-second-step"),
    path("sign-in/set-up/", SetUpPage.as_view(), name="studio-set-up"),
    path("sign-in/provider/", ToProvider.as_view(), name="studio-provider"),
    path("sign-in/provider/back/", BackFromProvider.as_view(), name="studio-provider-back"),
    path("account/", AccountPage.as_view(), name="studio-account"),
    path("account/confirm/", ConfirmPage.as_view(), name="studio-account-confirm"),
    path("account/password/", PasswordPage.as_view(), name="studio-account-password"),
    path("account/app/", AppPage.as_view(), name="studio-account-app"),
    path("account/passkey/", PasskeyPage.as_view(), name="studio-account-passkey"),
    path("account/factors/<int:factor_id>/remove/", RemoveFactor.as_view(), name="studio-account-remove"),
    path("account/recovery-codes/", NewRecoveryCodes.as_view(), name="studio-account-codes"),
    path("account/link/", LinkProvider.as_view(), name="studio-account-link"),
    path("account/sessions/end/", EndSession.as_view(), name="studio-account-end"),
    path("account/sign-out-everywhere/", SignOutEverywhere.as_view(), name="studio-account-everywhere"),
    path("sign-out/", SignOut.as_view(), name="studio-sign-out"),
    path("approvals/", ApprovalsPage.as_view(), name="studio-approvals"),
    path("approvals/<int:number>/", ApprovalPage.as_view(), name="studio-approval"),
    path("members/", MembersPage.as_view(), name="studio-members"),
    path("members/roles/", MemberRoles.as_view(), name="studio-member-roles"),
    path("audit/", AuditPage.as_view(), name="studio-audit"),
    path("articles/", ArticlesPage.as_view(), name="studio-articles"),
    path("articles/<slug:slug>/", ArticlePage.as_view(), name="studio-article"),
    path("articles/<slug:slug>/sign/", SignPage.as_view(), name="studio-sign"),
    path("articles/<slug:slug>/submit/", SubmitArticle.as_view(), name="studio-submit"),
    path("articles/<slug:slug>/send-back/", SendBackArticle.as_view(), name="studio-send-back"),
    path("articles/<slug:slug>/withdraw/", WithdrawApproval.as_view(), name="studio-withdraw"),
    path("import/", ArticleImportPage.as_view(), name="studio-article-import"),
    path("import/<uuid:uid>/", OfferPage.as_view(), name="studio-offer"),
    path("import/<uuid:uid>/take/", TakeOffer.as_view(), name="studio-take-offer"),
    path("feeds/", FeedsPage.as_view(), name="studio-feeds"),
    path("feeds/<slug:name>/", FeedPage.as_view(), name="studio-feed"),
    path("feeds/<slug:name>/<slug:verb>/", SteerFeed.as_view(), name="studio-steer-feed"),
    path("corrections/", CorrectionsPage.as_view(), name="studio-corrections"),
    path("corrections/mark/", MarkWrongPage.as_view(), name="studio-mark-wrong"),
    path("corrections/<int:number>/", CorrectionPage.as_view(), name="studio-correction"),
    path("corrections/<int:number>/lift/", LiftMarkPage.as_view(), name="studio-lift-mark"),
    path("lists/", ListsPage.as_view(), name="studio-lists"),
    path("lists/<slug:purpose>/import/", ImportPage.as_view(), name="studio-import"),
    path("lists/<slug:purpose>/import/<uuid:uid>/", ImportReportPage.as_view(), name="studio-import-report"),
    path("lists/<slug:purpose>/import/<uuid:uid>/live/", ImportProgress.as_view(), name="studio-import-live"),
    path("lists/<slug:purpose>/import/<uuid:uid>/refused/", RefusedRowsFile.as_view(), name="studio-refused"),
    path(
        "lists/<slug:purpose>/import/<uuid:uid>/start/",
        DecideImport.as_view(),
        {"verb": "start"},
        name="studio-start-import",
    ),
    path(
        "lists/<slug:purpose>/import/<uuid:uid>/drop/",
        DecideImport.as_view(),
        {"verb": "drop"},
        name="studio-drop-import",
    ),
    path("lists/<slug:purpose>/export/", ExportPage.as_view(), name="studio-export"),
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
