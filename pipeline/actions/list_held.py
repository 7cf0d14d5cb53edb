"""Sign-ups that a person looks at before anything is sent (D-09)."""

from __future__ import annotations

from pipeline.store import confirmations
from pipeline.store.confirmations import StoredConfirmation


def list_held() -> list[StoredConfirmation]:
    """The oldest 500."""
    return confirmations.held()
