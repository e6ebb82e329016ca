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
ORIENTATION = 0x0112
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""EXIF's way to say how the camera was held, and Pillow's number for what sets it upright."""
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
        from PIL import Image, ImageFile
    except ImportError as error:
        raise BadFile(MISSING) from error
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below
    try:
        with Image.open(io.BytesIO(image), formats=DECODERS) as opened:
            check(opened.size, limits)
            turned = opened.getexif().get(ORIENTATION, 1)
            opened.draft("RGB", (size, size))
            small = shrunk(opened, size)
            ground = Image.new("RGB", small.size, WHITE)  # without the comments that Pillow would carry over
            ground.paste(small.convert("RGB"), mask=small.getchannel("A") if small.mode == "RGBA" else None)
            upright = ground.transpose(Image.Transpose(TURNS[turned])) if turned in TURNS else ground
            made = io.BytesIO()
            upright.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
            return made.getvalue()
    except (BadFile, MemoryError):
        raise
    except Exception as error:
        raise DamagedEntry(f"the cover can't be drawn: {type(error).__name__}: {str(error)[:200]}") from error


def check(size: tuple[int, int], limits: Limits) -> None:
    """Raise `LimitExceeded` for a picture that would not fit into memory; nothing of it has been unpacked."""
    if (pixels := size[0] * size[1]) > limits.pixels:
        raise LimitExceeded(f"pixels: the cover has {size[0]} by {size[1]} pixels, {pixels} are more than {limits.pixels}")


def shrunk(image: Any, size: int) -> Any:
    """The picture, made small in its own colours where that can be: a copy of a large one takes much memory."""
    if "transparency" in image.info or image.mode in {"LA", "PA"}:
        image = image.convert("RGBA")
    elif image.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        image = image.convert("RGB")
    image.thumbnail((size, size))
    return image


def drawn(path: Path, name: str, sizes: tuple[int, ...], limits: Limits = LIMITS) -> tuple[bytes, ...] | None:
    """The cover of a file as one JPEG for each size, see `thumbnail`; None where there is none. Raises `BadFile`."""
    found = cover(path, name, limits)
    return None if found is None else tuple(thumbnail(found[0], size, limits) for size in sizes)
