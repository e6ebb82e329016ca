"""Scenes of addresses, names and credentials."""

import json

from tests.koreader.koreader import texts
from tests.koreader.scenes.scene import DEBOUNCE, A, Scene, scene

ASKS_FOR_SIGN_IN = "Please register or login"


@scene
def odd_names(s: Scene) -> None:
    """Names with a colon are refused; names of other alphabets register and sign in."""
    device = s.device()
    device.open(A, page=10)
    device.do("server", url=s.url)
    shown = texts(device.do("register", user=s.user + ":x", password="pässword"))
    s.same("a colon is refused", 403, s.wire()[-1].status)
    s.say(shown[-1])
    for name in ("ünï☃" + s.user, s.user + ' "\\/'):
        device.do("register", user=name, password="pässword")
        device.do("logout")
        s.rec.take()
        shown = texts(device.do("login", user=name, password="pässword"))
        s.same(f"{name!r} signs in", ("Logged in to KOReader server.", 200), (shown[-1], s.wire()[-1].status))
        device.do("logout")


@scene
def signing_in(s: Scene) -> None:
    """Names are compared exactly; signed out, nothing is sent."""
    device = s.reader()
    device.do("logout")
    for user, password in ((s.user, "wrong"), (s.user.upper(), "secret")):
        shown = texts(device.do("login", user=user, password=password))
        s.same("401, in the server's own words", ("Unauthorized", 401), (shown[-1], s.wire()[-1].status))
    shown = texts(device.do("push"))
    s.check("pushing signed out asks to sign in", shown[0].startswith(ASKS_FOR_SIGN_IN), shown)
    s.same("and sends nothing", [], s.wire())


@scene
def signed_out_queue(s: Scene) -> None:
    """A queue that fills while signed out is drained without a key, and is lost."""
    device = s.reader()
    device.do("logout")
    device.do("close")
    device.open(A, page=10)
    device.do("offline")
    device.do("turn", to=20)
    device.do("close")
    device.open(A)
    device.do("refuse_network")
    s.same("one item waits", 1, len(device.state()["queue"]))
    s.rec.take()
    device.do("online")
    device.do("advance", seconds=1)
    for each in s.wire():
        s.same("it is refused", 401, each.status)
        s.say([header for header in each.headers if header[0].startswith("x-auth")])
    s.same("and the queue is empty", [], device.state()["queue"])


@scene
def addresses(s: Scene) -> None:
    """The server's address as people type it: with and without /kosync, with slashes behind."""
    device = s.device()
    device.open(A, page=10)
    device.do("server", url=s.root)
    device.do("register", user=s.user, password="secret")
    device.do("setting", set={"auto_sync": False})
    s.rec.take()
    for tail in ("", "/", "//", "/kosync", "/kosync/", "/kosync//", "/#fragment"):
        device.do("server", url=s.root + tail)
        device.do("login", user=s.user, password="secret")
        device.do("push")
        device.do("pull")
        fresh = s.rec.take()
        s.same(f"{tail!r}: sign in, push, pull", [200, 200, 200], [each.status for each in fresh])
        s.say("      " + ", ".join(each.target for each in fresh))


@scene
def addresses_that_fail(s: Scene) -> None:
    """Addresses that the plugin itself can't use: nothing reaches the server."""
    device = s.reader()
    host = s.root.removeprefix("http://")
    for odd in (host, f"HTTP://{host}", f" {s.root}", f"{s.root} ", f"https://{host}", f"{s.root}?x=1"):
        device.do("server", url=odd)
        answer = device.ask("login", user=s.user, password="secret")
        s.say(repr(odd), answer.get("crash") or texts(answer)[-1])
        s.same("no request", [], [each.request for each in s.rec.take() if each.method in {"GET", "PUT", "POST"}])


@scene
def device_names(s: Scene) -> None:
    """A name of the device's own, and what KOReader tells of a book."""
    device = s.reader()
    own = "Papa's “Kobo” / é\t\x7f"
    device.do("hostname", name=own)
    device.do("setting", set={"send_metadata": True})
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    device.open(A, page=10, title='Les Misérables "I"', authors="Hugo\nAnon", file="/mnt/onboard/Les Misérables.epub")
    s.rec.take()
    device.do("push")
    sent = s.pushed()
    metadata = {"title": 'Les Misérables "I"', "authors": "Hugo\nAnon", "filename": "Les Misérables.epub"}
    s.same("what is told of the book", metadata, sent["metadata"])
    s.same("the name comes back byte for byte", own, s.stored()["device"])
    shown = texts(device.do("pull"))
    s.same("its own place is no news", ["The progress has already been synchronized."], shown)
    device.do("setting", set={"checksum_method": 1})
    device.do("push")
    s.say("by file name:", s.pushed()["document"])
    device.do("close")
    device.do("advance", seconds=DEBOUNCE)
    device.open(A, page=10)
    s.rec.take()
    device.do("push")
    s.say("without title and authors:", json.dumps(s.pushed()["metadata"]))
