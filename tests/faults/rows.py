"""The rows of the catalogue that send, by number (delivery.md, C1 to C7)."""

from __future__ import annotations

from tests.faults import rows_of_death, trials  # noqa: F401
