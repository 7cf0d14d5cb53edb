"""Every path of the site: health, public pages, webhooks, the studio, the demonstration's inbox, error pages."""

from __future__ import annotations

from django.urls import include, path

from pipeline.web import health

urlpatterns = [
    path("health", health.alive),
    path("health/ready", health.ready),
    path("", include("pipeline.web.public.urls")),
    path("hooks/", include("pipeline.web.webhooks.urls")),
    path("studio/", include("pipeline.web.studio.urls")),
    path("inbox/", include("pipeline.web.inbox")),
]

handler400 = "pipeline.web.errors.bad_request"
handler403 = "pipeline.web.errors.permission_denied"
handler404 = "pipeline.web.errors.page_not_found"
handler500 = "pipeline.web.errors.server_error"
