"""The scenes that are kept as traces: short stories of what readers do every day."""

import json

from tests.koreader.koreader import texts
from tests.koreader.scenes.scene import DEBOUNCE, KEY, A, B, Scene, pointer, scene


@scene
def register_and_sign_in(s: Scene) -> None:
    """Registering, a name that is taken, signing out and in, a wrong password."""
    device = s.device()
    device.open(A, page=10)
    device.do("server", url=s.url)
    shown = texts(device.do("register", user=f"  {s.user} ", password="secret"))
    first = s.wire()[-1]
    s.check("registered", "Registered to KOReader server." in shown, shown)
    s.same("with 201", 201, first.status)
    s.same("the name is trimmed, the key is md5(password)", {"username": s.user, "password": KEY}, json.loads(first.body))

    device.do("logout")
    shown = texts(device.do("register", user=s.user, password="other"))
    s.same("a name that is taken is 402", 402, s.wire()[-1].status)
    s.check("and the server's own words are shown", "Username is already registered." in shown, shown)
    shown = texts(device.do("login", user=s.user, password="wrong"))
    s.same("a wrong password is 401, in the server's own words", ("Unauthorized", 401), (shown[-1], s.wire()[-1].status))
    shown = texts(device.do("login", user=s.user, password="secret"))
    s.same("signed in", ("Logged in to KOReader server.", 200), (shown[-1], s.wire()[-1].status))


@scene
def two_devices(s: Scene) -> None:
    """What one device pushes when its book is closed, another one is asked about when it opens the book, and goes there."""
    kindle = s.reader()
    kindle.do("turn", to=37)
    kindle.do("close")
    mine = {"document": A, "progress": pointer(37), "percentage": 0.37, "device": "KindlePaperWhite", "device_id": "AAAA-1"}
    s.same("closing pushes", mine, s.pushed())

    kobo = s.another()
    opened = kobo.open(A, page=1)
    s.same("opening pulls", ["GET A 200"], s.brief())
    s.same("and asks", "Sync to latest location 37% from device 'KindlePaperWhite'?", opened["state"].get("asking"))
    state = kobo.do("accept")["state"]
    s.same("the reader goes there", (37, pointer(37)), (state["page"], state["progress"]))
    kobo.do("close")
    s.same("closing pushes the same place", ["PUT A 0.37 200"], s.brief())

    kindle.do("advance", seconds=DEBOUNCE)
    opened = kindle.open(A)
    s.same("which is no news on the first device", (None, ["GET A 200"]), (opened["state"].get("asking"), s.brief()))


@scene
def prompt(s: Scene) -> None:
    """The reader who declines the other device's place stays, reads on, and is followed by the other device in turn."""
    kindle = s.reader()
    kindle.do("turn", to=60)
    kindle.do("close")
    s.same("the first device is at 60 %", ["PUT A 0.6 200"], s.brief())
    kobo = s.another()
    kobo.open(A, page=1)
    kobo.do("dismiss")
    kobo.do("turn", to=20)
    kobo.do("close")
    s.same("what is declined was fetched all the same", ["GET A 200", "PUT A 0.2 200"], s.brief())
    kindle.do("advance", seconds=DEBOUNCE)
    opened = kindle.open(A)
    s.wire()
    s.say("the first device is asked:", opened["state"].get("asking"))
    s.same("so going back was deliberate", 0.2, s.stored()["percentage"])


@scene
def offline_then_pull(s: Scene) -> None:
    """Two days of reading two books offline: the queue is drained in order, then the open book is pulled."""
    device = s.reader(book=B, page=1, wall_offset=-86_400)
    device.do("close")
    device.do("offline")
    device.do("advance", seconds=DEBOUNCE)

    def read(book: str, page: int) -> None:
        device.open(book, page=page - 1)
        device.do("refuse_network")
        device.do("turn", to=page)
        device.do("close")

    for book, page in ((A, 10), (B, 20), (A, 11)):  # the second of one day replaces the first and moves to the end
        read(book, page)
    device.do("wall", offset=0)
    for book, page in ((A, 30), (B, 40)):
        read(book, page)
    s.rec.take()
    device.open(A, page=30)
    device.do("refuse_network")
    queue = [(each["document"], each["percentage"]) for each in device.state()["queue"]]
    s.same("one item for each book and day", [(B, 0.2), (A, 0.11), (A, 0.3), (B, 0.4)], queue)
    device.do("online")
    s.same("nothing is sent at once", [], s.brief())
    device.do("advance", seconds=0.5)
    sent = ["PUT B 0.2 200", "PUT A 0.11 200", "PUT A 0.3 200", "PUT B 0.4 200", "GET A 200"]
    s.same("half a second later the queue is drained in order, then there is a pull", sent, s.brief())
    s.same("and the queue is empty", [], device.state()["queue"])


@scene
def pushed_back(s: Scene) -> None:
    """After a pull KOReader pushes back the very string that it got, until a page is turned."""
    kindle = s.reader()
    kindle.do("turn", to=40)
    kindle.do("push")
    kobo = s.another()
    kobo.open(A, page=1, places={pointer(40): 41})
    s.wire()
    kobo.do("accept")
    kobo.do("push")
    back = s.pushed()
    s.same("the string is the other's, the percentage its own", (pointer(40), 0.41), (back["progress"], back["percentage"]))
    found = s.stored()
    s.same("which moves nothing", (0.4, "KindlePaperWhite"), (found["percentage"], found["device"]))
    kobo.do("advance", seconds=DEBOUNCE)
    kobo.do("turn", by=1)
    kobo.do("push")
    s.same("after a page its own", pointer(42), s.pushed()["progress"])
    s.same("and that counts", (pointer(42), "KoboClara"), (s.stored()["progress"], s.stored()["device"]))


@scene
def paged_book(s: Scene) -> None:
    """The place in a PDF is its page, as a string."""
    kindle = s.reader()
    kindle.do("close")
    kindle.do("advance", seconds=DEBOUNCE)
    kindle.open(B, paged=True, pages=200, page=56)
    s.wire()
    kindle.do("push")
    each = s.wire()[-1]
    s.check("a page is pushed as a string", '"progress":"56"' in each.body, each.body)
    kobo = s.another(after=A)
    opened = kobo.open(B, paged=True, pages=200, page=3)
    s.same("asked", "Sync to latest location 28% from device 'KindlePaperWhite'?", opened["state"].get("asking"))
    state = kobo.do("accept")["state"]
    s.same("on page 56", (56, 56), (state["page"], state["jumps"][-1]["to"]))
    s.same("came as a string", '"56"', json.dumps(json.loads(s.wire()[-1].answer)["progress"]))


@scene
def failure_then_queue(s: Scene) -> None:
    """A push whose answer got lost was kept; it is queued all the same, sent again later, and changes nothing then."""
    device = s.reader()
    device.do("turn", to=20)
    s.during("lose", lambda: device.do("push"))
    s.same("the server has it", 0.2, s.stored().get("percentage"))
    s.same("the device believes that it has not", [0.2], [each["percentage"] for each in device.state()["queue"]])
    device.do("advance", seconds=DEBOUNCE)
    device.do("turn", to=50)
    device.do("push")
    s.same("meanwhile the reader reads on", ["PUT A 0.5 200"], s.brief())
    device.do("offline", quietly=True)
    device.do("online")
    device.do("advance", seconds=DEBOUNCE)
    s.same("then the queue is drained, and a pull follows", ["PUT A 0.2 200", "GET A 200"], s.brief())
    s.say("the server holds", s.stored()["percentage"])
