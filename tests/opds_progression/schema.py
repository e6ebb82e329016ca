"""The schema that Thorium validates documents by, with formats: one invalid entry, and it drops the whole document."""

import functools
import json
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from tests.shared import shared

LIBRARY = FormatChecker(["date-time", "uri", "uri-reference"])
FORMATS = FormatChecker(["uri", "uri-reference"])


@FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    """As Thorium's validator has it: the library here knows no leap seconds and no year 0."""
    plain = str(value).replace(":60", ":59")
    return LIBRARY.conforms("2000" + plain[4:] if plain.startswith("0000-") else plain, "date-time")


@functools.cache
def _validator() -> Draft7Validator:
    schema = json.loads(shared("schemas", "opds", "progression.schema.json").read_text("utf-8"))
    assert {"date-time", "uri", "uri-reference"} <= set(LIBRARY.checkers), "the schema's formats would not be checked"
    return Draft7Validator(schema, format_checker=FORMATS)


def progression_errors(document: Any) -> list[str]:
    """What is wrong with a document, each with its place."""
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in _validator().iter_errors(document)]
