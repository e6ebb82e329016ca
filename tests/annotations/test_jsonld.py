"""Annotations in every spelling of JSON-LD have one plain form; nothing is fetched, and nothing crashes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.protocols.annotations.faults import BadTarget, Malformed
from placekeeper.protocols.annotations.jsonld import MAX_DEPTH, MAX_VALUES, annotation
from tests.annotations.making import JSON, TEXTS

OA = "http://www.w3.org/ns/oa#"
LS = "http://librarysimplified.org/terms/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
VALUE = '{ "@type": "LocatorPage",\r\n"page": 2 }'

PLAIN = {
    "type": OA + "Annotation",
    "motivation": LS + "annotation/idling",
    "body": {LS + "time": "2026-03-01T12:00:00Z", LS + "device": "", LS + "progressWithinBook": 1.0},
    "target": {"source": "urn:isbn:1", "selector": {"type": "FragmentSelector", "value": VALUE}},
}
COMPACT = PLAIN | {"type": "Annotation"}
CURIES = {
    "@type": "oa:Annotation",
    "oa:motivatedBy": {"@id": "ls:annotation/idling"},
    "oa:hasBody": {"ls:time": {"@value": "2026-03-01T12:00:00Z"}, "ls:device": "", "ls:progressWithinBook": 1.0},
    "oa:hasTarget": {
        "oa:hasSource": {"@id": "urn:isbn:1"},
        "oa:hasSelector": {"@type": "oa:FragmentSelector", "rdf:value": VALUE},
    },
}
LOCAL = {
    "@context": [
        "http://www.w3.org/ns/anno.jsonld",
        {"n": LS, "m": "n:annotation/", "when": {"@id": "n:time"}, "where": "oa:hasTarget", "kind": "@type", "not": None},
        None,
    ],
    "kind": ["oa:Annotation"],
    "motivation": ["m:idling"],
    "body": {"when": "2026-03-01T12:00:00Z", "n:device": "", "n:progressWithinBook": 1.0},
    "where": COMPACT["target"],
}
SCOPED = {
    "type": "oa:Annotation",
    "motivation": "ls:idling",
    "body": {
        "@context": {"@vocab": "x", "t": LS + "time"},
        "t": "2026-03-01T12:00:00Z",
        "ls:device": "",
        "ls:progressWithinBook": 1.0,
    },
    "target": COMPACT["target"],
}


def expanded(node: Any) -> Any:
    """The plain form in expanded JSON-LD."""
    names = {
        "motivation": "motivatedBy",
        "body": "hasBody",
        "target": "hasTarget",
        "source": "hasSource",
        "selector": "hasSelector",
    }
    if not isinstance(node, dict):
        return [{"@value": node}]
    whole: dict[str, Any] = {}
    for key, value in node.items():
        if key == "type":
            whole["@type"] = [OA + "FragmentSelector" if value == "FragmentSelector" else value]
        elif key in {"motivation", "source"}:
            whole[OA + names[key]] = [{"@id": value}]
        else:
            whole[RDF + key if key == "value" else OA + names[key] if key in names else key] = expanded(value)
    return [whole]


@pytest.mark.parametrize(
    "said",
    [COMPACT | {"type": "oa:Annotation"}, CURIES, LOCAL, SCOPED, expanded(PLAIN)],
    ids=["compact", "curies", "local", "scoped", "expanded"],
)
def test_one_form(said: Any) -> None:
    """Compact, prefixed and expanded annotations, with contexts of their own or none, have the same plain form."""
    assert PLAIN == annotation(said)
    assert PLAIN == annotation([said] if isinstance(said, dict) else said)


@given(
    st.dictionaries(TEXTS.map(lambda text: LS + text), TEXTS | st.floats(-9, 9) | st.integers(-9, 9) | st.booleans(), max_size=4)
)
def test_bodies_of_both_forms(body: dict[str, Any]) -> None:
    """A body says the same in compact and in expanded form; numbers stay the numbers that they are."""
    said = PLAIN | {"body": body}

    assert json.dumps(said) == json.dumps(annotation(said))
    assert json.dumps(said) == json.dumps(annotation(expanded(said)))


@pytest.mark.parametrize(
    "context", ["http://127.0.0.1:9/", "file:///etc/passwd", ["https://example.org/a", {"@import": "b"}], 5, {}]
)
def test_contexts_elsewhere(context: Any) -> None:
    """A context behind an address is not fetched: the names are those of anno.jsonld."""
    assert PLAIN == annotation(COMPACT | {"@context": context, "type": "oa:Annotation"})


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ({"x": 1, "note": "a"}, {"x": 1, "note": "a"}),
        ({}, {"@language": "en", "@index": 5, "": 1}),
        ({"x": "a"}, {"x": [None, "a"]}),
        ({"x": ["a", "b"]}, {"x": ["a", None, "b"]}),
        ({}, {"x": None, "y": [], "z": {"@value": None}}),
        ({"x": ["a", "b"], "y": "a"}, {"x": {"@list": ["a", "b"]}, "y": {"@set": ["a"]}}),
        ({"x": "urn:a", "y": {"id": "urn:a", "z": 1}}, {"x": {"@id": "urn:a"}, "y": {"@id": "urn:a", "z": 1}}),
        ({"x": "a", "y": {"z": 1}}, {"x": {"@value": "a", "type": "xsd:date"}, "y": {"@value": "a", "z": 1}}),
        ({LS + "time": ["a", "b"]}, {LS + "time": "a", "ls:time": "b"}),
        ({LS + "time": "http://a"}, {"ls:time": "http://a"}),
        ({"http://a/b": 0.0, "urn:c": 1.0, "d": True}, {"http://a/b": 0.0, "urn:c": 1.0, "d": True}),
        ({"a:aaaax": 1}, {"@context": {"a": "a:a"}, "a:x": 1}),
        ({"a:x": 1}, {"@context": {"a": "http://" + "x" * 128}, "a:x": 1}),
    ],
)
def test_members(expected: dict[str, Any], body: dict[str, Any]) -> None:
    """What says nothing falls out, one name has one spelling, and members that are no IRIs are kept."""
    assert expected == annotation({"body": body})["body"]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ('the annotation is "x", and must be an object', "x"),
        ("the annotation is 5, and must be an object", 5),
        ("the annotation is null, and must be an object", None),
        ("the annotation is [], and must be an object", [[]]),
        ("the annotation has more than 1000 values", {"body": {str(number): 0 for number in range(MAX_VALUES)}}),
        ("the annotation is nested deeper than 24 levels", {"body": json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)}),
        ("the annotation is nested deeper than 24 levels", json.loads("[" * 900 + "]" * 900)),
        (r'"\ud800" holds half of a surrogate pair', {"body": {"x": "\ud800"}}),
        (r'"\ud800" holds half of a surrogate pair', {"body": {"\ud800": 1}}),
        ("nan is no number in JSON", {"body": {"x": float("nan")}}),
        ("a number of more than 9223372036854775807 is too large", {"body": {"x": 2**63}}),
    ],
)
def test_refused(why: str, said: Any) -> None:
    """What is no object, too much, too deep, or can't be written again is refused with the reason."""
    with pytest.raises(Malformed) as refused:
        annotation(said)

    assert str(refused.value).startswith(why)


@pytest.mark.parametrize(("count", "said"), [(0, []), (2, [COMPACT, COMPACT])])
def test_one_annotation(count: int, said: Any) -> None:
    """A list of one annotation is that annotation; of none or two it is refused."""
    with pytest.raises(BadTarget) as refused:
        annotation(said)

    assert f"there are {count} annotations, and must be one" == str(refused.value)


@given(JSON | st.dictionaries(st.sampled_from(["@context", "@id", "@value", "type", "body", "oa:hasBody", "@list"]), JSON))
def test_never_fails(said: Any) -> None:
    """Any JSON is read or refused, and what is read can be written as JSON."""
    try:
        plain = annotation(said)
    except (Malformed, BadTarget):
        return
    assert json.dumps(plain, allow_nan=False)
