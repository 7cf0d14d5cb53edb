"""`/health`: whether this process answers. `/health/ready`: whether it can do its work, which takes the database.

For a proxy or a supervisor. Neither says anything about a person or a list.
"""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from pipeline.actions.check_secret import secret_refusal

PLAIN = "text/plain; charset=utf-8"


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type=PLAIN)


def ready(request: HttpRequest) -> HttpResponse:
    """503 while the database is away, or the secret is another than this process was started with. Goodbyes are taken
    all the same (G7), so that nobody should stop sending them.
    """
    try:
        fits = secret_refusal() is None
    except DatabaseError:
        return HttpResponse("the database is away\n", status=503, content_type=PLAIN)
    if not fits:
        return HttpResponse("the secret does not fit: start anew\n", status=503, content_type=PLAIN)
    return HttpResponse("ok\n", content_type=PLAIN)
