"""A folder of recordings is one audiobook, which an app plays from the server."""

from collections.abc import Callable
from pathlib import Path

from tests.files import settled
from tests.formats.makers import mp3
from tests.opds.library import FILE, Reader, href, people
from tests.opds.schemas import errors, feed_errors
from tests.running import RunningServer

MANIFEST = "application/audiobook+json"
MANIFEST_SCHEMA = "https://readium.org/webpub-manifest/schema/publication"


def test_a_folder_of_recordings(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Its link leads to a manifest that is valid; the manifest's addresses, which places name, lead to the recordings alone."""
    folder, data = tmp_path / "books" / "Emma read aloud", tmp_path / "data"
    folder.mkdir(parents=True)
    data.mkdir()
    tracks = {"01 één.mp3": mp3(2.0, title="One"), "02.mp3": mp3(3.0, title="Two")}
    for name, content in tracks.items():
        (folder / name).write_bytes(content)
        settled(folder / name)
    (folder / "notes.txt").write_text("private")
    people(data)
    reader = Reader(start("--library", str(folder.parent)))
    reader.wait(1)
    feed = reader.feed("/publications")
    (shown,) = feed["publications"]
    address = href(shown, FILE)
    manifest = reader.get(address)

    assert [] == feed_errors(feed)
    assert (MANIFEST, address) == (manifest.headers["content-type"], href(manifest.json(), "self"))
    assert [] == errors(MANIFEST_SCHEMA, manifest.json())
    assert ["01%20%C3%A9%C3%A9n.mp3", "02.mp3"] == [part["href"] for part in manifest.json()["readingOrder"]]
    assert ["audio/mpeg"] * 2 == [part["type"] for part in manifest.json()["readingOrder"]]
    base = address.removesuffix("manifest.json")
    assert list(tracks.values()) == [reader.get(base + part["href"]).content for part in manifest.json()["readingOrder"]]
    assert 206 == reader.get(base + "02.mp3", 206, range="bytes=0-9").status_code
    for name in ("notes.txt", "..%2F..%2Fdata%2Fplacekeeper.db", "../notes.txt", "03.mp3"):
        reader.get(base + name, 404)
    reader.get(href(shown, "self") + "/file/x", 404)
