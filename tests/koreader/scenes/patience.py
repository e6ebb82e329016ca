"""How long KOReader waits: each wait at a socket is 2 s for progress and 5 s for signing in, however many there are.

The 5 s and 10 s that its source speaks of hold for a whole answer only where it uses KOReader's own sink, which it does not.
"""

import time
from collections.abc import Callable

from tests.koreader.koreader import texts
from tests.koreader.record import http_answer
from tests.koreader.scenes.scene import DEBOUNCE, Scene, scene

PUSHED, PULLED = "Progress has been pushed.", "Latest progress is coming from this device."
FAILED = "Something went wrong when syncing progress"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def late(seconds: float) -> Callable[[bytes], None]:
    """The server's own answer, so much later."""

    def wait(_request: bytes) -> None:
        time.sleep(seconds)

    return wait


@scene
def late_answers(s: Scene) -> None:
    """An answer of the server's that begins within 2 s is heard; one that begins later is not, and the client goes at 2 s."""
    device = s.reader()
    for seconds in (0.5, 1.0, 1.7):
        device.do("advance", seconds=DEBOUNCE)
        device.do("turn", by=1)
        s.same(f"push, {seconds} s", [PUSHED], texts(s.during(late(seconds), lambda: device.do("push"))))
        s.same(f"pull, {seconds} s", [PULLED], texts(s.during(late(seconds), lambda: device.do("pull"))))
    device.do("advance", seconds=DEBOUNCE)
    device.do("turn", by=1)
    answer = s.during(late(2.3), lambda: device.do("push"))
    s.check("push, 2.3 s: not heard", texts(answer)[0].startswith(FAILED), texts(answer))
    s.check("gone after 2 s", 1.9 < answer["took"] < 2.2, answer["took"])
    s.same("and queued", 1, len(device.state()["queue"]))


@scene
def answers_in_pieces(s: Scene) -> None:
    """Only each wait counts, not the whole: an answer in five pieces, 1.5 s apart, is heard after 7.5 s."""
    device = s.reader()
    pieces = [b"HTTP/1.1 200 OK\r\n", b"Content-Type: application/json\r\n", b"Content-Length: 2\r\n", b"\r\n", b"{}"]
    answer = s.during([(1.5, piece) for piece in pieces], lambda: device.do("push"))
    s.same("heard", ([PUSHED], True), (texts(answer), answer["took"] > 7))


@scene
def interim_answers(s: Scene) -> None:
    """An interim `100 Continue` each second keeps KOReader waiting, for a push as for a pull and for a queue."""
    device = s.reader()
    device.do("turn", to=20)
    waiting = [(1.0, CONTINUE)] * 5
    answer = s.during([*waiting, (1.0, http_answer(200, {"document": "x", "timestamp": 1}))], lambda: device.do("push"))
    s.same("a push is heard", ([PUSHED], True), (texts(answer), answer["took"] > 5))
    s.same("and nothing is queued", [], device.state()["queue"])
    device.do("advance", seconds=DEBOUNCE)
    place = s.place(timestamp=int(time.time()) + 5000)
    answer = s.during([*waiting, (1.0, http_answer(200, place))], lambda: device.do("pull"))
    s.same("a pull is heard", ["Progress has been synchronized."], texts(answer))


@scene
def late_sign_in(s: Scene) -> None:
    """Signing in waits 5 s."""
    device = s.reader()
    for seconds, heard in ((4.0, "Logged in to KOReader server."), (6.0, "Unknown server error")):
        answer = s.during(late(seconds), lambda: device.do("login", user=s.user, password="secret"))
        s.same(f"answered after {seconds:g} s", heard, texts(answer)[-1])
