"""How to sign in, in a form that catalog apps read; and the headers of a 401, which carries it. Shared by the OPDS protocols.

It must not know accounts. The document is open to everybody, and is the same for everybody.
Source: https://drafts.opds.io/authentication-for-opds-1.0
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PATH: Final = "/opds/auth"
"""Where the document is served."""
MEDIA_TYPE: Final = "application/opds-authentication+json"
RELATION: Final = "http://opds-spec.org/auth/document"
REALM: Final = "Placekeeper"
BASIC: Final = "http://opds-spec.org/auth/basic"
BASIC_TOKEN: Final = "http://thepalaceproject.org/authtype/basic-token"  # noqa: S105 - no password
SHELF: Final = "http://opds-spec.org/shelf"
LOANS: Final = "/opds/v1.2/loans"
PROFILE: Final = "/patrons/me"
PROFILE_RELATION: Final = "http://librarysimplified.org/terms/rel/user-profile"
PROFILE_TYPE: Final = "vnd.librarysimplified/user-profile+json"
TOKEN: Final = "/patrons/me/token"  # noqa: S105 - no password
_HOST: Final = re.compile(r"(?:[A-Za-z0-9_.~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
"""A host with an optional port as RFC 3986 has them, less what no server is called by."""


def base_for(scheme: str, headers: Mapping[str, str], public_url: str | None) -> str:
    """The server as its apps reach it: as the settings say, else as it was asked; "" where the host is an impossible one."""
    if public_url:
        return public_url.rstrip("/")
    host = headers.get("host", "")
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs between apps. `path`: where the document is; `start`: where the catalog begins, and its media type.

    `token_first`: a token for a password comes before Basic, with which iOS can not finish where there is no DRM.
    """

    path: str
    media_type: str
    start: tuple[str, str]
    token_first: bool = False


STANDARD: Final = Variant(PATH, MEDIA_TYPE, ("/opds/v2", "application/opds+json"))
"""As the specification has it."""
PALACE: Final = Variant(
    "/opds/v1.2/auth",
    "application/vnd.opds.authentication.v1.0+json",
    ("/opds/v1.2", "application/atom+xml;profile=opds-catalog"),
    token_first=True,
)
"""For Palace's apps: they know the media type of an earlier draft only, and OPDS 1.2."""


def variant_for(user_agent: str) -> Variant:
    """The variant for who calls itself so."""
    return PALACE if user_agent.startswith("Palace") or "Simplified-Android" in user_agent else STANDARD


def authentication_document(base: str, variant: Variant = STANDARD) -> bytes:
    """The document as JSON. `base`: the server as its apps reach it, without a slash at the end (`https://host`)."""
    labels = {"login": "Name", "password": "Password"}
    path, media_type = variant.start
    links = [
        {"rel": "start", "href": base + path, "type": media_type},
        {"rel": SHELF, "href": base + LOANS, "type": "application/atom+xml;profile=opds-catalog;kind=acquisition"},
        {"rel": PROFILE_RELATION, "href": base + PROFILE, "type": PROFILE_TYPE},
    ]
    token = {"rel": "authenticate", "href": base + TOKEN, "type": "application/json"}
    ways: list[dict[str, object]] = [
        {"type": BASIC, "labels": labels},
        {"type": BASIC_TOKEN, "labels": labels, "links": [token]},
    ]
    if variant.token_first:
        ways.reverse()
    said = {
        "id": base + variant.path,
        "title": REALM,
        "description": "Sign in with the name and password of your account. A token of the scope catalog works as password.",
        "links": links,
        "authentication": ways,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def challenge(base: str, variant: Variant = STANDARD) -> dict[str, str]:
    """The headers of a 401, beside its body, which is the document."""
    return {
        "content-type": variant.media_type,
        "www-authenticate": f'Basic realm="{REALM}", charset="UTF-8"',
        "link": f'<{base}{variant.path}>; rel="{RELATION}"; type="{variant.media_type}"',
        "cache-control": "no-store",
    }
