"""The apps that ask: which one it is, by what it calls itself, and which locators it reads. Knows no account.

Android's app counts the pages of a PDF from 1 and says a version, that for iOS from 0 and says none. Android's reads no locator
of Readium's and no old one, and takes what it can't read for the beginning of the book.
"""

import json
import re
from hashlib import blake2b
from typing import Final

from placekeeper.positions.simplified.locator_writing import write
from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    Locator,
    Page,
    ReadiumLocator,
    read,
)
from placekeeper.positions.simplified.strict_json import BadLocator, compact

ANDROID: Final = "Palace for Android"
IOS: Final = "Palace for iOS"
UNKNOWN: Final = "library app"
_PRODUCT: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,63}")


def app_of(user_agent: str) -> str:
    """What the app is called that sends this header."""
    if "Simplified-Android" in user_agent:
        return ANDROID
    if "CFNetwork" in user_agent or "Darwin/" in user_agent:
        return IOS
    found = _PRODUCT.match(user_agent)
    return found[0].strip() if found else UNKNOWN


def sender_of(authorization: str, address: str) -> str:
    """Which installation of an app asks, as far as that is known: by its own token, else by where it is."""
    kind, _, credentials = authorization.strip().partition(" ")
    shown = credentials.strip() if kind.lower() == "bearer" else f"at {address}"  # a password must not be kept, not even so
    return blake2b(shown.encode(), digest_size=8).hexdigest()


def device_of(authorization: str) -> str | None:
    """An id for a device that says none of itself; None where its password is all that is known of it."""
    return f"palace-{sender_of(authorization, '')}" if authorization.strip().lower().startswith("bearer") else None


def spelled_for(app: str, writer: str, value: str) -> str:
    """A locator for an app that has not written it itself: as it is, unless the writer spells places otherwise.

    Palace's app for iOS is told more than another one has said, for it does not read the locator that it writes.
    """
    if app not in {ANDROID, IOS}:
        return value
    try:
        locator = read(value)
    except BadLocator:
        return value
    if app == IOS and isinstance(locator, ReadiumLocator):
        return _completed(locator)
    if app == writer:
        return value
    spelled = spelling(app, locator)
    same = read(value) == spelled and not _is_wrapped(value)
    return value if same else write(spelled)


def spelling(app: str, locator: Locator) -> Locator:
    """A locator in the form that an app reads, if there is one."""
    if isinstance(locator, Page):
        return Page(max(locator.number - 1, 0), versioned=False) if app == IOS else Page(locator.number)
    if isinstance(locator, ReadiumLocator):
        return HrefProgression(locator.href, locator.progression or 0.0)
    return locator


def _completed(locator: ReadiumLocator) -> str:
    """Readium's locator with the numbers where the app for iOS looks for them: else it opens the chapter at its start."""
    if locator.progression is None:
        return locator.document
    said = json.loads(locator.document)
    total = said["locations"].get("totalProgression")
    numbers = {"progressWithinChapter": locator.progression} | ({} if total is None else {"progressWithinBook": total})
    return compact({"@type": "LocatorHrefProgression"} | said | numbers)


def _is_wrapped(value: str) -> bool:
    return "locator" in json.loads(value) and isinstance(read(value), AudioBookTimeV1 | AudioBookTimeV2)
