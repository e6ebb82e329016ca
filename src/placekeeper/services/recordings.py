"""Audiobooks that are folders: how their recordings are called in the manifest, and so in places. Shared by those who name them.

Palace's app for iOS plays only what a manifest names by a whole address; all others take an address relative to the manifest.
"""

from typing import Final
from urllib.parse import quote

FOLDER: Final = "/opds/v2/publications/{id}/recordings/"


def needs_addresses(user_agent: str) -> bool:
    """Whether the app that calls itself so needs whole addresses."""
    return "CFNetwork" in user_agent or "Darwin/" in user_agent


def address_of(href: str, base: str = "", publication_id: str = "") -> str:
    """A recording as a manifest names it. With `base` (`https://host`) and the publication's id: by its whole address."""
    return (base + FOLDER.format(id=quote(publication_id, safe="")) if base else "") + quote(href)
