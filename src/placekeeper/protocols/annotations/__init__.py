"""Bookmarks and reading positions as Library Simplified's apps and Palace send them: W3C annotations about a book.

The dialect as implemented stands in docs/protocols/annotations.md. Sources: https://www.w3.org/TR/annotation-model/,
https://github.com/ThePalaceProject/mobile-specs/tree/main/bookmarks, https://github.com/NYPL-Simplified/Simplified-Bookmarks-Spec
"""

from placekeeper.protocols.annotations.endpoints import Annotations
from placekeeper.protocols.annotations.profile import Profiles

__all__ = ["Annotations", "Profiles"]
