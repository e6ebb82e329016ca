"""Files and covers, as they are sent."""

import os
import random
import socket
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2
import pytest

from tests.opds.library import FILE, NAMED, Reader, book, href, metadata, people
from tests.running import RunningServer


@pytest.fixture
def address(ann: Reader) -> str:
    """Where the large file is."""
    return href(ann.titled("Big"), FILE)


def test_a_file_is_sent_whole(ann: Reader, address: str) -> None:
    """A download is the file byte for byte, as an attachment, sandboxed, with length, type and tags."""
    answer = ann.get(address)
    link = next(link for link in ann.titled("Big")["links"] if link["rel"] == FILE)

    assert link["size"] == len(answer.content) == int(answer.headers["content-length"])
    assert b"PK" == answer.content[:2]
    assert "application/epub+zip" == answer.headers["content-type"]
    assert "sandbox; default-src 'none'" == answer.headers["content-security-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert "bytes" == answer.headers["accept-ranges"]
    assert answer.headers["content-disposition"].startswith('attachment; filename="big.epub"')
    assert {"etag", "last-modified"} <= set(answer.headers)


def test_names_arrive_in_any_writing(ann: Reader) -> None:
    """The name comes whole in RFC 8187's form; the plain one is what KOReader decodes to the same."""
    disposition = ann.get(href(ann.titled("R.U.R. & více"), FILE)).headers["content-disposition"]
    plain = disposition.partition('filename="')[2].partition('"')[0]

    assert NAMED[1] == unquote(disposition.partition("filename*=UTF-8''")[2])
    assert NAMED[1] == unquote(plain)


@pytest.mark.parametrize(
    ("asked", "part"), [("bytes=0-0", slice(0, 1)), ("bytes=300000-", slice(300_000, None)), ("bytes=-1000", slice(-1000, None))]
)
def test_a_part(ann: Reader, address: str, asked: str, part: slice) -> None:
    """A range is answered with exactly those bytes, and says which they are."""
    whole = ann.get(address).content
    answer = ann.get(address, 206, range=asked)
    start, stop, _ = part.indices(len(whole))

    assert whole[part] == answer.content
    assert f"bytes {start}-{stop - 1}/{len(whole)}" == answer.headers["content-range"]


def test_a_download_goes_on_where_it_broke(ann: Reader, address: str) -> None:
    """With If-Range the rest comes while the file is the same, and all of it when it is another."""
    whole = ann.get(address)
    rest = ann.get(address, 206, **{"range": "bytes=100-", "if-range": whole.headers["etag"]})
    other = ann.get(address, 200, **{"range": "bytes=100-", "if-range": '"other"'})

    assert whole.content == whole.content[:100] + rest.content
    assert whole.content == other.content


def test_no_part_beyond_the_end(ann: Reader, address: str) -> None:
    """A range that begins after the end is 416, with the size."""
    size = len(ann.get(address).content)

    assert f"bytes */{size}" == ann.get(address, 416, range="bytes=99999999-").headers["content-range"]


def test_head_and_conditions(ann: Reader, address: str) -> None:
    """HEAD tells what GET would, without a body; who has the file is told so."""
    whole, head = ann.get(address), ann.http.head(address)
    names = ("etag", "content-length", "content-type", "content-disposition", "last-modified", "accept-ranges")

    assert (200, b"") == (head.status_code, head.content)
    assert [whole.headers[name] for name in names] == [head.headers[name] for name in names]
    assert b"" == ann.get(address, 304, **{"if-none-match": whole.headers["etag"]}).content
    ann.get(address, 304, **{"if-modified-since": whole.headers["last-modified"]})
    ann.get(address, 412, **{"if-match": '"other"'})


def test_a_client_that_goes_away(ann: Reader, books: RunningServer, address: str) -> None:
    """Clients that leave in the middle of a download leave no open file behind, and the server goes on."""
    sign_in = b64encode(b"ann:secret").decode()
    request = f"GET {urlsplit(address).path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {sign_in}\r\n\r\n".encode()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", books.port), timeout=10) as conn:
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            conn.sendall(request)
            assert conn.recv(1000)
    end = time.monotonic() + 10
    while opened(books) and time.monotonic() < end:
        time.sleep(0.05)

    assert [] == opened(books)
    assert 200 == ann.get(address).status_code


def opened(server: RunningServer) -> list[str]:
    """The library's files that the server has open (where the system tells)."""
    folder = Path(f"/proc/{server.process.pid}/fd")
    if not folder.exists():
        pytest.skip("this system does not tell which files are open")
    targets = []
    for descriptor in folder.iterdir():
        try:
            targets.append(str(descriptor.readlink()))
        except OSError:
            continue
    return [target for target in targets if target.endswith(".epub")]


def test_covers(ann: Reader) -> None:
    """A cover and a thumbnail are JPEGs that were drawn anew, sandboxed, and not sent again to who has them."""
    images = {link["rel"].rpartition("/")[2]: link["href"] for link in ann.titled("Emma")["images"]}
    cover, thumbnail = ann.get(images["image"]), ann.get(images["thumbnail"])

    assert [b"\xff\xd8\xff"] * 2 == [answer.content[:3] for answer in (cover, thumbnail)]
    assert {"image/jpeg"} == {answer.headers["content-type"] for answer in (cover, thumbnail)}
    assert "nosniff" == cover.headers["x-content-type-options"]
    assert cover.headers["cache-control"].startswith("private")
    ann.get(images["image"], 304, **{"if-none-match": cover.headers["etag"]})


def test_no_cover(ann: Reader) -> None:
    """A publication without a cover offers none, and asking for it is 404."""
    shown = ann.titled("Big")

    assert "images" not in shown
    ann.get(href(shown, "self") + "/cover", 404)


def test_files_that_change_or_go(start: object, tmp_path: Path) -> None:
    """Another file in the place has another tag; one that is gone is 404, also through a link that leads out of the folder."""
    folder, data = tmp_path / "books", tmp_path / "data"
    folder.mkdir()
    book(folder / "one.epub", metadata("One", "Ann"))
    data.mkdir()
    people(data)
    assert callable(start)
    server = start("--library", str(folder))
    reader = Reader(server)
    reader.wait(1)
    address = href(reader.titled("One"), FILE)
    tag = reader.get(address).headers["etag"]
    book(folder / "one.epub", metadata("One", "Ann"), "Something else is in it now.")

    assert tag != reader.get(address).headers["etag"]
    (tmp_path / "secret").write_text("secret")
    (folder / "one.epub").unlink()
    (folder / "one.epub").symlink_to(tmp_path / "secret")
    reader.get(address, 404)
    (folder / "one.epub").unlink()
    reader.get(address, 404)


def test_names_of_more_than_one_line(start: object, tmp_path: Path) -> None:
    """A file whose name has line ends in it can be fetched like others, and adds no header."""
    folder, data = tmp_path / "books", tmp_path / "data"
    folder.mkdir()
    book(folder / "one\nX-Evil: 1\r\n.epub", metadata("One", "Ann"))
    data.mkdir()
    people(data)
    assert callable(start)
    reader = Reader(start("--library", str(folder)))
    reader.wait(1)
    answer = reader.get(href(reader.titled("One"), FILE))

    assert "x-evil" not in answer.headers
    assert (folder / "one\nX-Evil: 1\r\n.epub").read_bytes() == answer.content


def test_the_first_page_names_the_catalog(books: RunningServer, ann: Reader) -> None:
    """Who opens the server's address in a browser is told where the books are, and that is where they are."""
    page = httpx2.get(books.base + "/").text

    assert f"<code>{books.base}/opds</code>" in page
    assert 200 == ann.get(f"{books.base}/opds").status_code


def cut(path: Path) -> None:
    os.truncate(path, 1_000_000)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))


@pytest.mark.parametrize("change", [cut, overwrite])
def test_a_file_that_changes_while_it_is_sent(start: object, tmp_path: Path, change: Callable[[Path], None]) -> None:
    """A file that becomes shorter, or is written over, under a download ends the connection: nobody takes a part or a mixture for
    the whole.
    """
    folder, data = tmp_path / "books", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    people(data)
    book(folder / "one.epub", metadata("One", "Ann"), noise_bin=random.Random(2).randbytes(20_000_000))
    assert callable(start)
    server = start("--library", str(folder))
    reader = Reader(server)
    reader.wait(1)
    sign_in = b64encode(b"ann:secret").decode()
    path = urlsplit(href(reader.titled("One"), FILE)).path
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as conn:
        conn.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {sign_in}\r\n\r\n".encode())
        received = len(conn.recv(1000))
        change(folder / "one.epub")
        while piece := conn.recv(65_536):
            received += len(piece)

    assert received < 20_000_000
    reader.get("/opds/v2")
