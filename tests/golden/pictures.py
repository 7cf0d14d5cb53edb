"""Photograph an issue of the real series as readers meet it: `python -m tests.golden.pictures`.

Writes `docs/images/email-{375,700}-{light,dark}.png`. `--forced DIR` adds how a client shows it that forces pages dark
without asking: for the eye, not for the repository. Needs Debian's Chromium; nothing is fetched.
"""

from __future__ import annotations

import argparse
import base64
import re
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.core.content import importers
from pipeline.core.message.context import issue_context
from pipeline.core.message.slots import compile_parts
from pipeline.core.series import resolve, series_file
from pipeline.gateways.templates import render_letter
from tests.golden.sample import BRAND, VALUES
from tests.web.browser import CHROMIUM, QUIET

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
FORCED = ["--enable-features=WebContentsForceDark", "--blink-settings=forceDarkModeEnabled=true"]
WIDTHS = (375, 700)

# Counts the colours of a picture in the browser and answers a palette of 256 and an index for each pixel.
INDEXED = """async (data) => {
  const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, image.width, image.height).data, counts = new Map();
  const key = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  for (let i = 0; i < pixels.length; i += 4) counts.set(key(i), (counts.get(key(i)) || 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map((entry) => entry[0]);
  const nearest = new Map(palette.map((colour, index) => [colour, index]));
  const find = (colour) => {
    if (nearest.has(colour)) return nearest.get(colour);
    let best = 0, least = Infinity;
    palette.forEach((other, index) => {
      let far = 0;
      for (const shift of [16, 8, 0]) far += (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2;
      if (far < least) { least = far; best = index; }
    });
    nearest.set(colour, best);
    return best;
  };
  let indexes = '';
  for (let i = 0; i < pixels.length; i += 4) indexes += String.fromCharCode(find(key(i)));
  return { width: image.width, height: image.height, palette, indexes: btoa(indexes) };
}"""


def letter_html(number: int) -> str:
    """Issue `number` of the series in `content/`, filled for one reader."""
    article = ROOT / "content" / "articles" / "breast-calcifications.md"
    series = ROOT / "content" / "series" / "breast-calcifications.toml"
    plan = series_file.read(series.name, series.read_bytes())
    reading = importers.read(article.name, article.read_bytes())
    content = resolve.resolve(plan, reading.article, demonstration=True)[number - 1]
    letter = render_letter("issue", issue_context(content, BRAND, "Weekly health email"))
    return compile_parts(letter).fill(VALUES)[0]


def photograph(browser: Browser, html: str, width: int, scheme: str, goal: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(html)
    goal.write_bytes(with_palette(page, page.screenshot(full_page=True)))
    page.close()


def with_palette(page: Page, picture: bytes) -> bytes:
    """The same picture as a PNG of 256 colours, about a third of the size."""
    found = page.evaluate(INDEXED, base64.b64encode(picture).decode())
    width, height = found["width"], found["height"]
    indexes = base64.b64decode(found["indexes"])
    rows = b"".join(b"\0" + indexes[row * width : (row + 1) * width] for row in range(height))
    palette = b"".join(struct.pack(">I", colour)[1:] for colour in found["palette"])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def without_dark_colours(html: str) -> str:
    """What is left for a client that reads no style sheet and asks nobody."""
    return re.sub(r"light dark|prefers-color-scheme: dark", "none", html)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--issue", type=int, default=2)
    reader.add_argument("--to", type=Path, default=IMAGES)
    reader.add_argument("--forced", type=Path)
    choice = reader.parse_args()
    html = letter_html(choice.issue)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                photograph(browser, html, width, scheme, choice.to / f"email-{width}-{scheme}.png")
        if choice.forced:
            forced = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *FORCED])
            for width in WIDTHS:
                plain = without_dark_colours(html)
                photograph(forced, plain, width, "light", choice.forced / f"email-{width}-forced.png")


if __name__ == "__main__":
    main()
