"""`/studio/notices/`: what people were told, every version of it; two versions side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.compare_notices import compare_notices, notices_on_record
from pipeline.core.errors import NotFound
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, show


class NoticesPage(StudioPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "desk/notices.html", desk=desk, notices=notices_on_record(self.now))


class NoticePage(StudioPage):
    """`.../<notice_id>/?old=1&new=3`; without them the last two versions, or the only one."""

    def get(self, request: HttpRequest, notice_id: str) -> HttpResponse:
        versions = notices_on_record(self.now).get(notice_id, [])
        if not versions:
            raise NotFound("There is no such notice. The list of notices names them.")
        numbers = [one.notice.version for one in versions]
        old = _number(request.GET.get("old"), numbers[-2] if len(numbers) > 1 else numbers[-1])
        new = _number(request.GET.get("new"), numbers[-1])
        sides = compare_notices(notice_id, old, new, self.now)
        return show(
            request,
            "desk/notice.html",
            desk=desk,
            notice_id=notice_id,
            versions=versions,
            sides=sides if old != new else sides[:1],
            old=old,
            new=new,
        )


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else otherwise
