"""A client of `/api` that holds each answer against the server's own OpenAPI document."""

import re
from typing import Any

import httpx2
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

DOCUMENT = "urn:openapi"


class Described:
    """What a server says of itself. `seen`: the operations that were asked for, by their ids."""

    def __init__(self, base: str) -> None:
        self.document = httpx2.get(f"{base}/api/openapi.json").json()
        self.seen: set[str] = set()
        whole: Any = Resource.from_contents(_closed(self.document) | {"$schema": "https://json-schema.org/draft/2020-12/schema"})
        self._registry: Any = Registry().with_resource(DOCUMENT, whole)

    @property
    def operations(self) -> dict[tuple[str, str], dict[str, Any]]:
        """(method, path): operation."""
        return {
            (method.upper(), path): operation
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def check(self, response: httpx2.Response) -> None:
        """An answer has a status and a body that the document has for it."""
        response.read()
        path = response.request.url.path.removeprefix("/api")
        method = response.request.method.replace("HEAD", "GET")
        found = [operation for (verb, template), operation in self.operations.items() if verb == method and _fits(template, path)]
        if not found:
            assert path == "/openapi.json" or response.status_code in {404, 405}, (method, path, response.status_code)
            return
        (operation,) = found
        if response.status_code < 300:
            self.seen.add(operation["operationId"])
        described = operation["responses"].get(str(response.status_code))
        assert described is not None, f"{operation['operationId']} answers {response.status_code}, which its description lacks"
        if response.status_code == 304 or response.request.method == "HEAD":
            return
        ((media_type, content),) = described["content"].items()
        assert media_type == response.headers["content-type"]
        reference = DOCUMENT + content["schema"]["$ref"]
        errors = Draft202012Validator({"$ref": reference}, registry=self._registry).iter_errors(response.json())
        assert [] == [f"{error.json_path}: {error.message[:200]}" for error in errors], operation["operationId"]


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path) is not None


def _closed(value: Any) -> Any:
    """The document with every object closed: an answer has no member that is not described."""
    if isinstance(value, list):
        return [_closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _closed(each) for key, each in value.items()}
    return closed | {"additionalProperties": False} if closed.get("type") == "object" else closed
