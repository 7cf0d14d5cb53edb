"""`rounds alerts`: what a person must know."""

from __future__ import annotations

import click

from pipeline.actions.list_alerts import list_alerts
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.store.alerts import Alert


@click.command()
@click.option("--all", "cleared_too", is_flag=True, help="The newest 200, with those whose cause is gone.")
@json_option
@needs_database
def command(cleared_too: bool, as_json: bool) -> None:
    """Say what a person must know: what stopped, what stands still, and what to do about it."""
    found = list_alerts(cleared_too=cleared_too)
    words = "\n".join(_line(alert) for alert in found)
    answer({"alerts": [alert_data(alert) for alert in found]}, words or "Nothing needs attention.", as_json)


def alert_data(alert: Alert) -> dict[str, object]:
    return {
        "at": alert.at,
        "kind": alert.kind,
        "subject": alert.subject,
        "sentence": alert.sentence,
        "cleared_at": alert.cleared_at,
    }


def _line(alert: Alert) -> str:
    gone = f" (over since {alert.cleared_at:%Y-%m-%d %H:%M} UTC)" if alert.cleared_at else ""
    return f"{alert.at:%Y-%m-%d %H:%M} UTC  {alert.sentence}{gone}"
