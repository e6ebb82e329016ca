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

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.chromium import chromium, signed_in
from tests.web.past import PASSWORD
from tests.web.shelf import scanned
from tests.web.shelves import BOOX, KOBO, PHONE, READINGS, Weeks

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
LIVELY = (
    Picture("devices", "devices", {"desk": ("", "main")}),
    Picture("guide", "apps/koreader", {"phone": ("", ".code")}),
    Picture("library", "library", {"desk": ("", "main")}),
)
"""Pages that are looked at while devices ask and tell."""
OUTSIDE = "https://books.example.org"
"""Where the server says that it is."""
UNKNOWN = "5f3a8c1e9b7d24066f0ab1c2d3e4f567"
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


def asked(server: RunningServer, weeks: Weeks) -> None:
    """What three devices ask and tell on one evening, and a fourth that has got a secret of its own and said nothing yet."""
    ann = Browser(server).sign_in()
    ann.get("/apps/koreader")
    ann.submit("/devices/credentials", device="Tolino", app="koreader")
    devices = {}
    for number, name in enumerate((KOBO, BOOX, PHONE), start=20):
        more = {"device": name, "device_id": f"id of {name}", "address": f"192.0.2.{number}"}
        devices[name] = KosyncClient(server.base, "ann", md5(PASSWORD), **more)
    digests = weeks.digests
    pride, flatland, candide = (digests[reading.file] for reading in (READINGS[6], READINGS[4], READINGS[5]))
    devices[BOOX].push(pride, "/body/DocFragment[17]/body/section/p[2]/text().0", 0.28)
    devices[BOOX].pull(UNKNOWN)
    devices[PHONE].push(candide, "/body/DocFragment[9]/body/section/p[4]/text().0", 0.25)
    devices[PHONE].pull(candide)
    devices[BOOX].pull(flatland)
    devices[KOBO].push(digests[READINGS[3].file], "/body/DocFragment[8]/body/section/p[4]/text().0", 0.42)
    devices[KOBO].pull(pride)


def pictures(browser: Any, server: RunningServer, wanted: tuple[Picture, ...]) -> Iterator[tuple[str, bytes]]:
    """Pictures with their names."""
    works = {"pride": Browser(server).sign_in().work("Pride and Prejudice")[1:]}
    for size, scheme in product(PIXELS, ("light", "dark")):
        page = signed_in(browser, server, size, scheme, device_scale_factor=PIXELS[size])
        for picture in wanted:
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
        options = ["--library", str(Path(name, "books")), "--public-url", OUTSIDE, "--trusted-proxies", "127.0.0.1"]
        server = RunningServer(Path(name, "data"), *options)
        try:
            scanned(server, weeks.count)
            with chromium() as browser:
                for wanted in (PICTURES, LIVELY):
                    for file, content in pictures(browser, server, wanted):
                        (folder / file).write_bytes(content)
                        print(f"{folder / file} {len(content) // 1000} kB")
                    asked(server, weeks)
        finally:
            server.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
