"""The paths of the webhooks."""

from __future__ import annotations

from django.urls import re_path

from pipeline.web.webhooks.hook_page import HookPage

urlpatterns = [re_path(r"^(?P<provider>[a-z_]{1,30})/?$", HookPage.as_view(), name="hook")]
