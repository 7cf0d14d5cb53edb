"""A QR code as an SVG path, made here: the secret in it goes to no other server, and to no script."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode

QUIET = 4  # modules of margin, as ISO/IEC 18004 asks


@dataclass(frozen=True, slots=True)
class QrCode:
    """`path` draws the dark modules in a square of `side` by `side`."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    drawn = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    drawn.add_data(text)
    rows = drawn.get_matrix()
    dark = ((x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return QrCode(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
