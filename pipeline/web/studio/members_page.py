"""`/studio/members/`: who is here for what, and giving roles by POST (S-14)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from pipeline.actions.give_roles import give_roles
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import MEANS, Power, Role
from pipeline.store import members
from pipeline.web.studio.page import StudioPage, done, show, tried


class MembersPage(StudioPage):
    needs = Power.MANAGE_MEMBERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return members_page(self)


class MemberRoles(StudioPage):
    """`.../roles/`: the roles of one member. The name comes with the form, since it may hold any mark."""

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it
    needs = Power.MANAGE_MEMBERS

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("name", "")[:150]
        wanted = [role for role in Role if role.value in request.POST.getlist("role")]
        error, status = tried(lambda: give_roles(name, wanted, self.member))
        if error:
            about = f"member:{name}"
            self.audit(Event.MEMBER_ROLES, outcome="refused", about=about, detail={"status": status})
            return members_page(self, error, status, refused=name, wanted=wanted)
        return done(request, "/studio/members/", f"The roles of {name} are changed, at once.")


def members_page(
    page: StudioPage, error: str = "", status: int = 200, *, refused: str = "", wanted: Sequence[Role] = ()
) -> HttpResponse:
    """The list, with the sentence of what went wrong if something did, and with the `wanted` roles still ticked."""
    context = {
        "members": members.with_roles(),
        "roles": list(Role),
        "means": MEANS,
        "me": page.member,
        "refused": refused,
        "wanted": wanted,
        "error": error,
    }
    return show(page.request, "members.html", status, **context)
