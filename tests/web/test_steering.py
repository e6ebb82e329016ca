"""The forms of a work, each there and back: nothing that a person does here is for good."""

import re
from urllib.parse import quote

import pytest

from tests.annotations.client import PalaceClient, href_progression
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.past import PASSWORD

ALICE = "Adventures in Wonderland"


def value_of(browser: Browser, name: str, after: str) -> str:
    """What the first button of that name says after a text of the page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', browser.text.partition(after)[2])
    assert found, browser.words
    return found[1]


def test_restore_and_undo(own: RunningServer) -> None:
    """One click takes a place back, devices are answered with it, and one more click undoes that."""
    browser, kobo = Browser(own).sign_in(), KosyncClient(own.base, "ann", md5(PASSWORD), device="Kobo")
    path = browser.work("Emma")
    kobo.push("a" * 32, "/body/DocFragment[4]/body/p[1]/text().0", 0.35)
    browser.get(path)
    browser.submit(f"{path}/restore", reading=value_of(browser, "reading", "<tbody"))

    assert "That is your place now" in browser.words
    assert "Why this is your place: you took back the place of Kobo." in browser.words
    assert 0.3 == kobo.pull("a" * 32)["percentage"]
    browser.submit(f"{path}/restore", reading=value_of(browser, "reading", "Why this is your place"))
    assert 0.35 == kobo.pull("a" * 32)["percentage"]


def test_go_to_a_device(own: RunningServer) -> None:
    """A device's own place, which was kept aside, is the place with one click."""
    browser = Browser(own).sign_in()
    path = browser.work(ALICE)
    browser.get(path)
    browser.submit(f"{path}/restore", reading=value_of(browser, "reading", "<strong>Boox</strong>"))

    assert "you took back the place of Boox" in browser.words
    assert "Undo: back to 60 % from Kobo" in browser.words


def test_states(own: RunningServer) -> None:
    """A work is finished, begun again, put aside and taken up again, and is in the list that its state says."""
    browser = Browser(own).sign_in()
    path = browser.work("Emma")
    browser.get(path)
    for state, listed, said in (
        ("finished", "/finished", "Marked as finished"),
        ("again", "/reading", "Begun again"),
        ("abandoned", "/put-aside", "Put aside"),
        ("reading", "/reading", "Marked as being read"),
    ):
        browser.submit(f"{path}/state", state=state)
        assert said in browser.words
        assert path.rpartition("/")[2] in browser.get(listed).text, state
        others = {"/finished", "/reading", "/put-aside"} - {listed}
        assert [] == [other for other in others if path.rpartition("/")[2] in browser.get(other).text], state
        browser.get(path)
    assert "for the 2. time" in browser.words
    browser.submit(f"{path}/state", 400, state="eaten")


def test_join_and_part(own: RunningServer) -> None:
    """Another work is found, joined, with one history, and parted again."""
    browser = Browser(own).sign_in()
    path, other = browser.work("Emma"), browser.work(ALICE)
    browser.get(f"{path}/belongs?q=alice")
    browser.submit(f"{path}/join", work=value_of(browser, "work", "Works of yours"))
    assert "Both are one work now" in browser.words
    browser.get(f"{other}/belongs")
    assert "joined to another one" in browser.words
    browser.get(f"{path}/belongs")
    browser.submit(f"{path}/part", merge=value_of(browser, "merge", "Joined"))

    assert "They are two works again" in browser.words
    assert ALICE in browser.get("/").text


def test_proposed_book(own: RunningServer) -> None:
    """A document without a file is proposed a book of its name; where that is read as another work, both are joined."""
    kobo, document = KosyncClient(own.base, "ann", md5(PASSWORD)), "b" * 32
    kobo.push(
        document, "/body/DocFragment[2].0", 0.1, metadata={"title": "Alice's Adventures in Wonderland", "filename": "a.epub"}
    )
    browser = Browser(own).sign_in()
    assert "perhaps they are in it" in browser.words
    work = re.search(r"works/[0-9a-f-]{36}/belongs", browser.text)
    assert work
    browser.get("/" + work[0])
    assert "you read it as a work of its own" in browser.words
    browser.submit("/" + work[0].replace("belongs", "join"), work=value_of(browser, "work", "called the same"))

    assert "Both are one work now" in browser.words
    assert "Lewis Carroll" in browser.get("/").text
    assert 1 == browser.text.count("Alice&#39;s Adventures")


def test_not_this_book(own: RunningServer) -> None:
    """A document that was taken for a book is none, once the person says so; linked again, it is that book."""
    browser = Browser(own).sign_in()
    path = browser.work(ALICE)
    browser.get(f"{path}/belongs")
    assert "found by KOReader's digest of the content" in browser.words
    edition = re.search(r'name="type" value="publication"><input type="hidden" name="value" value="([^"]+)"', browser.text)
    assert edition
    browser.submit(f"{path}/unlink", type="publication", value=edition[1])
    assert "you have said that it is another book" in browser.words
    assert "No file of the library is known for it" in browser.get(path).text
    browser.get(f"{path}/belongs?q=alice")
    browser.submit(f"{path}/link", publication=value_of(browser, "publication", "Books of the library"))

    assert "Linked." in browser.words
    assert "Download" in browser.get(path).text


def test_take_a_name_out(own: RunningServer) -> None:
    """Another name of a document that belongs to another book gets a work of its own; the last one of a work stays."""
    kobo, document = KosyncClient(own.base, "ann", md5(PASSWORD)), "a" * 32
    identifiers = [{"type": "content", "value": document}, {"type": "structure", "value": "other-name"}]
    kobo.push(document, "/body/DocFragment[3].0", 0.31, identifiers=identifiers)
    browser = Browser(own).sign_in()
    path = browser.work("Emma")
    browser.get(f"{path}/belongs")
    found = re.search(r'name="type" value="(kosync-alias)"><input type="hidden" name="value" value="([^"]+)"', browser.text)
    assert found, browser.words
    browser.submit(f"{path}/unlink", type=found[1], value=found[2])

    assert "It does not belong to this work any more" in browser.words
    assert "Take it out" not in browser.words
    browser.submit(f"{path}/unlink", 400, type="kosync-document", value=document)
    assert "othing else leads to this work" in browser.words


def test_bookmarks(own: RunningServer) -> None:
    """Bookmarks of an app are on the work's page, in the order of the book, with the sentence and the chapter there."""
    browser = Browser(own).sign_in()
    path = browser.work(ALICE)
    publication = re.search(r"covers/([0-9a-f-]{36})", browser.text)
    assert publication
    palace, source = PalaceClient(own.base, "ann", password=PASSWORD), f"urn:uuid:{publication[1]}"
    href = browser.get(path).text
    assert "Bookmarks and notes" not in href
    for progress in (0.5, 0.1):
        palace.mark(source, href_progression("OEBPS/3024803926727201407_11-h-3.htm.html", progress))
    browser.get(path)

    assert "Bookmarks and notes" in browser.words
    assert 2 == browser.text.partition("Bookmarks and notes")[2].partition("<h2>")[0].count("<q>")


@pytest.mark.parametrize("query", ["emma", "EMMA austen", "jane", "alice carroll", "wonder"])
def test_search_finds(ann: Browser, query: str) -> None:
    """Books are found by words of their titles and authors, as devices say them and as files do."""
    ann.get(f"/search?q={quote(query)}")

    assert 1 == ann.text.count('class="card"')


@pytest.mark.parametrize(
    "query", ["", "   ", "zzz", "emma alice", "%", "_", "\\", "'", '"', "x" * 5000, "\N{GRINNING FACE}", "%00"]
)
def test_search_finds_nothing(ann: Browser, query: str) -> None:
    """What is in no title is not found, whatever signs it is made of."""
    ann.get(f"/search?q={quote(query)}")

    assert 0 == ann.text.count('class="card"')
