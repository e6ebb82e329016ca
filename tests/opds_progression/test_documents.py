"""Documents as such: what is read of them, what is refused, what is made; and what is a URI."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.protocols.opds_progression import documents, predecessor
from placekeeper.protocols.opds_progression.dialect import order
from placekeeper.protocols.opds_progression.moments import moment
from placekeeper.protocols.opds_progression.uris import fragment, is_reference, is_uri
from placekeeper.services.keeping import Order
from placekeeper.services.placing import Placed
from tests.opds_progression.client import at, document
from tests.opds_progression.schema import LIBRARY, progression_errors

JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), st.text()
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)
NAMES = st.sampled_from(["modified", "device", "progression", "title", "references", "fragments", "locator"])
REFERENCES = st.lists(
    st.sampled_from(["", "#t=1", "a.xhtml#:~:text=It%20was", "#page=6", "b/c.xhtml", "urn:x:y", "a b", "#[", "é"])
)
HALF_RIGHT = st.fixed_dictionaries(
    {
        "modified": st.one_of(st.just(at()), st.text(max_size=30)),
        "device": st.one_of(st.just({"id": "urn:x:1", "name": "n"}), st.fixed_dictionaries({"id": st.text(), "name": st.text()})),
        "progression": st.one_of(st.floats(0, 1), st.floats(), st.integers(), st.booleans()),
    },
    optional={"title": st.one_of(st.text(), JSON), "references": REFERENCES, "fragments": JSON, "x": JSON},
)


@given(st.one_of(HALF_RIGHT, JSON, st.dictionaries(NAMES, JSON)))
def test_taken_exactly_if_valid(said: Any) -> None:
    """What is taken is valid by the schema, and is kept as it came; what is refused is refused by one error."""
    body = json.dumps(said).encode("utf-8", "surrogatepass")
    try:
        read = documents.read(body)
    except InvalidRequest:
        return

    assert [] == progression_errors(said)
    assert body.decode() == read.place.value
    assert said["progression"] == read.progression


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """Any bytes are read or refused, by both dialects."""
    for dialect in (documents, predecessor):
        with pytest.raises(InvalidRequest):
            dialect.read(body)


@given(st.text())
def test_references_are_ours_to_write(text: str) -> None:
    """Whatever stands in a fragment, it is written so that the result is a URI reference."""
    assert is_reference(f"a.xhtml#{fragment(text)}")


@given(st.one_of(st.text(max_size=30), st.text("abc:/?#[]@!%20^ é-.1", max_size=30)))
def test_references_by_another_library(text: str) -> None:
    """What is taken for a URI, or a reference to one, is that to another library too."""
    if is_uri(text):
        assert LIBRARY.conforms(text, "uri")
    if is_reference(text):
        assert LIBRARY.conforms(text, "uri-reference")


def reading(**more: Any) -> Reading:
    usual: dict[str, Any] = {
        "device_id": "01a2",
        "device_name": "Kobo",
        "device_foreign_id": "8B1F",
        "protocol": "kosync",
        "document": "x",
        "place": NotedPlace(Notation.XPOINTER, "/body"),
        "progression": 0.5,
        "observed_at": None,
        "received_at": 1_800_000_000_123,
    }
    report = Report(**usual | more)
    return Reading(id="r", work_id="w", report=report, outcome=Outcome.AHEAD, effect=Effect.HEAD, reason="")


@given(st.lists(st.text(max_size=20)), st.text(), st.text(), st.floats(0, 1), st.booleans())
def test_what_is_made_is_valid(references: list[str], title: str, name: str, progression: float, earlier: bool) -> None:  # noqa: FBT001
    """Whatever a place is made of, the document that leaves is valid, and is read again."""
    placed = Placed(progression=progression, locator={}, positions=9, title=title, references=tuple(references))
    made = documents.made(reading(device_name=name), placed, earlier=earlier)

    assert [] == progression_errors(made)
    assert "urn:placekeeper:device:01a2" == made["device"]["id"]
    assert progression == documents.read(json.dumps(made).encode("utf-8", "replace")).progression


def test_the_own_id_of_a_device() -> None:
    """A device that the sister dialect knows by a URI keeps that; an id that is none, or was sent by KOReader, is not shown."""
    placed = Placed(progression=0.5, locator={}, positions=9)
    for foreign, observed, id_ in (
        ("urn:uuid:1", 1, "urn:uuid:1"),
        ("any id", 1, "urn:placekeeper:device:01a2"),
        ("urn:uuid:1", None, "urn:placekeeper:device:01a2"),
    ):
        made = documents.made(reading(device_foreign_id=foreign, observed_at=observed), placed, earlier=False)

        assert id_ == made["device"]["id"]


@pytest.mark.parametrize(
    ("stored", "sent", "expected"),
    [
        (document(0.5, at(0)), document(0.5, at(0)), Order.AGAIN),
        (document(0.5, at(0)), document(0.6, at(0)), Order.NOT_LATER),
        (document(0.5, at(0)), document(0.6, "2026-03-01T12:00:00.0001Z"), Order.LATER),
        (document(0.5, at(1)), document(0.6, at(0)), Order.NOT_LATER),
    ],
)
def test_order_of_documents(stored: Any, sent: Any, expected: Order) -> None:
    """A document is the stored one again, later than it, or not later, by times to their last digit."""
    place = NotedPlace(Notation.OPDS_PROGRESSION, json.dumps(stored, indent=3))

    assert expected is order(documents.read(json.dumps(sent).encode()))(place)
    assert Order.UNKNOWN is order(documents.read(json.dumps(sent).encode()))(NotedPlace(Notation.XPOINTER, place.value))


def test_predecessor_needs_a_locator() -> None:
    """The predecessor's document needs a locator with an href; ids of devices may be any text; wrong numbers are dropped."""
    usual = {"modified": at(), "device": {"id": "any", "name": "n"}}
    for wrong in ({}, {"locator": None}, {"locator": {}}, {"locator": {"href": ""}}, {"locator": {"href": 7}}):
        with pytest.raises(InvalidRequest, match="locator"):
            predecessor.read(json.dumps(usual | wrong).encode())
    for number, expected in ((0.5, 0.5), (7, None), ("0.5", None), (True, None)):
        said = usual | {"locator": {"href": "a", "locations": {"totalProgression": number}}}

        assert expected == predecessor.read(json.dumps(said).encode()).progression
    assert moment(at()) == predecessor.read(json.dumps(usual | {"locator": {"href": "a", "locations": []}}).encode()).at
