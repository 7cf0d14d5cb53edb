"""The worker: `celery -A worker worker`. It hears the doorbells and does the work behind them."""

import sys

from pipeline.core.errors import RoundsError

try:
    from pipeline.gateways.keys import keyring
    from pipeline.tasks import app

    keyring()  # a key that cannot be kept is told here, and not in the middle of a send
except RoundsError as error:  # A setting that cannot be used: a sentence instead of a traceback.
    print(error, file=sys.stderr)  # noqa: T201
    raise SystemExit(2) from None

__all__ = ["app"]
