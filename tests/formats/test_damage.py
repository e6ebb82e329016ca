"""Every damaged file ends in a typed error or in an honest partial result, in bounded time and memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from placekeeper.domain.errors import NotAnArchive
from placekeeper.formats.epub import open_epub
from tests.epubs import make_epub, xhtml
from tests.shared import ROOT, shared

MEMORY = 400
"""MB of address space in which any damaged file must be read."""
SECONDS = 10
READ = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY} << 20, {MEMORY} << 20))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from placekeeper.domain.errors import BadFile
from placekeeper.formats.epub import open_epub
from placekeeper.positions.point import NoPlace
found = {{"error": "", "notes": [], "texts": []}}
try:
    publication = open_epub(sys.argv[1])
    for item in publication.spine.items:
        try:
            resource = publication.resource(item.index)
            found["texts"].append(len(resource.document.text))
            resource.reparsed
        except NoPlace as error:
            found["texts"].append(str(error))
    found["notes"] = publication.notes
except BadFile as error:
    found["error"] = type(error).__name__
print(json.dumps(found))
"""
DAMAGED = sorted(path.name for path in ROOT.glob("corpus/damaged/*.epub"))


def read(path: Path) -> dict[str, Any]:
    """What is found in a file by a process with little memory and time."""
    run = subprocess.run([sys.executable, "-W", "error", "-c", READ, str(path)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2_000:]
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("name", DAMAGED or ["none"])
def test_damaged_files(name: str) -> None:
    """A damaged file of the corpus is read in little memory; what is wrong is said, and the rest of its text is there."""
    found = read(shared("corpus", "damaged", name))

    if name == "truncated.epub":
        assert ("NotAnArchive", []) == (found["error"], found["texts"])
        return
    assert "" == found["error"]
    assert (name in {"non-utf8-xhtml.epub", "md5-collision-a.epub", "md5-collision-b.epub", "billion-laughs.epub"}) == (
        not found["notes"]
    )
    assert name == "drm-lcp-encrypted.epub" or 1_000 < sum(length for length in found["texts"] if isinstance(length, int))


@pytest.mark.parametrize(
    ("name", "index", "told"),
    [
        ("zip-bomb-200mb.epub", 10, "entry_bytes"),
        ("missing-spine-target.epub", 5, "is not in the archive"),
        ("dangling-itemref.epub", 0, "nothing in the manifest"),
        ("path-traversal.epub", 10, "is not in the archive"),
        ("drm-lcp-encrypted.epub", 5, "is encrypted (DRM): no text"),
    ],
)
def test_resources_that_have_no_text(name: str, index: int, told: str) -> None:
    """A resource that can't be read says why; the others of the same book are read."""
    texts = read(shared("corpus", "damaged", name))["texts"]

    assert told in texts[index]
    assert name.startswith("drm") or 1 == len([text for text in texts if isinstance(text, str)])


def test_a_broken_chapter() -> None:
    """Of a chapter whose packed data is damaged the part before the damage is read, as HTML; a note says how much."""
    publication = open_epub(shared("corpus", "damaged", "bad-crc.epub"))
    whole = open_epub(shared("corpus", "se_oscar-wilde_the-importance-of-being-earnest.epub")).resource(5).source
    resource = publication.resource(5)

    assert "html" == resource.parsed_as
    assert whole[:20_000] == resource.source[:20_000]
    assert 20_000 < len(resource.document.text)
    assert "bytes could be read" in publication.notes[0] or "checksum" in publication.notes[0]


def test_laughs() -> None:
    """A chapter with an entity bomb is a short text."""
    assert 1_000 > len(open_epub(shared("corpus", "damaged", "billion-laughs.epub")).resource(5).document.text)


def test_texts_in_odd_encodings() -> None:
    """Chapters in UTF-16 and windows-1252 read as in UTF-8; bytes that are declared wrongly are marked, one by one."""
    odd = open_epub(shared("corpus", "damaged", "non-utf8-xhtml.epub"))
    whole = open_epub(shared("corpus", "se_oscar-wilde_the-importance-of-being-earnest.epub"))
    declared_wrongly = odd.resource(5).document.text

    assert whole.resource(6).document.text == odd.resource(6).document.text
    assert len(whole.resource(7).document.text) == len(odd.resource(7).document.text)
    assert len(whole.resource(5).document.text) == len(declared_wrongly)
    assert "\ufffd" in declared_wrongly


def test_nothing_is_read_from_outside() -> None:
    """A spine item that points to a file of the machine finds nothing."""
    publication = open_epub(shared("corpus", "damaged", "path-traversal.epub"))

    assert publication.file("../../../../etc/passwd") is None
    assert publication.file("/etc/passwd") is None
    assert publication.file("epub/link") is None


def test_bombs_of_our_own(tmp_path: Path) -> None:
    """Bombs in the package, the navigation, the container and in HTML end as quickly as those in chapters."""
    laughs = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12)) + "]>"
    deep = "<div>" * 300_000
    for number, (files, extra) in enumerate([
        ({"a.xhtml": laughs + xhtml("&a12;")}, {}),
        ({"a.xhtml": xhtml("a"), "toc.ncx": laughs + "<ncx><navMap><navPoint>&a12;</navPoint></navMap></ncx>"}, {}),
        ({"a.xhtml": xhtml("a")}, {"META-INF/container.xml": laughs + "<container>&a12;</container>"}),
        ({"a.xhtml": xhtml("a")}, {"META-INF/encryption.xml": laughs + "<encryption>&a12;</encryption>"}),
        ({"a.xhtml": xhtml("a"), "b.xhtml": deep}, {}),
        ({"a.xhtml": xhtml("a"), "b.xhtml": b" " * (60 << 20)}, {}),
    ]):  # fmt: skip
        found = read(make_epub(tmp_path / f"{number}.epub", files, extra=extra))

        assert "" == found["error"]
        assert isinstance(found["texts"][0], int)


def test_every_truncation(tmp_path: Path) -> None:
    """A book that is cut off anywhere is refused as an archive."""
    data = make_epub(tmp_path / "a.epub", {"a.xhtml": xhtml("a")}).read_bytes()
    for length in range(0, len(data) - 1, 7):
        (tmp_path / "b.epub").write_bytes(data[:length])
        with pytest.raises(NotAnArchive):
            open_epub(tmp_path / "b.epub")
