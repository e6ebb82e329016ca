"""What a client asks the catalog for: query parameters become a query of the library and the address that names it.

Unknown parameters are ignored, impossible values refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.publication import Kind
from placekeeper.domain.shelf import SORTS, Query
from placekeeper.protocols.opds.addresses import PARAMETERS, Address
from placekeeper.protocols.opds.feeds import PAGE

LONGEST: Final = 500
"""Characters of one parameter: a longer name is no name."""
_PAGE_DIGITS: Final = 6
_NARROWING: Final = tuple(name for name in PARAMETERS if name not in {"sort", "page"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A listing. `address` is its canonical one, with `page` where that is not the first."""

    query: Query
    address: Address
    page: int

    @property
    def narrowed(self) -> bool:
        """Whether it is less than the whole library."""
        return any(name in _NARROWING for name, _ in self.address.query)


def page_of(parameters: Mapping[str, str]) -> int:
    """The page that is asked for, from 1. Raises InvalidRequest."""
    text = parameters.get("page") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > _PAGE_DIGITS or int(text) < 1:
        raise InvalidRequest("page is a whole number from 1")
    return int(text)


def asked(parameters: Mapping[str, str]) -> Asked:
    """The listing that is asked for. Raises InvalidRequest."""
    values = {name: parameters[name].strip() for name in (*_NARROWING, "sort") if parameters.get(name, "").strip()}
    for name, value in values.items():
        if len(value) > LONGEST or "\0" in value:
            raise InvalidRequest(f"{name} is too long, or holds a NUL")
    _one_of("kind", values, list(Kind))
    _one_of("sort", values, SORTS)
    page = page_of(parameters)
    usual = "series" if "series" in values else "title"
    query = Query(
        text=values.get("query", ""),
        author=values.get("author", ""),
        series=values.get("series", ""),
        language=values.get("language", ""),
        subject=values.get("subject", ""),
        kind=values.get("kind", ""),
        sort=values.get("sort", usual),
        offset=(page - 1) * PAGE,
        limit=PAGE,
    )
    address = Address("/publications", tuple(values.items()))
    return Asked(query, address.having(page=str(page)) if page > 1 else address, page)


def _one_of(name: str, values: Mapping[str, str], choices: list[Kind] | tuple[str, ...]) -> None:
    if name in values and values[name] not in choices:
        raise InvalidRequest(f"{name} is one of {', '.join(choices)}")
