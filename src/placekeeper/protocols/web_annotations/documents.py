"""Annotations as their apps write them: what is asked of one, and the same text again under the address that it gets here.

Nothing within a member is ever written anew: numbers, texts, blanks and the order of keys are those that came. Knows no account.
Source: https://www.w3.org/TR/annotation-model/
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from placekeeper.domain.annotation import Annotation
from placekeeper.protocols.web_annotations.faults import Fixed, Malformed
from placekeeper.services.annotating import Written

PATH: Final = "/annotations/w3c/"
DEEPEST: Final = 64
"""Levels of lists and objects in an annotation: selectors within selectors, the deepest that the model has, need eight or so."""
MOST_SOURCES: Final = 64
"""Sources of one annotation. Each is an entry in an index; an annotation on more than a handful is none that an app makes."""
LONGEST_SOURCE: Final = 4_096
"""Characters. Sources that are addresses may be as long as browsers take."""
KINDS: Final = frozenset({"Annotation", "oa:Annotation", "http://www.w3.org/ns/oa#Annotation"})
_IDS: Final = ("id", "@id")
SHORT: Final = 18
"""Digits of a number that every library takes for a whole one."""
_HALF: Final = re.compile("[\ud800-\udfff]")
_STAYING: Final = ("via", "canonical")
"""Servers should not let clients change these once they are set (section 5.3 of the protocol)."""


def created(body: bytes) -> Written:
    """A new annotation; the id that its app has given it goes to `via`. Raises Malformed."""
    said, members = _read(body)
    given = _given_id(said)
    if given is not None:
        members["via"] = _joined(members.get("via"), given)
    return _written(said, members)


def revised(body: bytes, before: Annotation) -> Written:
    """What takes the place of an annotation. Raises Malformed; Fixed for another id, or another `via` or `canonical`."""
    said, members = _read(body)
    given = _given_id(said)
    if given is not None and urlsplit(given).path.rpartition(PATH)[2] != before.id:
        raise Fixed("id: this is not the id of the annotation, which stays")
    old = _members(before.content.encode())
    for name in _STAYING:
        if name in old and loaded(old[name]) != said.get(name, loaded(old[name])):
            raise Fixed(f"{name}: it is set already, and stays")
        if name in old:
            members[name] = old[name]
    return _written(said, members)


def served(annotation: Annotation, base: str) -> bytes:
    """The annotation as JSON, with its address as id."""
    return b'{"id":' + msgspec.json.encode(address_of(annotation, base)) + b"," + annotation.content[1:].encode()


def address_of(annotation: Annotation, base: str) -> str:
    """Where an annotation is. `base`: the server as its apps reach it."""
    return f"{base}{PATH}{annotation.id}"


def sources(target: Any) -> Iterator[str]:
    """All that a target is about: the sources of specific resources, else their own addresses, also without a fragment."""
    if isinstance(target, str):
        yield target
        if "#" in target:
            yield target.partition("#")[0]
    elif isinstance(target, list):
        for each in target:
            yield from sources(each)
    elif isinstance(target, dict):
        named = target.get("source", target.get("items", target.get("id", target.get("@id"))))
        yield from sources(named)


def loaded(text: str | bytes) -> Any:
    """A part of what was kept, to look at: numbers may be longer here than any that are written."""
    return json.loads(text, parse_int=_number)


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= SHORT else float(digits)


def _read(body: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """An annotation, and its members as they were spelled, without its id."""
    try:
        said = json.loads(body.decode(), parse_constant=_no_number, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"this is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise Malformed("an annotation is a JSON object")
    _bounded(said)
    types = said.get("type", said.get("@type"))
    if not KINDS & {each for each in (types if isinstance(types, list) else [types]) if isinstance(each, str)}:
        raise Malformed("type: it must be Annotation, alone or in a list")
    if not said.get("target"):
        raise Malformed("target: an annotation has at least one")
    return said, {name: raw for name, raw in _members(body).items() if name not in _IDS}


def _written(said: Mapping[str, Any], members: Mapping[str, bytes]) -> Written:
    found = tuple(dict.fromkeys(filter(None, sources(said["target"]))))
    if not found:
        raise Malformed("target: it names nothing, neither by source nor by id")
    if len(found) > MOST_SOURCES:
        raise Malformed(f"target: it names {len(found)} sources, and {MOST_SOURCES} are the most")
    if any(len(each) > LONGEST_SOURCE for each in found):
        raise Malformed(f"target: a source is longer than {LONGEST_SOURCE} characters")
    motivation = said.get("motivation")
    first = motivation[0] if isinstance(motivation, list) and motivation else motivation
    content = b",".join(msgspec.json.encode(name) + b":" + raw for name, raw in members.items())
    return Written(sources=found, motivation=first if isinstance(first, str) else "", content=f"{{{content.decode()}}}")


def _members(body: bytes) -> dict[str, bytes]:
    return {name: bytes(raw) for name, raw in msgspec.json.decode(body, type=dict[str, msgspec.Raw]).items()}


def _given_id(said: Mapping[str, Any]) -> str | None:
    given = next((said[name] for name in _IDS if said.get(name) is not None), None)
    if given is not None and not isinstance(given, str):
        raise Malformed("id: it must be a text")
    return given


def _joined(via: bytes | None, given: str) -> bytes:
    """A `via` with one address more, unless it has that already."""
    if via is None or loaded(via) in (None, given):
        return msgspec.json.encode(given)
    said = loaded(via)
    if isinstance(said, list):
        return msgspec.json.encode([*said, *([] if given in said else [given])])
    return msgspec.json.encode([said, given])


def _bounded(said: Any) -> None:
    """Raises Malformed where it is nested too deeply, or a text in it is none."""
    level, depth = [said], 0
    while level:
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and _HALF.search(value):
                raise Malformed("a text has half of a surrogate pair")
        depth += any(isinstance(value, dict | list) for value in level)
        if depth > DEEPEST:
            raise Malformed(f"an annotation has at most {DEEPEST} levels")
        level = below


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
