"""An annotation in JSON-LD, however it is spelled, as one plain form. Knows no bookmark, and fetches no context.

Compact, prefixed and expanded forms are read alike: the names of the annotation vocabulary become those of anno.jsonld (`target`,
`body`), all others whole IRIs; lists of one, `@value` and `@id` become what is in them. Names that are no IRIs stay as they are.
A context within the annotation counts. One behind an address does not: it is taken for anno.jsonld. So this is no full processor.
Sources: https://www.w3.org/TR/json-ld11/, https://www.w3.org/ns/anno.jsonld
"""

from math import isfinite
from typing import Any, Final

from placekeeper.positions.simplified.strict_json import deeper, shown, within
from placekeeper.protocols.annotations.faults import BadTarget, Malformed

MAX_DEPTH: Final = 24
"""Levels. A bookmark has three in compact form and eight in expanded form; what is deeper can't be one."""
MAX_VALUES: Final = 1000
"""Values in all. A bookmark has ten to forty: more is work for the server, and no news for anyone."""
_MAX_WHOLE: Final = 2**63 - 1
_MAX_HOPS: Final = 4
"""From a name of a context to its IRI: a term, its prefix, that prefix's prefix. A circle ends here."""
_MAX_MEANING: Final = 128
"""Characters of what a context says that a name means: a short name must not make a long document out of a short one."""

OA: Final = "http://www.w3.org/ns/oa#"
LS: Final = "http://librarysimplified.org/terms/"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_TERMS: Final = {
    "body": OA + "hasBody",
    "bodyValue": OA + "bodyValue",
    "motivation": OA + "motivatedBy",
    "selector": OA + "hasSelector",
    "source": OA + "hasSource",
    "target": OA + "hasTarget",
    "value": _RDF + "value",
}
"""Those of anno.jsonld that a bookmark is made of."""
_NAMES: Final = {iri: term for term, iri in _TERMS.items()} | {"@id": "id", "@type": "type"}
_ASSUMED: Final = _TERMS | {
    "id": "@id",
    "type": "@type",
    "bookmarking": OA + "bookmarking",
    "FragmentSelector": OA + "FragmentSelector",
    "oa": OA,
    "rdf": _RDF,
    "as": "http://www.w3.org/ns/activitystreams#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "http://schema.org/",
    "ls": LS,
    "ls:idling": LS + "annotation/idling",
}
"""The context of every annotation, whatever it says: anno.jsonld, and what Palace's documents call `ls`."""

Names = dict[str, str]


def annotation(said: Any) -> dict[str, Any]:
    """The plain form of one annotation, out of decoded JSON. Raises Malformed, or BadTarget where there are several."""
    _check(said)
    nodes = said if isinstance(said, list) else [said]
    if len(nodes) != 1:
        raise BadTarget(f"there are {len(nodes)} annotations, and must be one")
    if not isinstance(nodes[0], dict):
        raise Malformed(f"the annotation is {shown(nodes[0])}, and must be an object")
    return _object(nodes[0], _ASSUMED)


def _object(node: dict[str, Any], names: Names) -> dict[str, Any]:
    names = _declared(node.get("@context"), names)
    members: dict[str, Any] = {}
    for key, value in node.items():
        name, plain = _name(key, names), _value(value, names)
        if not name or plain is None:
            continue
        if name in {"motivation", "type"}:
            plain = _resolved(plain, names, name)
        members[name] = plain if name not in members else [*_listed(members[name]), *_listed(plain)]
    return members


def _value(value: Any, names: Names) -> Any:
    """The plain form of a value; None for one that says nothing, such as null or an empty list."""
    if isinstance(value, list):
        plain = [each for each in (_value(each, names) for each in value) if each is not None]
        return plain if len(plain) > 1 else plain[0] if plain else None
    if not isinstance(value, dict):
        return value
    wrapper = next((each for each in ("@value", "@list", "@set") if each in value), "")
    if wrapper and all(_name(key, names) in {"", "type"} for key in value):
        return _value(value[wrapper], names)
    node = _object(value, names)
    return node["id"] if set(node) == {"id"} else node


def _declared(context: Any, names: Names) -> Names:
    """The names with those that a context declares. Where it is an address, nothing is added."""
    declared: Names = {}
    for part in context if isinstance(context, list) else [context]:
        for name, meaning in part.items() if isinstance(part, dict) else ():
            iri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(iri, str) and len(iri) <= _MAX_MEANING and name[:1] != "@":
                declared[name] = iri
    return names | declared


def _name(key: str, names: Names) -> str:
    """What a key is called in the plain form; empty for keywords of JSON-LD that say nothing by themselves."""
    iri = _iri(key, names)
    return _NAMES.get(iri, "" if iri[:1] == "@" else iri)


def _iri(name: str, names: Names) -> str:
    """A name, spelled out as far as the context says what it means."""
    for _ in range(_MAX_HOPS):
        prefix, colon, rest = name.partition(":")
        if name in names:
            name = names[name]
        elif colon and prefix in names and not rest.startswith("//"):
            name = names[prefix] + rest
        else:
            break
    return name


def _resolved(value: Any, names: Names, key: str) -> Any:
    """IRIs, of a motivation or of types, spelled out; the type of a selector is then called as anno.jsonld calls it."""
    if isinstance(value, list):
        return [_resolved(each, names, key) for each in value]
    iri = _iri(value, names) if isinstance(value, str) else value
    return "FragmentSelector" if key == "type" and iri == OA + "FragmentSelector" else iri


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check(said: Any) -> None:
    """Refuses what can't be a bookmark before any work is done on it, and what can't be stored or written again."""
    if deeper(said, MAX_DEPTH):
        raise Malformed(f"the annotation is nested deeper than {MAX_DEPTH} levels")
    level, count = [said], 1
    while level:
        for value in level:
            _check_value(value)
        level = [each for outer in level for each in within(outer)]
        count += len(level)
        if count > MAX_VALUES:
            raise Malformed(f"the annotation has more than {MAX_VALUES} values")


def _check_value(value: Any) -> None:
    texts = value if isinstance(value, dict) else [value] if isinstance(value, str) else []
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Malformed(f"{shown(text)} holds half of a surrogate pair, which is no character") from None
    if isinstance(value, float) and not isfinite(value):
        raise Malformed(f"{value} is no number in JSON")
    if isinstance(value, int) and abs(value) > _MAX_WHOLE:
        raise Malformed(f"a number of more than {_MAX_WHOLE} is too large")
