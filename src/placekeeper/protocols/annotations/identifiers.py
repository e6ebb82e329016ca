"""Sources in addresses: Library Simplified's servers name a book there by the type of its identifier and the identifier.

Our own addresses have `URI` as type, see `services.annotation_service`; those that Palace makes are read as well.
"""

from typing import Final
from urllib.parse import quote, unquote

from placekeeper.services.annotation_service import BY_URI

_TERMS: Final = "urn:librarysimplified.org/terms/id/"


def source_of(rest: str) -> str:
    """The source that an address means: type and identifier, as the server has decoded them."""
    kind, _, identifier = rest.partition("/")
    if kind.upper() == BY_URI:
        return identifier
    if kind.upper() == "ISBN":
        return f"urn:isbn:{identifier}"
    return _TERMS + quote(unquote(kind), safe="") + "/" + quote(unquote(identifier), safe="")
