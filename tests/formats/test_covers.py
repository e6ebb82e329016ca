"""Covers are found in every sort of file, and drawn anew within limits."""

import base64
import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from placekeeper.domain.errors import BadFile, DamagedEntry, LimitExceeded
from placekeeper.formats.covers import cover, drawn, thumbnail
from placekeeper.formats.limits import Limits
from tests.epubs import make_epub, make_zip, xhtml
from tests.formats.makers import mobi, mp3, picture, rar
from tests.shared import shared

PICTURE = picture()
PNG = picture(kind="PNG")


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height, of a JPEG only."""
    with Image.open(io.BytesIO(image), formats=["JPEG"]) as opened:
        return opened.size


def colour_of(image: bytes) -> tuple[int, ...]:
    """The colour in the middle."""
    with Image.open(io.BytesIO(image)) as opened:
        colour = opened.convert("RGB").getpixel((opened.width // 2, opened.height // 2))
    assert isinstance(colour, tuple)
    return tuple(int(part) for part in colour)


def found_in(path: Path) -> tuple[bytes, str] | None:
    return cover(path, path.name)


def test_cover_of_an_epub(tmp_path: Path) -> None:
    """The picture that the package names; else one that is called a cover; of a drawing, the picture in it."""
    page = {"a.xhtml": xhtml("")}
    named = make_epub(tmp_path / "a.epub", page | {"x.png": PNG}, properties={"x.png": "cover-image"})
    called = make_epub(tmp_path / "b.epub", page | {"x.png": PNG, "front-cover.jpg": PICTURE})
    drawing = '<svg xmlns:xlink="x"><image width="1" xlink:href="../OEBPS/x%2Epng"/></svg>'
    drawn_anew = make_epub(tmp_path / "c.epub", page | {"c.svg": drawing, "x.png": PNG}, properties={"c.svg": "cover-image"})
    inline = f'<svg><image href="data:image/png;base64,{base64.b64encode(PNG).decode()}"/></svg>'
    inside = make_epub(tmp_path / "d.epub", page | {"c.svg": inline}, properties={"c.svg": "cover-image"})
    none = make_epub(tmp_path / "e.epub", page)

    assert (PNG, "image/png") == found_in(named) == found_in(drawn_anew) == found_in(inside)
    assert (PICTURE, "image/jpeg") == found_in(called)
    assert found_in(none) is None


def test_covers_of_other_files(tmp_path: Path) -> None:
    """The first page of a comic, a manifest's cover, the binary of a FictionBook, the record of a MOBI."""
    (tmp_path / "a.cbr").write_bytes(rar({"2.jpg": b"", "1.jpg": PICTURE}))
    (tmp_path / "a.mobi").write_bytes(mobi("T", pictures=(PICTURE,)))
    (tmp_path / "a.fb2").write_text(
        '<FictionBook xmlns:l="http://www.w3.org/1999/xlink"><description><title-info><coverpage><image l:href="#c"/></coverpage>'
        f'</title-info></description><body/><binary id="c">{base64.encodebytes(PICTURE).decode()}</binary></FictionBook>'
    )
    manifest = '{"readingOrder": [{"href": "a.mp3"}], "resources": [{"rel": "cover", "href": "c.jpg"}]}'
    make_zip(tmp_path / "a.audiobook", {"manifest.json": manifest, "a.mp3": b"", "c.jpg": PICTURE})
    make_zip(tmp_path / "a.cbz", {"1.jpg": PICTURE, "2.jpg": b""})

    for name in ("a.cbr", "a.mobi", "a.fb2", "a.audiobook", "a.cbz"):
        assert (PICTURE, "image/jpeg") == found_in(tmp_path / name), name


def test_cover_of_recordings(tmp_path: Path) -> None:
    """A picture beside the recordings, preferably one called cover; without any, there is none."""
    (tmp_path / "1.mp3").write_bytes(mp3())
    assert found_in(tmp_path) is None
    (tmp_path / "a.png").write_bytes(PNG)
    assert (PNG, "image/png") == found_in(tmp_path)
    (tmp_path / "Folder.jpg").write_bytes(PICTURE)
    assert (PICTURE, "image/jpeg") == found_in(tmp_path)


def test_what_is_no_picture(tmp_path: Path) -> None:
    """Bytes that are no picture are no cover, and those over the limit are refused."""
    path = make_zip(tmp_path / "a.cbz", {"1.jpg": b"<script>"})

    assert found_in(path) is None
    with pytest.raises(LimitExceeded, match=r"^picture_bytes: "):
        cover(path, path.name, Limits(picture_bytes=3))


@pytest.mark.parametrize(("width", "height", "expected"), [(400, 600, (67, 100)), (600, 400, (100, 67)), (50, 20, (50, 20))])
def test_sizes(width: int, height: int, expected: tuple[int, int]) -> None:
    """Neither side is longer than asked for, proportions stay, and nothing is made larger."""
    assert expected == size_of(thumbnail(picture(width, height), 100))


@pytest.mark.parametrize(
    ("kind", "mode", "colour"),
    [
        ("PNG", "RGBA", "#00808000"),
        ("PNG", "LA", "#00000000"),
        ("WEBP", "RGBA", "#00808000"),
        ("GIF", "P", "white"),
        ("PNG", "1", "white"),
    ],
)
def test_transparent_pictures(kind: str, mode: str, colour: str) -> None:
    """White shows where a picture is transparent."""
    assert all(part > 250 for part in colour_of(thumbnail(picture(20, 20, kind, colour, mode), 10)))


def test_pictures_lose_what_is_not_seen() -> None:
    """What goes out has nothing of what came in but the picture: turned upright, without comments and profiles."""
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "secret"
    Image.new("CMYK", (30, 60)).save(made, "JPEG", exif=exif, comment=b"secret", icc_profile=b"secret")
    found = thumbnail(made.getvalue(), 100)

    assert (60, 30) == size_of(found)
    assert b"secret" in made.getvalue()
    assert b"secret" not in found


@pytest.mark.parametrize("turned", range(1, 9))
def test_pictures_are_turned_upright(turned: int) -> None:
    """However the camera was held, the cover stands upright."""
    plain = Image.new("RGB", (40, 20), "white")
    plain.paste("black", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = turned
    made = io.BytesIO()
    plain.save(made, "PNG", exif=exif)
    expected = (
        ImageOps.exif_transpose(Image.open(io.BytesIO(made.getvalue()))).convert("L").point(lambda value: 255 * (value > 127))
    )
    with Image.open(io.BytesIO(thumbnail(made.getvalue(), 40))) as found:
        assert expected.size == found.size
        assert expected.tobytes() == found.convert("L").point(lambda value: 255 * (value > 127)).tobytes()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, with next to nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_bomb() -> None:
    """A picture of too many pixels is refused by the limit's name, before anything of it is unpacked."""
    with pytest.raises(LimitExceeded, match=r"^pixels: the cover has 50000 by 50000 pixels"):
        thumbnail(png_of(50_000, 50_000), 100)


@pytest.mark.parametrize("image", [b"", b"text", PICTURE[:50], b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n\x1a\n"])
def test_damaged_pictures(image: bytes) -> None:
    """What can't be drawn is a damaged entry, in one line."""
    with pytest.raises(DamagedEntry, match=r"^the cover can't be drawn: [^\n]*$"):
        thumbnail(image, 100)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.sampled_from([PICTURE, PNG, picture(kind="GIF"), picture(kind="WEBP")]), st.data())
def test_any_damage(image: bytes, data: st.DataObject) -> None:
    """A picture with any byte changed and any end cut off is drawn or refused."""
    changed = bytearray(image)
    changed[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = thumbnail(bytes(changed[: data.draw(st.integers(0, len(image)))]), 100, Limits(pixels=1_000_000))
    except BadFile:
        return

    assert found.startswith(b"\xff\xd8\xff")


def test_covers_of_the_corpus() -> None:
    """Real covers are found, and become small JPEGs of each size."""
    for name in (
        "se_voltaire_candide_the-modern-library.epub",
        "pg_alice.mobi",
        "science_comics_001_first8.cbz",
        "kor_leaves.epub",
    ):
        path = shared("corpus", name)
        large, small = drawn(path, path.name, (800, 200)) or (b"", b"")

        assert max(size_of(large)) <= 800, name
        assert 200 == max(size_of(small)), name
        assert len(small) < 40_000, name
