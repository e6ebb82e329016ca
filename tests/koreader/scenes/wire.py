"""Scenes of bytes: the form of requests, the figures in them, and which document a book is."""

import json
import tempfile
from pathlib import Path

from tests.koreader.scenes.scene import DEBOUNCE, A, Scene, scene

ALWAYS = {"Accept", "Connection", "Host", "TE", "User-Agent", "x-auth-key", "x-auth-user"}
WITH_A_BODY = {"Content-Length", "Content-Type"}

VECTORS = {
    500: "21f0df72cce9bc7da8dae2512ee5feed",
    1024: "f4cd1641040a17288bb6104d9e66bdb5",
    1025: "170a888db01c00d8fc3e5d8d84de5838",
    2048: "d0e59a0c7b893c3b8d6a9bddbd64e631",
    3000: "d0e59a0c7b893c3b8d6a9bddbd64e631",
    200000: "1784b150454ef4cf6780ceb94af0386f",
    1050000: "0fca5c751677ecbc2dcfe80ea75ace32",
}
SPARSE = "266ff27c24919f4cec96f90f9b3231ca"


@scene
def orders(s: Scene) -> None:
    """The order of headers and of JSON members differs from process to process; the sets do not."""
    headers, members = set(), set()
    for number in range(6):
        device = s.reader(device_id=f"O-{number}", register=number == 0, send_metadata=number % 2 == 1)
        device.do("push")
        device.do("pull")
        put, get = s.rec.take()[-2:]
        headers.add(tuple(name for name, _ in put.headers))
        members.add(tuple(json.loads(put.body)))
        s.same("headers of a push", ALWAYS | WITH_A_BODY, {name for name, _ in put.headers})
        s.same("headers of a pull", ALWAYS, {name for name, _ in get.headers})
        s.same("a connection for each request", ("close, TE", "lua-Spore"),
               (dict(put.headers)["Connection"], dict(put.headers)["User-Agent"]))  # fmt: skip
        device.close()
    s.say(len(headers), "orders of headers and", len(members), "of members in six processes")


@scene
def figures(s: Scene) -> None:
    """Percentages as the plugin writes them: four digits, cut rather than rounded."""
    device = s.reader(page=1)
    device.do("close")
    seen = {}
    places = ((1, 3), (2, 3), (1, 7), (1, 10000), (1, 20000), (57, 100), (29, 100), (100, 100), (1, 8), (1234, 100000))
    for page, pages in places:
        device.do("advance", seconds=DEBOUNCE)
        device.open(A, pages=pages, page=page)
        s.rec.take()
        device.do("push")
        each = s.rec.take()[-1]
        seen[f"{page}/{pages}"] = each.body.partition('"percentage":')[2].split(",")[0].rstrip("}")
        s.same(f"{page}/{pages} is taken", 200, each.status)
        device.do("close")
    s.say(seen)


@scene
def partial_md5(s: Scene) -> None:
    """KOReader's own partial MD5 on the vectors of docs/protocols/kosync.md."""
    device = s.device()
    block = bytes((i * 31 + (i >> 8)) % 256 for i in range(max(VECTORS)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book"
        for size, expected in VECTORS.items():
            path.write_bytes(block[:size])
            s.same(f"{size} bytes", expected, device.do("partial_md5", path=str(path))["digest"])
        with path.open("wb") as file:
            for offset in (0, *(1024 << (2 * power) for power in range(11))):
                file.seek(offset)
                file.write(b"%016d" % offset)
            file.truncate(1073742848)
        s.same("a sparse gigabyte", SPARSE, device.do("partial_md5", path=str(path))["digest"])
