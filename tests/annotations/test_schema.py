"""The schema of bookmarks, for those who write clients: it says the same as the server's reader."""

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from placekeeper.positions.simplified import locators
from placekeeper.positions.simplified.strict_json import BadLocator
from placekeeper.protocols.annotations.bookmarks import item, read
from placekeeper.protocols.annotations.jsonld import annotation
from tests.annotations.making import JSON, LOCATORS, spoilt
from tests.annotations.test_bookmarks import REFUSED
from tests.annotations.vectors import (
    BODY,
    INVALID_BOOKMARKS,
    INVALID_LOCATORS,
    VALID_BOOKMARKS,
    VALID_LOCATORS,
    bookmark,
    text,
)

SCHEMA = json.loads(files("placekeeper.protocols.annotations").joinpath("bookmark.schema.json").read_text("utf-8"))
BOOKMARK = Draft202012Validator(SCHEMA)
LOCATOR = Draft202012Validator({"$ref": "#/$defs/locator", "$defs": SCHEMA["$defs"]})


def valid(said: Any) -> bool:
    """Whether a bookmark is valid, its locator too, which the validator takes for a mere text."""
    if not BOOKMARK.is_valid(said):
        return False
    try:
        return LOCATOR.is_valid(json.loads(said["target"]["selector"]["value"]))
    except json.JSONDecodeError:
        return False


def taken(value: str) -> bool:
    """Whether the reader takes a locator."""
    try:
        return bool(locators.read(value))
    except BadLocator:
        return False


def test_schema_is_one() -> None:
    """The schema is a valid schema."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", [*VALID_LOCATORS, *INVALID_LOCATORS])
def test_locators_of_the_specification(name: str) -> None:
    """The schema is right about every locator of the specification."""
    assert (name in VALID_LOCATORS) == LOCATOR.is_valid(json.loads(text(name)))


@pytest.mark.parametrize("name", [*VALID_BOOKMARKS, *INVALID_BOOKMARKS])
def test_bookmarks_of_the_specification(name: str) -> None:
    """The schema is right about every bookmark of the specification."""
    assert (name in VALID_BOOKMARKS) == valid(json.loads(text(name)))


@given(LOCATORS)
def test_valid_locators(said: dict[str, Any]) -> None:
    """Locators as apps write them are valid, and are read."""
    assert LOCATOR.is_valid(said)
    assert taken(json.dumps(said))


@given(spoilt())
def test_agreement(said: dict[str, Any]) -> None:
    """Where one member is missing or is anything else, schema and reader agree whether it is still a locator."""
    assert LOCATOR.is_valid(said) == taken(json.dumps(said))


@given(JSON)
def test_agreement_on_anything(said: Any) -> None:
    """Schema and reader agree about any JSON."""
    assert LOCATOR.is_valid(said) == taken(json.dumps(said))


@pytest.mark.parametrize(("why", "said"), [(why, said) for _, why, said in REFUSED if "oa:hasTarget" not in said])
def test_refused(why: str, said: Any) -> None:
    """What the reader refuses is not valid."""
    assert not valid(said)


@given(LOCATORS, st.dictionaries(st.text(max_size=5), JSON, max_size=2))
def test_items(locator: dict[str, Any], others: dict[str, Any]) -> None:
    """What is served is valid."""
    said = read(annotation(bookmark(locator, body=others | BODY)))

    assert valid(item("https://books.example/1", said.motivation, said.source, said.selector_value, said.body))
