"""Opens a publication of any kind that is read here, by what the file is.

Must not know what is asked of it afterwards.
"""

from pathlib import Path

from placekeeper.domain.errors import BadFile
from placekeeper.formats.epub import open_epub
from placekeeper.positions.spine import Publication


def open_publication(path: Path) -> Publication:
    """The publication in a file. Raises `BadFile`, see its subclasses."""
    if path.is_dir():
        raise BadFile(f"{path} is a folder, not a file")
    return open_epub(path)
