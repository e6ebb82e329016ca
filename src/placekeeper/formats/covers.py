"""Covers: the picture that a publication carries, and smaller ones made of it. What goes out is always drawn anew, as JPEG.

Must not know who asks. Decoders run in a worker only, see `formats/work.py`.
"""

import io
from pathlib import Path
from typing import Any

from placekeeper.domain.errors import BadFile, DamagedEntry, LimitExceeded
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.pictures import picture_of

MISSING = "covers need the extra `covers`: pip install placekeeper[covers]"
DECODERS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
"""Of those that Pillow has: what publications carry, and nothing that is a program or starts one."""
MARKS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
)
QUALITY = 85
WHITE = (255, 255, 255)


def cover(path: Path, name: str, limits: Limits = LIMITS) -> tuple[bytes, str] | None:
    """The picture that the file carries, and its media type; None where there is none. `name`: as for `describe`.

    The bytes are as foreign as the file. Raises `BadFile`.
    """
    data = picture_of(path, name, limits)
    if not data:
        return None
    if len(data) > limits.picture_bytes:
        raise LimitExceeded(f"picture_bytes: the cover has {len(data)} bytes, more than {limits.picture_bytes}")
    kind = next((kind for at, mark, kind in MARKS if data.startswith(mark, at)), "")
    return (data, kind) if kind else None


def thumbnail(image: bytes, size: int, limits: Limits = LIMITS) -> bytes:
    """A JPEG of the picture, neither side longer than `size` pixels, and never larger than it is. Raises `BadFile`."""
    try:
        from PIL import Image, ImageFile, ImageOps
    except ImportError as error:
        raise BadFile(MISSING) from error
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below
    try:
        with Image.open(io.BytesIO(image), formats=DECODERS) as opened:
            check(opened.size, limits)
            opened.draft("RGB", (size, size))
            upright = ImageOps.exif_transpose(flat(opened, Image))
            upright.thumbnail((size, size))
            bare = Image.new("RGB", upright.size)  # without the comments that Pillow would carry over
            bare.paste(upright)
            made = io.BytesIO()
            bare.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
            return made.getvalue()
    except (BadFile, MemoryError):
        raise
    except Exception as error:
        raise DamagedEntry(f"the cover can't be drawn: {type(error).__name__}: {str(error)[:200]}") from error


def check(size: tuple[int, int], limits: Limits) -> None:
    """Raise `LimitExceeded` for a picture that would not fit into memory; nothing of it has been unpacked."""
    if (pixels := size[0] * size[1]) > limits.pixels:
        raise LimitExceeded(f"pixels: the cover has {size[0]} by {size[1]} pixels, {pixels} are more than {limits.pixels}")


def flat(image: Any, pillow: Any) -> Any:
    """The picture in three colours; white shows where it is transparent."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        solid = image.convert("RGBA")
        ground = pillow.new("RGB", solid.size, WHITE)
        ground.paste(solid, mask=solid.getchannel("A"))
        return ground
    return image.convert("RGB")


def drawn(path: Path, name: str, sizes: tuple[int, ...], limits: Limits = LIMITS) -> tuple[bytes, ...] | None:
    """The cover of a file as one JPEG for each size, see `thumbnail`; None where there is none. Raises `BadFile`."""
    found = cover(path, name, limits)
    return None if found is None else tuple(thumbnail(found[0], size, limits) for size in sizes)
