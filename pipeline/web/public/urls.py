"""The public paths. Short, so that a token's URL fits one line of a message; no condition's name in any (C-28).

The paths with a token answer with and without a slash at the end: a redirect would lose a one-click POST (U-08).
"""

from __future__ import annotations

from django.urls import path, re_path

from pipeline.web.public.access_form import AccessForm, AccessSent
from pipeline.web.public.address_page import NewAddressPage, UndoAddressPage
from pipeline.web.public.complaint import ComplaintPage
from pipeline.web.public.confirm_page import ConfirmPage
from pipeline.web.public.embedded_form import AnswerForScript, FormForScript
from pipeline.web.public.landing import Landing
from pipeline.web.public.not_me import NotMePage
from pipeline.web.public.picture import PicturePage
from pipeline.web.public.pixel_page import PixelPage
from pipeline.web.public.preferences import PreferencesPage
from pipeline.web.public.privacy import Privacy
from pipeline.web.public.read import ReadPage, ReadVersionPage
from pipeline.web.public.renew_page import RenewPage
from pipeline.web.public.sign_up import SentPage, SignUpFromPage, SignUpPage
from pipeline.web.public.sources import SourcesPage
from pipeline.web.public.unsubscribe_page import LeavePage, UndoPage
from pipeline.web.public.you_page import Download, Forget, NewAddress, Object, YouPage

TOKEN = r"(?P<token>[^/]{1,200})"  # noqa: S105  # a pattern

urlpatterns = [
    path("", Landing.as_view(), name="landing"),
    path("signup/", SignUpPage.as_view(), name="sign-up"),
    path("signup/sent/", SentPage.as_view(), name="sign-up-sent"),
    path("signup/from/<slug:placement>/", SignUpFromPage.as_view(), name="sign-up-from"),
    path("signup/from/<slug:placement>/form", FormForScript.as_view(), name="form-for-script"),
    path("signup/from/<slug:placement>/answer", AnswerForScript.as_view(), name="answer-for-script"),
    re_path(r"^read/(?P<code>[0-9a-f]{8})/(?P<number>[0-9]{1,3})/?$", ReadPage.as_view(), name="read"),
    re_path(r"^read/(?P<code>[0-9a-f]{8})/sources/?$", SourcesPage.as_view(), name="sources"),
    re_path(
        r"^images/(?P<digest>[0-9a-f]{64})\.(?P<kind>png|jpg|gif)$", PicturePage.as_view(), name="picture"
    ),
    re_path(
        r"^read/(?P<code>[0-9a-f]{8})/(?P<number>[0-9]{1,3})/(?P<version>[0-9a-f]{12})/?$",
        ReadVersionPage.as_view(),
        name="read-version",
    ),
    path("privacy/", Privacy.as_view(), name="privacy"),
    path("privacy/see/", AccessForm.as_view(), name="ask-access"),
    path("privacy/see/sent/", AccessSent.as_view(), name="ask-access-sent"),
    path("privacy/complaint/", ComplaintPage.as_view(), name="complaint"),
    re_path(rf"^c/{TOKEN}/?$", ConfirmPage.as_view(), name="confirm"),
    re_path(rf"^n/{TOKEN}/?$", NotMePage.as_view(), name="not-me"),
    re_path(rf"^u/{TOKEN}/?$", LeavePage.as_view(), name="unsubscribe"),
    re_path(rf"^u/{TOKEN}/undo/?$", UndoPage.as_view(), name="undo-unsubscribe"),
    re_path(rf"^renew/{TOKEN}/?$", RenewPage.as_view(), name="renew"),
    re_path(rf"^p/{TOKEN}/?$", PreferencesPage.as_view(), name="preferences"),
    re_path(r"^o/(?P<token>.*)$", PixelPage.as_view(), name="pixel"),
    re_path(rf"^you/{TOKEN}/?$", YouPage.as_view(), name="you"),
    re_path(rf"^you/{TOKEN}/download/?$", Download.as_view(), name="download"),
    re_path(rf"^you/{TOKEN}/address/?$", NewAddress.as_view(), name="new-address"),
    re_path(rf"^you/{TOKEN}/object/?$", Object.as_view(), name="object"),
    re_path(rf"^you/{TOKEN}/forget/?$", Forget.as_view(), name="forget"),
    re_path(rf"^a/{TOKEN}/?$", NewAddressPage.as_view(), name="confirm-address"),
    re_path(rf"^w/{TOKEN}/?$", UndoAddressPage.as_view(), name="undo-address"),
]
