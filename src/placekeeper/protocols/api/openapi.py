"""The OpenAPI document of `/api`, made of the operations and of the classes on the wire, so that it can't say anything else.

Source: https://spec.openapis.org/oas/v3.1.1
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from placekeeper import __version__
from placekeeper.protocols.api.operations import PAGE, PAGES_LIMIT, Operation
from placekeeper.protocols.api.wire import Problem, Schema

REFERENCE: Final = "#/components/schemas/{name}"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


def document(operations: Iterable[Operation]) -> Schema:
    """The whole document, as JSON can hold it."""
    listed = list(operations)
    types = [each for one in listed for each in (one.answer, one.body) if each is not None]
    _schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=REFERENCE)
    paths: dict[str, Schema] = {}
    for one in listed:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Placekeeper",
            "version": __version__,
            "description": "Looking back over what each device said of each book, and steering: which place is the place.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "security": [{"token": []}, {"session": [], "form": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of the scope `account`."},
                "session": {"type": "apiKey", "in": "cookie", "name": "placekeeper", "description": "A browser that signed in."},
                "form": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-CSRF-Token",
                    "description": "What the field `token` of that browser's forms has.",
                },
            },
        },
    }


def _operation(one: Operation) -> Schema:
    answer: Schema = {
        "description": HTTPStatus(one.status).phrase,
        "content": {JSON: {"schema": _reference(one.answer)}},
    }
    answers: dict[str, Schema] = {str(one.status): answer}
    if one.method == "GET" and not one.streamed:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "Give it as If-None-Match."}}
        answers["304"] = {"description": "Nothing has changed since the answer with that ETag."}
    answers |= {str(status): _problem(status) for status in _problems(one)}
    described: Schema = {"operationId": one.name, "summary": one.summary, "responses": answers}
    parameters = [_path(name, what) for name, what in one.parameters.items()] + (_PAGING if one.paged else [])
    if parameters:
        described["parameters"] = parameters
    if one.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(one.body)}}}
    return described


def _problems(one: Operation) -> list[int]:
    """Statuses of the problems that an operation may have."""
    may = {401: True, 400: one.body is not None or one.paged, 403: one.library or one.name == "makeToken"}
    may |= {404: bool(one.parameters), 503: True}
    return sorted(status for status, applies in may.items() if applies)


def _problem(status: int) -> Schema:
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": _reference(Problem)}}}


def _reference(type_: Any) -> Schema:
    return {"$ref": REFERENCE.format(name=type_.__name__)}


def _path(name: str, what: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": what, "schema": {"type": "string"}}


_PAGING: Final[list[Schema]] = [
    {
        "name": "limit",
        "in": "query",
        "description": "How many rows at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": PAGES_LIMIT, "default": PAGE},
    },
    {
        "name": "before",
        "in": "query",
        "description": "What the page before this one gave as `next`.",
        "schema": {"type": "string"},
    },
]
