"""How to sign in, in a form that catalog apps read; and the headers of a 401, which carries it. Shared by the OPDS protocols.

It must not know accounts. The document is open to everybody, and is the same for everybody.
Source: https://drafts.opds.io/authentication-for-opds-1.0
"""

import json
import re
from collections.abc import Mapping
from typing import Final

PATH: Final = "/opds/auth"
"""Where the document is served."""
MEDIA_TYPE: Final = "application/opds-authentication+json"
RELATION: Final = "http://opds-spec.org/auth/document"
REALM: Final = "Placekeeper"
BASIC: Final = "http://opds-spec.org/auth/basic"
_HOST: Final = re.compile(r"(?:[A-Za-z0-9_.~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
"""A host with an optional port as RFC 3986 has them, less what no server is called by."""


def base_for(scheme: str, headers: Mapping[str, str], public_url: str | None) -> str:
    """The server as its apps reach it: as the settings say, else as it was asked; "" where the host is an impossible one."""
    if public_url:
        return public_url.rstrip("/")
    host = headers.get("host", "")
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""


def authentication_document(base: str) -> bytes:
    """The document as JSON. `base`: the server as its apps reach it, without a slash at the end (`https://host`)."""
    return json.dumps(
        {
            "id": base + PATH,
            "title": REALM,
            "description": "Sign in with the name and password of your account. A token of the scope catalog works as password.",
            "links": [{"rel": "start", "href": base + "/opds/v2", "type": "application/opds+json"}],
            "authentication": [{"type": BASIC, "labels": {"login": "Name", "password": "Password"}}],
        },
        ensure_ascii=False,
    ).encode()


def challenge(base: str) -> dict[str, str]:
    """The headers of a 401, beside its body, which is the document."""
    return {
        "content-type": MEDIA_TYPE,
        "www-authenticate": f'Basic realm="{REALM}", charset="UTF-8"',
        "link": f'<{base}{PATH}>; rel="{RELATION}"; type="{MEDIA_TYPE}"',
        "cache-control": "no-store",
    }
