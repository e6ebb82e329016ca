"""Who asks, by an `Authorization` header: Basic with the password or a token, Bearer with a token. Shared by the protocols
that sign in so, for none may import another.

Must not know what is asked for. Sources: https://www.rfc-editor.org/rfc/rfc7617, https://www.rfc-editor.org/rfc/rfc6750
"""

import binascii
from base64 import b64decode

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import Unauthorized
from placekeeper.services.accounts import Accounts
from placekeeper.services.secrets import key_of

CATALOG_SCOPES = frozenset({Scope.CATALOG, Scope.ACCOUNT, Scope.ADMIN})
"""Any of these lets a credential read the catalog."""


async def authorized(accounts: Accounts, header: str, address: str, scopes: frozenset[Scope] = CATALOG_SCOPES) -> Principal:
    """The principal whose credentials an `Authorization` header shows, if they reach to one of the scopes.

    Raises Unauthorized, also where there is no header (an empty one).
    """
    kind, _, credentials = header.strip().partition(" ")
    credentials = credentials.strip()
    if kind.lower() == "bearer" and credentials:
        principal = await accounts.authenticate_bearer(credentials, address)
    elif kind.lower() == "basic":
        name, password = _basic(credentials)
        principal = await accounts.authenticate(name, key_of(password), address)
    else:
        raise Unauthorized("no credentials were shown")
    if not principal.scopes & scopes:
        raise Unauthorized("this credential does not reach so far")
    return principal


def _basic(credentials: str) -> tuple[str, str]:
    """Name and password: UTF-8 where they are, else Latin-1. Raises Unauthorized."""
    try:
        pair = b64decode(credentials, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unauthorized("the credentials are no Base64") from error
    try:
        text = pair.decode()
    except UnicodeDecodeError:
        text = pair.decode("latin-1")
    name, colon, password = text.partition(":")
    if not colon or not name or not password:
        raise Unauthorized("name or password is missing")
    return name, password
