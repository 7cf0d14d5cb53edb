"""A page of the studio with a form that carries a file: too large is told before anything is read, and so is a forgery.

The names of its path are in `self.kwargs`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from pipeline.web.studio.page import StudioPage

ROOM_FOR_FIELDS = 64 * 1024  # bytes of the form besides the file


# Django reads a form to find its token, and a file with it. So the handler of files is set first, and the token is
# looked for after that; until then nothing of what came has been read.
@method_decorator(csrf_exempt, name="dispatch")
class UploadPage(StudioPage):
    def post(self, request: HttpRequest, **names: Any) -> HttpResponseBase:
        if (
            int(request.META.get("CONTENT_LENGTH") or 0)
            > self.most_megabytes() * 1024 * 1024 + ROOM_FOR_FIELDS
        ):
            request.upload_handlers = []
            return self.too_large(request)
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        return csrf_protect(self.uploaded)(request)

    @abstractmethod
    def most_megabytes(self) -> int:
        """Of the file."""

    @abstractmethod
    def too_large(self, request: HttpRequest) -> HttpResponse:
        """The page that says so, without a look at what came."""

    @abstractmethod
    def uploaded(self, request: HttpRequest) -> HttpResponse:
        """The answer to the form, which came from a page of ours."""
