"""The pictures of the documents, from real books: `python -m tests.web.screenshots FOLDER`, or `make screenshots`.

A picture more is a row more in `PICTURES`.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.chromium import chromium, signed_in
from tests.web.shelf import scanned
from tests.web.shelves import Weeks

LARGEST = 150_000
"""Bytes that a picture may have: they are in the repository, and people load them."""
COLOURS = (256, 192, 128, 96, 64)
PIXELS = {"phone": 2, "desk": 1.5}
"""Pixels of the picture for one of the page."""


@dataclass(frozen=True)
class Picture:
    """A part of a page, on some sizes: from one element to another (selectors; "" is the page's own edge)."""

    name: str
    address: str
    parts: dict[str, tuple[str, str]]


PICTURES = (
    Picture("reading", "", {"desk": ("", "main"), "phone": ("", ".cards li:nth-child(4)")}),
    Picture("work", "{pride}", {"desk": ("", ".timeline"), "phone": ("", ".timeline")}),
    Picture("history", "{pride}", {"desk": ("h2:text('History')", "tbody tr:nth-child(5)")}),
)
ABOVE, BELOW = 24, 8
"""Pixels of the page around a picture's elements."""


def taken(page: Any, part: tuple[str, str]) -> bytes:
    """A picture of that part of the page that is open."""
    first, last = part
    top = page.locator(first).first.bounding_box()["y"] - ABOVE if first else 0
    end = page.locator(last).first.bounding_box()
    clip = {"x": 0, "y": top, "width": page.viewport_size["width"], "height": end["y"] + end["height"] + BELOW - top}
    return bytes(page.screenshot(full_page=True, clip=clip, animations="disabled"))


def reduced(png: bytes) -> bytes:
    """The same picture with as many colours as it may have."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        file = io.BytesIO()
        image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


def pictures(browser: Any, server: RunningServer) -> Iterator[tuple[str, bytes]]:
    """All pictures with their names."""
    works = {"pride": Browser(server).sign_in().work("Pride and Prejudice")[1:]}
    for size, scheme in product(PIXELS, ("light", "dark")):
        page = signed_in(browser, server, size, scheme, device_scale_factor=PIXELS[size])
        for picture in PICTURES:
            if size in picture.parts:
                page.goto(f"{server.base}/{picture.address.format(**works)}")
                page.wait_for_load_state("networkidle")
                yield f"{picture.name}-{size}-{scheme}.png", reduced(taken(page, picture.parts[size]))
        page.context.close()


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        weeks = Weeks(Path(name))
        server = RunningServer(Path(name, "data"), "--library", str(Path(name, "books")))
        try:
            scanned(server, weeks.count)
            with chromium() as browser:
                for file, content in pictures(browser, server):
                    (folder / file).write_bytes(content)
                    print(f"{folder / file} {len(content) // 1000} kB")
        finally:
            server.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
