"""The published JSON schemas of OPDS 2.0 and of Readium's manifest, as validators. Nothing is fetched: they are shared files."""

import functools
import json
import re
from typing import Any
from urllib.parse import urljoin

from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry, Resource

from tests.shared import shared

BASE = "https://drafts.opds.io/schema/"
FORMATS = FormatChecker()


def feed_errors(document: Any) -> list[str]:
    """What is wrong with a feed."""
    return errors("feed", document)


def errors(name: str, document: Any) -> list[str]:
    """What is wrong with a document by the schema of that name, each with its place."""
    found = validator(name).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


@functools.cache
def validator(name: str) -> Draft7Validator:
    """The validator of an OPDS schema (`feed`, `publication`, `authentication`), or of one by its URL; formats included."""
    resources = [load(path) for folder in ("opds", "readium") for path in sorted(shared("schemas", folder).rglob("*.json"))]
    registry: Any = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in resources])
    return Draft7Validator({"$ref": urljoin(BASE, f"{name}.schema.json")}, registry=registry, format_checker=FORMATS)


def load(path: Any) -> Any:
    """A schema. JavaScript names groups as Python does not, and one of the schemas has a comma too many."""
    text = re.sub(r",(\s*[}\]])", r"\1", path.read_text("utf-8"))
    return json.loads(re.sub(r"\(\?<([a-zA-Z0-9]+)>", r"(?P<\1>", text))
