"""Every path of the site: the public pages, the webhooks, the studio, the demonstration's inbox, and error pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("pipeline.web.public.urls")),
    path("hooks/", include("pipeline.web.webhooks.urls")),
    path("studio/", include("pipeline.web.studio.urls")),
    path("inbox/", include("pipeline.web.inbox")),
]

handler400 = "pipeline.web.errors.bad_request"
handler403 = "pipeline.web.errors.permission_denied"
handler404 = "pipeline.web.errors.page_not_found"
handler500 = "pipeline.web.errors.server_error"
