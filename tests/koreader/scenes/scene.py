"""What a scene has: devices, the recording proxy between them and the server, and a list of what went wrong."""

import hashlib
import http.client
import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.koreader.koreader import Device
from tests.koreader.record import Exchange, Plain, Recorder, http_answer

A, B = "59d481d168cca6267322f150c5f6a2a3", "0fca5c751677ecbc2dcfe80ea75ace32"
"""Two books."""
OURS = "/body/DocFragment[40]/body/div[2]/p[7]/text()[3].128"
"""A place as another program might have written it."""
KEY = hashlib.md5(b"secret").hexdigest()
DEBOUNCE = 60
"""Seconds after which the plugin, which keeps 25 between two pushes, is ready for anything."""

SCENES: dict[str, Callable[["Scene"], None]] = {}


def scene(run: Callable[["Scene"], None]) -> Callable[["Scene"], None]:
    """Make a function a scene of that name."""
    SCENES[run.__name__] = run
    return run


def name(digest: str) -> str:
    return {A: "A", B: "B"}.get(digest, digest)


def pointer(page: int) -> str:
    """What a device of ours calls the start of a page."""
    return f"/body/DocFragment[{page}]/body/p[1]/text().0"


class Scene:
    """One scene against the server at `base_url`, which lets anybody register."""

    def __init__(self, base_url: str) -> None:
        url = urlsplit(base_url)
        assert url.hostname is not None
        self.prefix = url.path.rstrip("/")
        self.rec = Recorder((url.hostname, url.port or 80))
        self.root = f"http://{self.rec.host}:{self.rec.port}"
        self.url = self.root + self.prefix
        self.user = f"reader-{secrets.token_hex(5)}"
        self.failed: list[str] = []
        self._devices: list[Device] = []

    def say(self, *parts: object) -> None:
        print("   ", *parts)

    def check(self, what: str, good: bool, detail: object = "") -> None:  # noqa: FBT001 - what is checked
        self.say("ok  " if good else "FAIL", what, "" if good else detail)
        if not good:
            self.failed.append(what)

    def same(self, what: str, expected: object, actual: object) -> None:
        self.check(what, expected == actual, f"{actual!r} instead of {expected!r}")

    def device(self, model: str = "KindlePaperWhite", device_id: str = "AAAA-1", *, wall_offset: int = 0) -> Device:
        device = Device(model, device_id, server=self.url, wall_offset=wall_offset)
        self._devices.append(device)
        return device

    def reader(
        self,
        model: str = "KindlePaperWhite",
        device_id: str = "AAAA-1",
        *,
        book: str = A,
        register: bool = True,
        page: int = 10,
        wall_offset: int = 0,
        **more: Any,
    ) -> Device:
        """A signed-in device with a book open, its traffic until then taken."""
        device = self.device(model, device_id, wall_offset=wall_offset)
        device.open(book, page=page)
        device.sign_in(self.user, "secret", register=register, **more)
        self.rec.take()
        return device

    def another(self, *, after: str = B) -> Device:
        """A second device of the same account that has just closed one book and is ready to open the other."""
        device = self.reader("KoboClara", "BBBB-2", register=False, book=after)
        device.do("close")
        self.rec.take()
        device.do("advance", seconds=DEBOUNCE)
        return device

    def wire(self) -> list[Exchange]:
        """The exchanges since the last look, which are also told."""
        fresh = self.rec.take()
        for each in fresh:
            self.say(f"      {each.method} {each.target} {each.body} -> {each.status} {each.answer.strip()}")
        return fresh

    def brief(self) -> list[str]:
        """The same in short: ["PUT A 0.5 200", "GET A 200"]."""
        out = []
        for each in self.wire():
            if each.method == "PUT":
                sent = json.loads(each.body)
                out.append(f"PUT {name(sent['document'])} {sent['percentage']:g} {each.status}")
            else:
                out.append(f"{each.method} {name(each.target.rsplit('/', 1)[1])} {each.status}")
        return out

    def pushed(self) -> dict[str, Any]:
        """What the latest push said."""
        body: dict[str, Any] = json.loads(self.wire()[-1].body)
        return body

    def stored(self, digest: str = A) -> dict[str, Any]:
        """What the server holds, asked beside the proxy."""
        conn = http.client.HTTPConnection(*self.rec.to, timeout=10)
        conn.request("GET", f"{self.prefix}/syncs/progress/{digest}", headers={"x-auth-user": self.user, "x-auth-key": KEY})
        body: dict[str, Any] = json.loads(conn.getresponse().read())
        conn.close()
        return body

    def place(self, **changed: Any) -> dict[str, Any]:
        """An answer to a pull as another program's push would have it. A member that is `...` is left out."""
        whole = {"document": A, "progress": OURS, "percentage": 0.4, "device": "web", "device_id": "w", "timestamp": 0}
        return {key: value for key, value in (whole | changed).items() if value is not ...}

    def during(self, fault: "Plain | Callable[[bytes], Plain]", act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What comes of an act during which the proxy breaks things."""
        self.rec.fault = fault
        if fault == "refuse":
            self.rec.refuse()
        try:
            return act()
        finally:
            self.rec.take(10)
            self.rec.fault = None
            self.rec.serve()

    def answered(self, answer: dict[str, Any], act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What comes of an act that is answered with this place."""
        return self.during(http_answer(200, answer), act)

    def end(self) -> None:
        for device in self._devices:
            device.close()
        self.rec.close()
