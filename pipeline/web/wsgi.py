"""The application that the web server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")

application = get_wsgi_application()

from pipeline.web.patience import limit_waiting  # noqa: E402 - they need the settings
from pipeline.web.public.kept_goodbyes import apply_soon  # noqa: E402

limit_waiting()
apply_soon()  # what was kept by a process that is gone
