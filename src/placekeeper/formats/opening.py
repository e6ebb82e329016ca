"""Opens a publication of any kind that has a text, by what the file is.

Must not know what is asked of it afterwards.
"""

from placekeeper.domain.errors import BadFile
from placekeeper.formats.archive import Archive
from placekeeper.formats.epub import read_epub
from placekeeper.formats.fb2 import read_fb2
from placekeeper.formats.holding import Openable
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.recognising import Sort, by_content, head_of, recognise
from placekeeper.positions.spine import Publication


def open_publication(path: Openable, limits: Limits = LIMITS, split: frozenset[int] | None = None) -> Publication:
    """The publication in a file. `split`: what is known already, see `Spine`. Raises `BadFile`, see its subclasses."""
    if path.is_dir():
        raise BadFile(f"{path} is a folder, not a file")
    if by_content(head_of(path)) is None and path.suffix.lower() not in {".fb2", ".fbz", ".zip"}:
        return read_epub(Archive(path, limits), split)
    sort, archive = recognise(path, path.name, limits)
    if sort is Sort.FB2:
        return read_fb2(path, path.name, limits)
    if archive is None or sort is not Sort.EPUB:
        raise BadFile(f"no text can be read in {sort} files")
    return read_epub(archive, split)
