"""Scenes of being offline: the queue, its draining, and what is lost."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.koreader.koreader import Device
from tests.koreader.record import Plain, http_answer
from tests.koreader.scenes.scene import DEBOUNCE, A, B, Scene, scene

UNAUTHORIZED = {"code": 2001, "message": "Unauthorized"}
INVALID = {"code": 2003, "message": "Invalid request"}


@scene
def network_asked_for(s: Scene) -> None:
    """A reader lets the network come up on opening a book: the pull that waited runs at once, the drain half a second later."""
    device = s.reader()
    device.do("offline")
    s.rec.take()
    device.do("advance", seconds=DEBOUNCE)
    device.do("turn", to=20)
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    device.open(A)
    device.do("online")
    s.same("the pull comes first", ["GET A 200"], s.brief())
    device.do("advance", seconds=0.5)
    s.same("then the drain, and no second pull within 25 s", ["PUT A 0.2 200"], s.brief())


@scene
def queue_waits(s: Scene) -> None:
    """The queue is drained only when the network comes while a book is open: an old item may follow a newer direct push."""
    device = s.reader()
    device.do("offline")
    s.rec.take()
    device.do("advance", seconds=DEBOUNCE)
    device.do("turn", to=20)
    device.do("close")
    device.do("online")  # in the file manager: the plugin is not there to hear it
    device.do("advance", seconds=DEBOUNCE)
    s.same("connected with no book open: nothing is sent", [], s.brief())
    device.open(A)
    device.do("advance", seconds=DEBOUNCE)
    s.same("opening online: only a pull", ["GET A 200"], s.brief())
    device.do("turn", to=60)
    device.do("close")
    s.same("a direct push at 60 %", ["PUT A 0.6 200"], s.brief())
    device.do("advance", seconds=DEBOUNCE)
    device.open(A)
    s.wire()
    device.do("offline", quietly=True)
    device.do("online")
    device.do("advance", seconds=DEBOUNCE)
    s.same("at the next connection the old 20 % follows", ["PUT A 0.2 200"], s.brief()[:1])
    s.say("the server holds", s.stored()["percentage"])


FAULTS: dict[str, Plain] = {
    "500": http_answer(500, b"oops", "text/html"),
    "503": http_answer(503, {"code": 2000, "message": "x"}),
    "502": http_answer(502),
    "202": http_answer(202, {"document": A}),
    "403": http_answer(403, INVALID),
    "404": http_answer(404),
    "401": http_answer(401, UNAUTHORIZED),
    "200 text": http_answer(200, b"OK", "text/plain"),
    "200 not JSON": http_answer(200, b"{"),
    "200 {}": http_answer(200, {}),
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "201": http_answer(201, {}),
    "200 without a body": http_answer(200),
    "200 without a type": http_answer(200, b"{}", None),
    "drop": "drop",
    "hang": "hang",
    "lose": "lose",
    "refuse": "refuse",
}
QUEUED = {"500", "503", "502", "202", "403", "404", "drop", "hang", "lose", "refuse", "201", "204"}


@scene
def failing_pushes(s: Scene) -> None:
    """Any failure of a push but a 401 is queued."""
    device = s.reader()
    queued = set()
    for page, (label, fault) in enumerate(FAULTS.items(), 11):
        device.do("advance", seconds=DEBOUNCE)
        device.do("turn", to=page)
        answer = s.during(fault, lambda: device.do("push"))
        queue = device.state()["queue"]
        if queue and queue[-1]["percentage"] == page / 100:
            queued.add(label)
        s.say(f"{label:18} {'queued' if label in queued else 'not queued'} after {answer['took']:.2f} s")
    s.check("a 401 is not queued", "401" not in queued)
    s.check("all other failures are", queued >= QUEUED, sorted(QUEUED - queued))


@scene
def failing_drains(s: Scene) -> None:
    """What fails while the queue is drained is lost for good, whatever the failure: the plugin does not look."""
    s.reader()
    for label in ("500", "503", "401", "drop", "hang", "refuse"):
        device = s.reader(device_id="E-" + label, register=False)
        device.do("offline")
        device.do("advance", seconds=DEBOUNCE)
        device.do("turn", to=20)
        device.do("close")
        for page in (30, None):
            device.open(B, page=page or 30)
            device.do("refuse_network")
            if page:
                device.do("turn", to=page + 1)
                device.do("close")
        s.same(f"{label}: two items wait", 2, len(device.state()["queue"]))
        s.rec.take()

        s.during("refuse" if label == "refuse" else only_the_first(FAULTS[label]), partial(drain, device))
        s.same(f"{label}: the queue is empty", [], device.state()["queue"])
        device.do("offline")
        device.do("advance", seconds=DEBOUNCE)
        device.do("online")
        device.do("advance", seconds=DEBOUNCE)
        s.check(f"{label}: it is never sent again", not any(each.startswith("PUT A") for each in s.brief()))
        device.close()


def drain(device: Device) -> dict[str, Any]:
    device.do("online")
    return device.do("advance", seconds=1)


def only_the_first(fault: Plain) -> Callable[[bytes], Plain]:
    """A fault for the first connection alone."""
    pending = [fault]
    return lambda _request: pending.pop() if pending else None
