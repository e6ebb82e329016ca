"""Uploads: books that arrive whole or not at all, names that do no harm, and what is refused before a byte is kept."""

import http.client
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.domain.errors import Unavailable
from placekeeper.formats.recognising import worth_reading
from placekeeper.services.own_folder import LONGEST_NAME, OwnFolder, safe_name
from tests.files import copied
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.shared import shared
from tests.web.browser import Browser
from tests.web.past import PASSWORD, digest_of
from tests.web.stock import account, book, found, rested, uploaded

BOUNDARY = "0123456789"
LIMIT = 2 * 2**20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server without a library. Whatever is uploaded stays until the end of these tests."""
    data = tmp_path_factory.mktemp("uploads") / "data"
    data.mkdir()
    account(data, "ann", admin=True)
    account(data, "carl")
    running = RunningServer(data, "--upload-limit", str(LIMIT), "--request-timeout", "2")
    ann = Browser(running).sign_in()
    assert 303 == uploaded(ann, [("First.epub", book(data.parent, "First"))]).status_code
    yield running
    assert running.stop() == 0


@pytest.fixture
def ann(server: RunningServer) -> Browser:
    """The admin."""
    return Browser(server).sign_in()


def kept(server: RunningServer) -> list[str]:
    """What is in the server's own folder, hidden things too."""
    folder = server.data / "books"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def said(answer: httpx2.Response) -> str:
    """A page's words."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def form(token: str, name: str, content: bytes) -> bytes:
    """A form with one file, as browsers write it, without its end."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n'
    head += f'Content-Disposition: form-data; name="books"; filename="{name}"\r\nContent-Type: application/epub+zip\r\n\r\n'
    return head.encode() + content


@contextmanager
def begun(browser: Browser, length: int) -> Iterator[http.client.HTTPConnection]:
    """A connection on which the head of an upload was sent."""
    opened = http.client.HTTPConnection(browser.base.removeprefix("http://"), timeout=20)
    opened.putrequest("POST", "/library/upload")
    opened.putheader("cookie", f"placekeeper={browser.http.cookies['placekeeper']}")
    opened.putheader("content-type", f"multipart/form-data; boundary={BOUNDARY}")
    opened.putheader("content-length", str(length))
    opened.endheaders()
    with closing(opened):
        yield opened


def answered(opened: http.client.HTTPConnection) -> tuple[int, str]:
    """Status and text of the answer."""
    with opened.getresponse() as answer:
        return answer.status, answer.read().decode()


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_without_a_library_gets_one(tmp_path: Path) -> None:
    """The first upload makes a library where there was none, without a restart: on the pages, in catalogs, and for KOReader."""
    data, alice = tmp_path / "data", shared("corpus", "pg_alice.epub")
    data.mkdir()
    account(data, "ann", admin=True)
    server = RunningServer(data)
    ann = Browser(server).sign_in()
    assert "No books yet" in ann.get("/library").text
    assert "/opds" not in ann.get("/apps").text
    assert not (data / "books").exists()
    answer = uploaded(ann, [("Alice.epub", alice.read_bytes()), ("Emma.epub", book(tmp_path, "Emma"))])
    assert (303, "../library/scan?did=uploaded") == (answer.status_code, answer.headers["location"])
    rested(ann)
    kosync = KosyncClient(server.base, "ann", md5(PASSWORD))
    kosync.push(digest_of(alice), "/body/DocFragment[5]/body/div/p[3]/text().0", 0.25)
    ann.get(found(ann, "wonderland"))

    assert ["Alice.epub", "Emma.epub"] == kept(server)
    assert "25 %" in ann.words.replace("\xa0", " ")
    assert "/opds" in ann.get("/apps").text
    assert 200 == httpx2.get(server.base + "/opds/v2", auth=("ann", PASSWORD), follow_redirects=True).status_code
    copied(shared("corpus", "kor_leaves.epub"), data / "books")
    until(lambda: "Leaves of Grass" in ann.get("/library").text)
    assert server.stop() == 0


@pytest.mark.parametrize("token", [None, "", "0" * 32])
def test_nothing_is_kept_without_a_token(server: RunningServer, ann: Browser, tmp_path: Path, token: str | None) -> None:
    """Without a token, with a wrong one, with one behind the file or of another site's form, nothing is kept."""
    ann.get("/library/upload")
    before, file = kept(server), ("books", ("Refused.epub", book(tmp_path, "Refused")))
    right = ("token", (None, ann.token))
    forms: list[tuple[list[object], dict[str, str]]] = [([file, right], {})]
    forms.append(([file] if token is None else [("token", (None, token)), file], {}))
    forms.append(([right, file], {"origin": "https://evil.example"}))
    forms.append(([("x", (None, "x")), right, file], {}))
    for parts, headers in forms:
        assert 403 == ann.http.post("/library/upload", files=parts, headers=headers).status_code
    assert before == kept(server)


def test_only_admins_upload(server: RunningServer, tmp_path: Path) -> None:
    """Who has not signed in is sent to do so, who is no admin is refused, and nothing is kept."""
    before, files = kept(server), [("Refused.epub", book(tmp_path, "Refused"))]
    stranger, carl = Browser(server), Browser(server).sign_in("carl")

    assert [303, 403] == [uploaded(each, files).status_code for each in (stranger, carl)]
    assert before == kept(server)


@pytest.mark.parametrize(
    ("said_name", "expected"),
    [
        ("../../x.epub", "x.epub"),
        ("C:\\books\\y.epub", "y.epub"),
        (".hidden.epub", "hidden.epub"),
        ("CON.epub", "_CON.epub"),
        ("a\x00b\n.epub", "ab.epub"),
        ("evil\u202ebupe.epub", "evilbupe.epub"),
        ("<img src=x onerror=alert(1)>.epub", "_img src=x onerror=alert(1)_.epub"),
        ("Ça va\u0301.kepub.epub", "Ça vá.kepub.epub"),
        ("..epub", ""),
        (".epub", ""),
        ("\u202ex.fb2.zip", "x.fb2.zip"),
        ("notes.txt", ""),
        ("x.epub/", ""),
        ("ж" * 5000 + ".epub", "ж" * 97 + ".epub"),
    ],
)
def test_names(said_name: str, expected: str) -> None:
    """What a browser calls a file becomes a name that is one on every system, in its own folder, and can be seen."""
    assert expected == safe_name(said_name)


@given(st.text(max_size=300), st.sampled_from(["", ".epub", ".PDF", ".fb2.zip", ".txt"]))
def test_any_name(stem: str, tail: str) -> None:
    """Whatever a file is called, its name here is short, plain, of a kind that is read, and stays as it is."""
    name = safe_name(stem + tail)
    if name:
        assert LONGEST_NAME >= len(name.encode())
        assert worth_reading(name)
        assert not set(name) & set('/\\<>:"|?*\0\n\u202e')
        assert not name.startswith((".", " "))
        assert name == safe_name(name)


def test_hostile_names_arrive_harmless(server: RunningServer, ann: Browser, tmp_path: Path) -> None:
    """Names with ways out, markup or thousands of signs are kept in the folder under harmless ones, and shown as text."""
    names = ["../../escape.epub", "<img src=x onerror=alert(1)>.epub", "n" * 5000 + ".epub", "a\u202eb.epub", "CON.epub"]
    files = [(name, book(tmp_path, f"Hostile {number}")) for number, name in enumerate(names)]
    ann.get("/library/upload")
    assert 303 == uploaded(ann, files).status_code
    expected = {"escape.epub", "_img src=x onerror=alert(1)_.epub", "n" * 195 + ".epub", "ab.epub", "_CON.epub"}
    assert expected <= set(kept(server))
    assert ["escape.epub"] == [path.name for path in server.data.parent.parent.rglob("escape.epub")]
    ann.get("/library/upload")
    answer = uploaded(ann, [("<script>alert(1)</script>.txt", b"x")])
    assert "<script" not in answer.text
    rested(ann)
    ann.get(found(ann, "hostile"))
    assert "<img src=x" not in ann.text


def test_what_is_no_book(server: RunningServer, ann: Browser, tmp_path: Path) -> None:
    """What is empty, no book, cut off or of a kind that is not read is refused with the reason; what comes with it is kept."""
    truncated = shared("corpus", "damaged", "truncated.epub").read_bytes()
    files = [("empty.epub", b""), ("garbage.epub", b"x" * 99), ("cut.epub", truncated), ("notes.txt", b"x")]
    ann.get("/library/upload")
    before, answer = kept(server), uploaded(ann, files)
    assert 400 == answer.status_code
    for words in ("empty.epub it is empty", "garbage.epub the archive", "cut.epub the archive", "notes.txt files with"):
        assert words in said(answer), words
    assert before == kept(server)
    answer = uploaded(ann, [*files, ("good.epub", book(tmp_path, "Good"))])
    assert (200, True) == (answer.status_code, "good.epub kept" in said(answer))
    assert sorted([*before, "good.epub"]) == kept(server)
    assert 400 == uploaded(ann, [("", b"")]).status_code


def test_the_same_bytes_are_kept_once(server: RunningServer, ann: Browser, tmp_path: Path) -> None:
    """A file that the library has, or that comes twice, is kept once, and said to be there; another book of that name is kept."""
    first, other = book(tmp_path, "Twice"), book(tmp_path, "Other")
    ann.get("/library/upload")
    together = uploaded(ann, [("Twice.epub", first), ("copy.epub", first)])
    again = uploaded(ann, [("again.epub", first)])
    rested(ann)
    ann.get("/library/upload")
    scanned = uploaded(ann, [("later.epub", first)])
    named = uploaded(ann, [("Twice.epub", other)])

    assert "copy.epub the same file as Twice.epub" in said(together)
    assert re.search(
        "again.epub (the same file was uploaded just now, as Twice.epub|the library has this very file)", said(again)
    )
    assert "later.epub the library has this very file already" in said(scanned)
    assert re.search(r"publications/[0-9a-f-]{36}", scanned.text)
    assert 303 == named.status_code
    assert ["Twice (2).epub", "Twice.epub"] == [name for name in kept(server) if name.startswith("Twice")]
    assert not {"copy.epub", "again.epub", "later.epub"} & set(kept(server))


def test_too_large(server: RunningServer, ann: Browser) -> None:
    """A form over the limit is refused at once where it says so, else as soon as it is over, and nothing of it is kept."""
    ann.get("/library/upload")
    before, body = kept(server), form(ann.token, "large.epub", b"x" * (LIMIT + 1))

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    for content in (body, pieces()):
        answer = ann.http.post("/library/upload", content=content, headers=kind)
        assert (400, True) == (answer.status_code, "more than this server takes" in answer.text)
        until(lambda: before == kept(server))


@pytest.mark.parametrize("body", [b"", b"--x", b"x" * 70_000, f"--{BOUNDARY}\r\n".encode() + b"a" * 70_000, b"\r\n" * 9_000])
def test_forms_that_are_none(server: RunningServer, ann: Browser, body: bytes) -> None:
    """What is no form with files is refused in plain words."""
    before = kept(server)
    multipart = "multipart/form-data"
    for kind in (f"{multipart}; boundary={BOUNDARY}", multipart, "text/plain", f"{multipart}; boundary={'x' * 99}"):
        answer = ann.http.post("/library/upload", content=body, headers={"content-type": kind})
        assert answer.status_code in {400, 403}
        assert "<h1>" in answer.text
    assert before == kept(server)


def test_broken_off(server: RunningServer, ann: Browser, tmp_path: Path) -> None:
    """An upload that breaks off half way, or whose form has no end, leaves nothing."""
    ann.get("/library/upload")
    before, body = kept(server), form(ann.token, "half.epub", book(tmp_path, "Half"))
    with begun(ann, len(body) + 1000) as opened:
        opened.send(body)
        until(lambda: before != kept(server))
        assert all(name.startswith(".upload-") for name in set(kept(server)) - set(before))
    until(lambda: before == kept(server))
    with begun(ann, len(body)) as opened:
        opened.send(body)
        status, text = answered(opened)

    assert (400, True) == (status, "did not come to its end" in text)
    assert before == kept(server)


def test_slow_uploads_may_go_on(server: RunningServer, ann: Browser, tmp_path: Path) -> None:
    """An upload takes longer than another request may, as long as bytes come in; one that stops is ended, and leaves nothing."""
    ann.get("/library/upload")
    before, end = kept(server), f"\r\n--{BOUNDARY}--\r\n".encode()
    body = form(ann.token, "slow.epub", book(tmp_path, "Slow")) + end
    with begun(ann, len(body)) as opened:
        for part in range(5):
            opened.send(body[part * len(body) // 5 : (part + 1) * len(body) // 5])
            time.sleep(0.9 if part < 4 else 0)
        assert 303 == answered(opened)[0]
    assert sorted([*before, "slow.epub"]) == kept(server)
    with begun(ann, len(body)) as opened:
        opened.send(body[:-9])
        assert 408 == answered(opened)[0]
    until(lambda: sorted([*before, "slow.epub"]) == kept(server))


@pytest.mark.parametrize("end", [("set", "bea", "admin=no"), ("remove", "bea")])
def test_who_is_no_admin_any_more(server: RunningServer, tmp_path: Path, end: tuple[str, ...]) -> None:
    """An upload that outlasts its admin is refused at its end, and leaves nothing."""
    account(server.data, "bea", admin=True)
    bea = Browser(server).sign_in("bea")
    bea.get("/library/upload")
    before, body = kept(server), form(bea.token, "late.epub", book(tmp_path, "Late")) + f"\r\n--{BOUNDARY}--\r\n".encode()
    with begun(bea, len(body)) as opened:
        opened.send(body[:-9])
        until(lambda: len(before) + 1 == len(kept(server)))
        command("user", *end, data=server.data)
        opened.send(body[-9:])
        status, text = answered(opened)
    if end[0] == "set":
        command("user", "remove", "bea", data=server.data)

    assert (403, True) == (status, "you are none any more" in text)
    assert before == kept(server)


def test_kill_while_uploading(tmp_path: Path) -> None:
    """A server that is killed during an upload leaves a hidden file that no scan takes, and that the next start removes.

    The folder may then be emptied book by book.
    """
    data = tmp_path / "data"
    data.mkdir()
    account(data, "ann", admin=True)
    server = RunningServer(data)
    ann = Browser(server).sign_in()
    assert 303 == uploaded(ann, [("Emma.epub", book(tmp_path, "Emma"))]).status_code
    ann.get("/library/upload")
    with begun(ann, 10**6) as opened:
        opened.send(form(ann.token, "half.epub", book(tmp_path, "Half")))
        until(lambda: 2 == len(kept(server)))
        server.kill()
    left = kept(server)
    again = RunningServer(data)
    rested(Browser(again).sign_in())
    shown = Browser(again).sign_in().get("/library").text

    assert left[0].startswith(".upload-")
    assert ["Emma.epub"] == kept(again)
    assert ("Emma" in shown, "Half" in shown) == (True, False)
    ann = Browser(again).sign_in()
    page = found(ann, "emma")
    ann.get(page)
    ann.submit(f"{page}/remove", sure="yes")
    rested(ann)
    assert "No scan is under way. 0 books are in the library." in ann.words
    assert "is its disk there" not in ann.text
    assert [] == kept(again)
    again.kill()


def test_remove(server: RunningServer, ann: Browser, tmp_path: Path) -> None:
    """An admin who says that they are sure removes an uploaded file, at once and for good; places in the book stay."""
    ann.get("/library/upload")
    uploaded(ann, [("Gone.epub", book(tmp_path, "Gone"))])
    rested(ann)
    page = found(ann, "gone")
    client = KosyncClient(server.base, "ann", md5(PASSWORD))
    document = digest_of(server.data / "books" / "Gone.epub")
    client.push(document, "/body/DocFragment[1]/body/p[1]/text().0", 0.5, metadata={"title": "Gone"})
    ann.get(page)
    assert 400 == ann.send(f"{page}/remove").status_code
    ann.get(page)
    ann.submit(f"{page}/remove", sure="yes")

    assert "The file is gone" in ann.words
    assert "Gone.epub" not in kept(server)
    assert 404 == ann.http.get(page).status_code
    assert "Gone" in ann.get("/reading").text
    rested(ann)
    ann.get("/library?q=gone")
    assert "No book is like that" in ann.text


def test_full_disk(tmp_path: Path) -> None:
    """An upload that would fill the disk is refused beforehand, with a reserve for what the server itself writes."""
    folder = OwnFolder(tmp_path)
    free = shutil.disk_usage(tmp_path).free
    folder.check_room(0)
    with pytest.raises(Unavailable, match="no room"):
        folder.check_room(free)
