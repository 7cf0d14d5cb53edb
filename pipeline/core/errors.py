"""The tree of exceptions, drawn once.

`RoundsError` is what a person is told: a sentence that names the place and the next move. The doors translate it
(the command line to exit status 2, the web to a 4xx page); nothing else is caught broadly. Expected outcomes, such as
a refused recipient, are values and not exceptions.
"""

from __future__ import annotations

from pipeline.core.unseen import without_controls


class RoundsError(Exception):
    """Something a person can put right. `str(error)` is a whole sentence, fit to show as it is."""


class BadInput(RoundsError):
    """A file, a form or an argument that cannot be used. Nothing was written. `field` names the field or argument.

    What it quotes of them carries no control character: a terminal, a log and a database get to see it.
    """

    def __init__(self, message: str, *, place: str = "", line: int | None = None, field: str = "") -> None:
        where = f"{place}:{line}: " if place and line else f"{place}: " if place else ""
        super().__init__(without_controls(f"{where}{message}"))
        self.place = place
        self.line = line
        self.field = field


class NotFound(RoundsError):
    """A name that points at nothing."""


class Refused(RoundsError):
    """The request is well formed, and a rule of the product says no. The sentence says which."""


class Unavailable(RoundsError):
    """A server that is not there: PostgreSQL, Redis, the relay, a port in use."""
