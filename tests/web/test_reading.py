"""What somebody is reading, and a work: where everybody is in it, how it came to that, and how to steer it."""

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.past import PASSWORD

ALICE = "Adventures in Wonderland"


def test_reading_now(ann: Browser) -> None:
    """The front page shows what is read now: its place in words, percent, chapter, device; and what to go on with."""
    ann.get("/")

    for said in ("Reading now", "Lewis Carroll", "said Five", "60 %", "Queen", "Kobo", "Go on with", "Emma", "Jane Austen"):
        assert said in ann.words, said


def test_place_of_a_device_appears(own: RunningServer) -> None:
    """What KOSync reports is on the page with the next look, also of a document without a file and without a name."""
    browser = Browser(own).sign_in()
    KosyncClient(own.base, "ann", md5(PASSWORD), device="Tolino").push("d" * 32, "/body/DocFragment[2]/body/p[1].0", 0.421)
    browser.get("/")

    assert "Reading now Unnamed document" in browser.words
    assert "42 % · Tolino · just now" in browser.words


def test_kept_aside(own: RunningServer) -> None:
    """What another device has said since, and was kept aside, stands beside the place, until there is a newer one."""
    kobo = KosyncClient(own.base, "ann", md5(PASSWORD), device="Kobo", device_id="id of Kobo")
    kobo.push("a" * 32, "/body/DocFragment[5]/body/p[1].0", 0.5)
    kobo.on("Boox").push("a" * 32, "/body/DocFragment[3]/body/p[1].0", 0.2)
    browser = Browser(own).sign_in()
    assert "Kept aside since: 20 % from Boox, just now" in browser.words.replace("\xa0", " ")
    kobo.push("a" * 32, "/body/DocFragment[5]/body/p[2].0", 0.51)

    assert "Kept aside" not in browser.get("/").text


def test_history_says_why(ann: Browser) -> None:
    """A work's page has every reading with its outcome and reason in words, each device's own place, and a picture."""
    ann.get(ann.work(ALICE))

    for said in ("kept aside behind your place", "became your place further on", "Kobo has sent a later place before"):
        assert said in ann.words
    assert 3 == ann.text.count("Go there<") + 1
    assert "<svg" in ann.text
    assert "hollow: kept aside" in ann.words
