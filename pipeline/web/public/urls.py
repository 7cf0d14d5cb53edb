"""The public paths. Short, so that a token's URL fits one line of a message; no condition's name in any (C-28).

The paths with a token answer with and without a slash at the end: a redirect would lose a one-click POST (U-08).
"""

from __future__ import annotations

from django.urls import path, re_path

from pipeline.web.public.confirm_page import ConfirmPage
from pipeline.web.public.landing import Landing
from pipeline.web.public.not_me import NotMePage
from pipeline.web.public.preferences import PreferencesPage
from pipeline.web.public.privacy import Privacy
from pipeline.web.public.read import ReadPage
from pipeline.web.public.renew_page import RenewPage
from pipeline.web.public.sign_up import SentPage, SignUpPage
from pipeline.web.public.unsubscribe_page import LeavePage, UndoPage

TOKEN = r"(?P<token>[^/]{1,200})"  # noqa: S105  # a pattern

urlpatterns = [
    path("", Landing.as_view(), name="landing"),
    path("signup/", SignUpPage.as_view(), name="sign-up"),
    path("signup/sent/", SentPage.as_view(), name="sign-up-sent"),
    re_path(r"^read/(?P<code>[0-9a-f]{8})/(?P<number>[0-9]{1,3})/?$", ReadPage.as_view(), name="read"),
    path("privacy/", Privacy.as_view(), name="privacy"),
    re_path(rf"^c/{TOKEN}/?$", ConfirmPage.as_view(), name="confirm"),
    re_path(rf"^n/{TOKEN}/?$", NotMePage.as_view(), name="not-me"),
    re_path(rf"^u/{TOKEN}/?$", LeavePage.as_view(), name="unsubscribe"),
    re_path(rf"^u/{TOKEN}/undo/?$", UndoPage.as_view(), name="undo-unsubscribe"),
    re_path(rf"^renew/{TOKEN}/?$", RenewPage.as_view(), name="renew"),
    re_path(rf"^p/{TOKEN}/?$", PreferencesPage.as_view(), name="preferences"),
]
