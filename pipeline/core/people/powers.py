"""Who may do what: roles, powers, and one table between them (S-14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a member is here for. A member may have several."""

    EDITOR = "editor"
    CLINICAL_REVIEWER = "clinical_reviewer"
    SENDER = "sender"
    PRIVACY_OFFICER = "privacy_officer"
    ADMIN = "admin"

    @property
    def word(self) -> str:
        """`clinical reviewer`."""
        return self.value.replace("_", " ")


class Power(StrEnum):
    """One thing that a role allows. What has no power is open to every member: it names no subscriber."""

    EDIT_SERIES = "edit_series"
    APPROVE_CONTENT = "approve_content"
    MARK_WRONG = "mark_wrong"
    SEND_TEST = "send_test"
    SCHEDULE = "schedule"
    SEND = "send"
    STOP_SENDING = "stop_sending"
    SEE_SUBSCRIBER = "see_subscriber"
    CHANGE_CONSENT = "change_consent"
    EXPORT_SUBSCRIBERS = "export_subscribers"
    IMPORT_SUBSCRIBERS = "import_subscribers"
    LIFT_SUPPRESSION = "lift_suppression"
    MANAGE_MEMBERS = "manage_members"
    SEE_AUDIT = "see_audit"


# An admin says who may see addresses, and so need not see any: whoever has the keys to every door should not also be
# the one who may carry things out (Art. 25(2) and 32(4) GDPR). Whoever has to limit harm may stop the mail.
POWERS: Mapping[Role, frozenset[Power]] = {
    Role.EDITOR: frozenset({Power.EDIT_SERIES, Power.MARK_WRONG, Power.SEND_TEST}),
    Role.CLINICAL_REVIEWER: frozenset({Power.APPROVE_CONTENT, Power.MARK_WRONG, Power.SEND_TEST}),
    Role.SENDER: frozenset(
        {Power.SCHEDULE, Power.SEND, Power.SEND_TEST, Power.STOP_SENDING, Power.MARK_WRONG}
    ),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Power.SEE_SUBSCRIBER,
            Power.CHANGE_CONSENT,
            Power.EXPORT_SUBSCRIBERS,
            Power.IMPORT_SUBSCRIBERS,
            Power.LIFT_SUPPRESSION,
            Power.SEE_AUDIT,
            Power.STOP_SENDING,
        }
    ),
    Role.ADMIN: frozenset({Power.MANAGE_MEMBERS, Power.SEE_AUDIT, Power.STOP_SENDING}),
}

# What each role is for, as the page of members says it.
MEANS: Mapping[Role, str] = {
    Role.EDITOR: "works on series and letters",
    Role.CLINICAL_REVIEWER: "reviews articles and signs them off",
    Role.SENDER: "schedules, sends, pauses and cancels",
    Role.PRIVACY_OFFICER: "sees subscribers, their consent, imports and exports",
    Role.ADMIN: "says who has which role; sees no subscriber by that",
}


def powers_of(roles: Iterable[Role]) -> frozenset[Power]:
    """All that these roles allow together."""
    return frozenset(power for role in roles for power in POWERS[role])


def roles_with(power: Power) -> tuple[Role, ...]:
    """The roles that have a power, in the order of the table. Every power has one."""
    return tuple(role for role in Role if power in POWERS[role])


def who_may(power: Power) -> str:
    """`This is for a sender or an admin.`, for whoever may not."""
    named = [f"{'an' if role.word[0] in 'aeiou' else 'a'} {role.word}" for role in roles_with(power)]
    several = f"{', '.join(named[:-1])} or {named[-1]}" if len(named) > 1 else named[0]
    return f"This is for {several}. An admin says who has which role."


def read_roles(words: Iterable[str]) -> frozenset[Role]:
    """Roles by their names, with `-`, a space or `_` between words. Raises KeyError with a name that is none."""
    known = {role.value: role for role in Role}
    return frozenset(known[word.strip().lower().replace("-", "_").replace(" ", "_")] for word in words)
