"""Whether mail may leave, and if not, why: for the command line and for the studio's pages."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.actions.check_fence import ALERT
from pipeline.store import alerts, instance
from pipeline.store.instance import Instance


@dataclass(frozen=True, slots=True)
class SendingState:
    """`sentence` is empty while everything is as it should be. `elsewhere` are hosts that may not send, and why."""

    instance: Instance
    sentence: str
    elsewhere: tuple[str, ...]

    @property
    def stopped(self) -> bool:
        return not self.instance.sending_enabled


def look_at_sending() -> SendingState:
    """Reads two small tables, and changes nothing."""
    found = instance.read()
    elsewhere = tuple(alert.sentence for alert in alerts.open_now([ALERT]) if alert.subject != "database")
    if found.sending_enabled:
        return SendingState(found, "", elsewhere)
    if found.needs_confirm:
        return SendingState(found, found.reason, elsewhere)
    by = f" {found.changed_by} stopped it" if found.changed_by else " It was stopped"
    return SendingState(found, f"Nothing is sent.{by}: {found.reason}", elsewhere)
