"""The worker: `celery -A worker worker`. It hears the doorbells and does the work behind them."""

import sys

from pipeline.core.errors import RoundsError

try:
    from pipeline.tasks import app
except RoundsError as error:  # A setting that cannot be used: a sentence instead of a traceback.
    print(error, file=sys.stderr)  # noqa: T201
    raise SystemExit(2) from None

__all__ = ["app"]
