"""The application that the web server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")

application = get_wsgi_application()

from pipeline.web.public.kept_goodbyes import apply_soon  # noqa: E402 - it needs the settings

apply_soon()  # what was kept by a process that is gone
