"""The application as `rounds web` serves it: in a process that is the web's alone."""

from __future__ import annotations

from pipeline.web.wsgi import application as application

from pipeline.web.turns import take_turns  # isort: skip - it needs the settings, which the application loads

take_turns()
