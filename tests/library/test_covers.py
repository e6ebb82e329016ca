"""Covers are drawn on first use, kept, and drawn anew for new bytes."""

import asyncio
import io
from pathlib import Path

import pytest

from tests.epubs import make_epub, xhtml
from tests.files import settled
from tests.library.room import Room

image = pytest.importorskip("PIL.Image", reason="covers need Pillow")


def picture(colour: str) -> bytes:
    data = io.BytesIO()
    image.new("RGB", (900, 1200), colour).save(data, "PNG")
    return data.getvalue()


def illustrated(path: Path, colour: str, age: int) -> Path:
    files = {"a.xhtml": xhtml("<p>Emma</p>"), "cover.png": picture(colour)}
    make_epub(path, files, properties={"cover.png": "cover-image"})
    return settled(path, age)


def test_both_sizes(room: Room) -> None:
    """A cover is a JPEG of at most the size that was asked for; another size is none."""
    illustrated(room.books / "a.epub", "red", 60)
    room.scan()
    (publication,) = room.found().values()
    for size, expected in (("cover", (900, 1200)), ("thumbnail", (300, 400))):
        made = room.play(room.library.cover(publication, size))
        assert made is not None
        assert "image/jpeg" == made[1]
        assert expected == image.open(io.BytesIO(made[0])).size
    assert None is room.play(room.library.cover(publication, "huge"))


def test_kept_and_drawn_anew(room: Room, tmp_path: Path) -> None:
    """A cover is kept until the file changes; then the new one is drawn, and the old one leaves no file behind."""
    path = illustrated(room.books / "a.epub", "red", 60)
    room.scan()
    (publication,) = room.found().values()
    red = room.play(room.library.cover(publication, "thumbnail"))
    kept = sorted((tmp_path / "data/covers").rglob("*.jpg"))
    path.rename(tmp_path / "away.epub")
    assert red == room.play(room.library.cover(publication, "thumbnail"))

    illustrated(path, "blue", 30)
    room.scan()
    (publication,) = room.found().values()
    blue = room.play(room.library.cover(publication, "thumbnail"))
    assert blue is not None
    assert red != blue
    assert (2, 2) == (len(kept), len(list((tmp_path / "data/covers").rglob("*.*"))))


def test_many_who_ask_at_once(room: Room) -> None:
    """Who asks while a cover is drawn gets the same one."""
    illustrated(room.books / "a.epub", "red", 60)
    room.scan()
    (publication,) = room.found().values()

    async def many() -> list[tuple[bytes, str] | None]:
        return await asyncio.gather(*(room.library.cover(publication, "thumbnail") for _ in range(20)))

    first, *others = room.play(many())
    assert first is not None
    assert [first] * 19 == others


def test_no_cover(room: Room, tmp_path: Path) -> None:
    """A publication without a cover has none, and that is remembered; so is one whose cover can't be drawn."""
    make_epub(room.books / "a.epub", {"a.xhtml": xhtml("<p/>")})
    make_epub(room.books / "b.epub", {"a.xhtml": xhtml("<p/>"), "c.png": b"\x89PNG no"}, properties={"c.png": "cover-image"})
    for path in room.books.iterdir():
        settled(path)
    room.scan()
    for publication in room.found().values():
        assert None is room.play(room.library.cover(publication, "cover"))
    for path in room.books.iterdir():
        path.rename(tmp_path / path.name)
    for publication in room.found().values():
        assert None is room.play(room.library.cover(publication, "thumbnail"))
