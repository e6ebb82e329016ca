"""Scenes of reading online: when KOReader pushes and pulls, and what it does with the place that it gets."""

import json
import time
from typing import Any

from tests.koreader.koreader import Device, texts
from tests.koreader.record import http_answer
from tests.koreader.scenes.scene import DEBOUNCE, OURS, A, B, Scene, pointer, scene

FORWARD = "Sync to latest location 40% from device 'web'?"


def resumed(s: Scene, device: Device, timestamp: int) -> tuple[str | None, list[str], int]:
    """Wake the device up while the server has a place of that time: the question, what was shown, the page."""
    device.do("advance", seconds=DEBOUNCE)

    def wake() -> dict[str, Any]:
        device.do("resume")
        return device.do("advance", seconds=1)

    answer = s.answered(s.place(timestamp=timestamp), wake)
    asking = answer["state"].get("asking")
    if asking:
        device.do("dismiss")
    return asking, texts(answer), answer["state"]["page"]


@scene
def unknown_document(s: Scene) -> None:
    """A book that nobody read is 200 and an empty object: by hand it is said, else nothing is shown."""
    device = s.reader()
    s.same("it is said", ["No progress found for this document."], texts(device.do("pull")))
    each = s.wire()[-1]
    s.same("200 {}", (200, {}), (each.status, json.loads(each.answer)))
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    s.same("automatically nothing is shown", [], device.open("0" * 32, page=1)["shown"])
    s.wire()
    shown = s.during(http_answer(404, {"code": 2004, "message": "x"}), lambda: device.do("pull"))["shown"]
    s.check("a 404 would be shown as a failure", shown[0]["text"].startswith("Something went wrong"), shown)


@scene
def going_back(s: Scene) -> None:
    """Whether an answer is forward or backward goes by its time against the last page turn, in whole seconds."""
    device = s.reader()
    device.do("turn", to=50)
    now = int(time.time())
    s.same("older: nothing shown, nothing moved", (None, [], 50), resumed(s, device, now - 1000))
    device.do("setting", set={"sync_backward": 1})
    s.same("older, where the reader wants to be asked", "Sync to previous location 40% from device 'web'?",
           resumed(s, device, now - 1000)[0])  # fmt: skip
    device.do("setting", set={"sync_backward": 2})
    s.same("older, where the reader wants to go silently", 40, resumed(s, device, now - 1000)[2])
    device.do("setting", set={"sync_backward": 3})
    device.do("turn", to=50)
    s.same("newer: asked", FORWARD, resumed(s, device, now + 1000)[0])
    turned = device.state()["last_page_turn"]
    for offset in (-1, 0, 1):
        asked = resumed(s, device, turned + offset)[0]
        s.same(f"{offset:+d} s: forward only when strictly newer", offset > 0, bool(asked))


@scene
def sleep_and_pages(s: Scene) -> None:
    """Pushes on suspend, after N pages and when the network goes; pulls on resume; 25 s between two of a kind."""
    device = s.reader()
    device.do("advance", seconds=DEBOUNCE)
    device.do("turn", to=12)
    device.do("suspend")
    s.same("suspend pushes", ["PUT A 0.12 200"], s.brief())
    device.do("advance", seconds=3600)
    device.do("resume")
    s.same("resume waits", [], s.brief())
    device.do("advance", seconds=1)
    s.same("then pulls", ["GET A 200"], s.brief())
    device.do("resume")
    device.do("advance", seconds=1)
    s.same("not again within 25 s", [], s.brief())
    device.do("setting", set={"pages_before_update": 3})
    device.do("advance", seconds=DEBOUNCE)
    for _ in range(3):
        device.do("turn", by=1)
    device.do("advance", seconds=9)
    s.same("three pages: nothing for ten seconds", [], s.brief())
    device.do("turn", by=1)
    device.do("advance", seconds=9.9)
    s.same("a further turn starts the ten seconds again", [], s.brief())
    device.do("advance", seconds=0.1)
    s.same("then one push", ["PUT A 0.16 200"], s.brief())
    for _ in range(3):
        device.do("turn", by=1)
    device.do("advance", seconds=10)
    s.same("within 25 s of it the next is dropped, not delayed", [], s.brief())
    device.do("close")
    s.same("and so is the one at closing", [], s.brief())
    s.say("the server holds", s.stored()["percentage"], "while the reader closed at 0.19")
    device.do("advance", seconds=DEBOUNCE)
    device.open(A)
    device.do("advance", seconds=DEBOUNCE)
    s.rec.take()
    device.do("offline")
    s.same("the network's going pushes", ["PUT A 0.19 200"], s.brief())


@scene
def foreign_pointer(s: Scene) -> None:
    """A pointer that another program wrote is followed, and pushed back until a page is turned."""
    device = s.reader(auto=False)
    foreign = OURS + " — é"
    state = s.answered(s.place(progress=foreign), lambda: device.do("pull"))["state"]
    s.same("by hand the reader goes there at once", (foreign, 40), (state["progress"], state["page"]))
    device.do("push")
    body = s.pushed()
    s.same("it is pushed back, with the reader's own percentage", (foreign, 0.4), (body["progress"], body["percentage"]))
    s.same("and kept byte for byte", foreign, s.stored()["progress"])
    device.do("turn", by=1)
    device.do("push")
    s.same("after a page its own pointer", pointer(41), s.pushed()["progress"])


@scene
def answers_for_a_paged_book(s: Scene) -> None:
    """What a paged book makes of all kinds of progress: nothing of it may crash the plugin."""
    device = s.reader(book=B)
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    device.open(B, paged=True, pages=200, page=56)
    s.rec.take()
    kinds = (("56", 0.28), ("56", 0.2801), ("56", 0.2899), (56, 0.5), ("", 0.5), (OURS, 0.5), ("999", 0.9), ("0", 0.9))
    for progress, percentage in kinds:
        device.do("turn", to=56)
        device.do("advance", seconds=DEBOUNCE)
        place = s.place(document=B, progress=progress, percentage=percentage, timestamp=int(time.time()))
        answer = s.answered(place, lambda: device.ask("pull"))
        s.say(f"{progress!r} {percentage}: {texts(answer)} page {answer['state']['page']} {answer.get('crash', '')}")


@scene
def same_page_of_a_paged_book(s: Scene) -> None:
    """Two devices on one page are asked all the same where the plugin's rounding is off: 0.57 becomes 0.5699."""
    device = s.reader(book=B)
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    device.open(B, paged=True, pages=714, page=407)
    device.do("push")
    device.do("close")
    opened = s.another(after=A).open(B, paged=True, pages=714, page=407)
    s.say("page 407 of 714 on both:", opened["state"].get("asking"))
    drift = [n for n in range(0, 10_001, 7) if device.do("round_percent", value=n / 10_000)["value"] != n / 10_000]
    s.say(len(drift), "of 1,429 four-digit percentages are changed by the plugin's rounding")
