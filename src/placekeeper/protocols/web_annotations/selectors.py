"""Selectors as apps write them: what they say of a passage; and a passage found, as selectors. Knows no account and no file.

Sources: https://www.w3.org/TR/annotation-model/#selectors, https://w3c.github.io/epub-specs/epub33/annotations/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from placekeeper.domain.annotation import Annotation
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.positions.stretch import Pointer, Quotation, Selection
from placekeeper.protocols.web_annotations.documents import loaded
from placekeeper.services.anchoring import Anchored, Marked

CFI: Final = "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"
CRENGINE: Final = "https://github.com/koreader/crengine"
TERMS: Final = "urn:placekeeper:terms:"
MOST_TARGETS: Final = 8
"""Targets that are looked for: all within a second, and an annotation of a book has one."""
_XPOINTERS: Final = ("/body/DocFragment", "/FictionBook")


def marked(annotation: Annotation) -> list[tuple[Mapping[str, Any], Marked]]:
    """The targets that a passage can be found by, each with what it says."""
    target = loaded(annotation.content)["target"]
    targets = [each for each in (target if isinstance(target, list) else [target]) if isinstance(each, dict)]
    found: list[tuple[Mapping[str, Any], Marked]] = []
    for each in targets[:MOST_TARGETS]:
        source = each.get("source")
        named = source.get("id", "") if isinstance(source, dict) else source
        selection = selected(each.get("selector"))
        if selection != Selection():
            found.append((each, Marked(source=str(named), selection=selection, at=annotation.created_at)))
    return found


def selected(selector: Any) -> Selection:
    """What a selector says, or several together."""
    simple = list(_flat(selector))
    quotation = next(filter(None, map(_quotation, simple)), None)
    pointers = tuple(filter(None, map(_pointer, simple)))
    return Selection(quotation, pointers, next((each for each in map(_progression, simple) if each is not None), None))


def anchored(annotation: Annotation, address: str, source: str, found: Sequence[tuple[Mapping[str, Any], Anchored]]) -> bytes:
    """The annotation as it stands in a publication. `source`: what the catalogs call that; `found`: each target that is there."""
    members = {name: bytes(raw) for name, raw in msgspec.json.decode(annotation.content, type=dict[str, msgspec.Raw]).items()}
    context = loaded(members.pop("@context", b"[]"))
    contexts = [*(context if isinstance(context, list) else [context]), {"placekeeper": TERMS}]
    targets = [_target(said, source, passage) for said, passage in found]
    rest = {name: msgspec.Raw(raw) for name, raw in members.items()}
    whole = {"@context": contexts, "id": address} | rest | {"target": targets[0] if len(targets) == 1 else targets}
    return msgspec.json.encode(whole)


def _target(said: Mapping[str, Any], source: str, passage: Anchored) -> dict[str, Any]:
    kept = {name: value for name, value in said.items() if name not in {"id", "source", "selector", "state"}}
    kept |= {"source": source, "selector": list(_selectors(passage)), "placekeeper:precision": str(passage.precision)}
    return kept | ({"placekeeper:reason": passage.reason} if passage.reason else {})


def _selectors(passage: Anchored) -> Iterator[dict[str, Any]]:
    if passage.quotation is not None:
        quoted = passage.quotation
        yield {"type": "TextQuoteSelector", "exact": quoted.exact, "prefix": quoted.prefix, "suffix": quoted.suffix}
    yield {"type": "FragmentSelector", "conformsTo": CFI, "value": passage.cfi}
    if passage.pointers is not None:
        start, end = ({"type": "FragmentSelector", "conformsTo": CRENGINE, "value": value} for value in passage.pointers)
        yield {"type": "RangeSelector", "startSelector": start, "endSelector": end}
    yield {"type": "ProgressionSelector", "value": passage.progression}


def _flat(selector: Any) -> Iterator[Mapping[str, Any]]:
    """Selectors, with those that refine them."""
    if isinstance(selector, list):
        for each in selector:
            yield from _flat(each)
    elif isinstance(selector, dict):
        yield selector
        yield from _flat(selector.get("refinedBy"))
        yield from _flat(selector.get("items"))


def _quotation(selector: Mapping[str, Any]) -> Quotation | None:
    exact, prefix, suffix = (selector.get(name, "") for name in ("exact", "prefix", "suffix"))
    if not isinstance(exact, str) or not exact.strip():
        return None
    return Quotation(exact, prefix if isinstance(prefix, str) else "", suffix if isinstance(suffix, str) else "")


def _pointer(selector: Mapping[str, Any]) -> Pointer | None:
    start, end = selector.get("startSelector"), selector.get("endSelector")
    if isinstance(start, dict):
        first, last = _noted(start), _noted(end) if isinstance(end, dict) else None
        return Pointer(first, last) if first is not None else None
    noted = _noted(selector)
    return Pointer(noted) if noted is not None else None


def _noted(selector: Mapping[str, Any]) -> NotedPlace | None:
    """A pointer by what it looks like: apps name the type of one in many ways."""
    value = selector.get("value")
    if not isinstance(value, str):
        return None
    if "epubcfi(" in value[:4_096]:
        return NotedPlace(Notation.CFI, value)
    return NotedPlace(Notation.XPOINTER, value) if value.startswith(_XPOINTERS) else None


def _progression(selector: Mapping[str, Any]) -> float | None:
    value = selector.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value) if selector.get("type") == "ProgressionSelector" else None
