"""What KOReader makes of unusual answers to a pull: automatically on opening, then by hand."""

import json
import time
from typing import Any

from tests.koreader.koreader import Device, texts
from tests.koreader.record import http_answer
from tests.koreader.scenes.scene import DEBOUNCE, OURS, A, Scene, scene

JSON = "application/json"


def cases(s: Scene) -> dict[str, bytes]:
    """Answers, by what is odd about them."""
    good = s.place(timestamp=int(time.time()) + 5000)
    raw = json.dumps(good).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    changed: dict[str, dict[str, Any]] = {
        "plain": {},
        "no device_id": {"device_id": ...},
        "no device": {"device": ...},
        "no timestamp": {"timestamp": ...},
        "timestamp text": {"timestamp": str(good["timestamp"])},
        "timestamp ms": {"timestamp": good["timestamp"] * 1000},
        "timestamp float": {"timestamp": good["timestamp"] + 0.5},
        "timestamp null": {"timestamp": None},
        "percentage text": {"percentage": "0.4"},
        "percentage null": {"percentage": None},
        "percentage 1.0": {"percentage": 1.0},
        "percentage 0": {"percentage": 0},
        "no progress": {"progress": ...},
        "progress empty": {"progress": ""},
        "progress number": {"progress": 56},
        "own device": {"device": "KindlePaperWhite", "device_id": "AAAA-1"},
        "own model, other id": {"device": "KindlePaperWhite", "device_id": "other"},
        "extra members": {"match": "content", "x": {"y": [1]}},
    }
    return {label: http_answer(200, s.place(**good | change)) for label, change in changed.items()} | {
        "empty object": http_answer(200, {}),
        "empty array": http_answer(200, b"[]"),
        "text/plain": http_answer(200, good, "text/plain"),
        "no type": http_answer(200, good, None),
        "charset": http_answer(200, good, JSON + "; charset=utf-8"),
        "type in capitals": http_answer(200, good, JSON.upper()),
        "vendor's type": http_answer(200, good, "application/vnd.koreader.v1+json"),
        "chunked": head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(raw), raw),
        "no length": head + b"\r\n" + raw,
        "HTTP/1.0": head.replace(b"1.1", b"1.0") + b"\r\n" + raw,
        "not JSON": http_answer(200, b"{"),
        "401": http_answer(401, {"message": "Unauthorized"}),
        "500": http_answer(500),
        "404": http_answer(404, {}),
        "307": http_answer(307, b"", None, f"Location: {s.url}/elsewhere"),
    }


FOLLOWED = {
    "plain",
    "no device_id",
    "timestamp ms",
    "percentage 1.0",
    "percentage 0",
    "extra members",
    "charset",
    "vendor's type",
} | {
    "chunked",
    "no length",
    "HTTP/1.0",
    "own model, other id",
}
"""Answers that an automatic pull asks about."""
IGNORED = {"own device", "empty object", "text/plain", "no type", "type in capitals", "not JSON", "401", "500", "404", "307"}


def asked_on_opening(s: Scene, device: Device, fault: bytes) -> str | None:
    """Open the book anew while the server answers so; what the reader is asked."""
    device.do("advance", seconds=DEBOUNCE)
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    asked: str | None = s.during(fault, lambda: device.open(A, page=10))["state"].get("asking")
    if asked:
        device.do("dismiss")
    return asked


@scene
def unusual_answers(s: Scene) -> None:
    """An answer needs a JSON type, a percentage and a progress string, and is followed then."""
    device = s.reader()
    for label, fault in cases(s).items():
        asked = asked_on_opening(s, device, fault)
        by_hand = s.during(fault, lambda: device.ask("pull"))
        s.say(f"{label:20} automatic: {asked or 'nothing'}; by hand: {by_hand.get('crash') or texts(by_hand)}")
        if label in FOLLOWED | IGNORED:
            s.same(f"{label}: asked about on opening", label in FOLLOWED, bool(asked))


@scene
def answers_that_lead_nowhere(s: Scene) -> None:
    """A progress that is empty, or no pointer, leads to page 1: there is no answer with a percentage alone."""
    device = s.reader(auto=False)
    for progress, page in ((OURS, 40), ("", 1), ("56", 1), ("nonsense", 1)):
        device.do("turn", to=10)
        device.do("advance", seconds=DEBOUNCE)
        answer = s.answered(s.place(progress=progress, timestamp=int(time.time()) + 5000), lambda: device.ask("pull"))
        s.same(f"{progress!r}", page, answer["state"]["page"])
