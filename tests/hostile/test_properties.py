"""Whatever comes, the dialect answers: properties of the bytes, of the paths, and of the whole over a socket."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from placekeeper.domain.errors import InvalidDocument, Refused
from placekeeper.protocols.kosync import endpoints, wire
from placekeeper.services.readings import Push
from tests.hostile.raw import Connection, in_dialect
from tests.kosync.client import KosyncClient
from tests.running import RunningServer

quickly = settings(deadline=None, derandomize=True, max_examples=300, suppress_health_check=list(HealthCheck))

ARABIC = "\N{ARABIC-INDIC DIGIT ZERO}.\N{ARABIC-INDIC DIGIT FIVE}"
texts = st.text(max_size=40) | st.sampled_from(["", ":", "\0", "/", "56", "0.5", "1e999", "nan", ARABIC, " 1 ", "x" * 600])
numbers = st.integers() | st.floats() | st.sampled_from([0, 1, -0.0, 2**63, 2**64, 10**400])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
named = st.fixed_dictionaries({}, optional={"type": values, "value": values, "weak": values})
bodies = st.fixed_dictionaries(
    {},
    optional={
        "document": values | texts,
        "progress": values | texts,
        "percentage": values | st.floats(0, 1),
        "device": values | texts,
        "device_id": values,
        "metadata": values,
        "identifiers": values | st.lists(named | values, max_size=10),
        "username": values,
        "password": values,
        "other": values,
    },
)
encoded = st.binary(max_size=200) | (bodies | values).map(lambda value: json.dumps(value).encode())


@quickly
@given(encoded)
@example(b'{"document":"d","progress":"p","device":"x","percentage":"' + b"1" * 60_000 + b'x"}')
@example(b'{"document":"d","progress":"p","device":"x","percentage":' + b"9" * 5_000 + b"}")
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """Each reader of a body gives what it promises or raises one of the domain's refusals, nothing else."""
    for read in (wire.push, wire.registration, wire.new_key):
        try:
            found: Any = read(body)
        except Refused as refusal:
            status, answer = wire.failure(refusal)
            assert 400 <= status < 500
            assert set(json.loads(answer)) == {"code", "message"}
        else:
            assert isinstance(found, (Push, tuple, str))


@quickly
@given(bodies)
def test_what_is_read_is_in_bounds(body: dict[str, Any]) -> None:
    """A push that was read is one that can be stored and given back: ranges, lengths, no NUL, all of it UTF-8."""
    try:
        push = wire.push(json.dumps(body).encode())
    except Refused:
        return
    assert 0 <= push.progression <= 1
    for text, limit in (
        (push.document, 512),
        (push.place.value, 4096),
        (push.device_name, 255),
        (push.device_foreign_id or "", 255),
    ):
        assert len(text) <= limit
        assert "\0" not in text
        text.encode()
    described = push.description
    for part in (described.title, described.authors, described.filename) if described else ():
        assert part is None or len(part) <= 1024


@quickly
@given(texts, texts)
def test_any_identifiers_are_read_or_refused(ids: str, document: str) -> None:
    """The `ids` of a GET are a list within its limits, or refused."""
    try:
        named = wire.asked_identifiers(ids, document)
    except Refused:
        return
    assert 1 <= len(named) <= 8
    assert document in {entry.value for entry in named}


paths = st.text(alphabet="/%0aAfF2.kosyncurp:?\\\u00e9\x00 ", max_size=60).map(lambda path: "/" + path)
routes = st.sampled_from(["", "/kosync", "//kosync/", "/syncs/progress/", "/kosync//syncs/progress/", "/users/auth/", "/kosync"])


@quickly
@given(routes, paths, st.none() | st.binary(max_size=60))
def test_any_path_has_a_route_or_none(route: str, path: str, raw: bytes | None) -> None:
    """Taking a path apart never fails; a document comes of one segment only, and is what was encoded there."""
    whole = route + path
    for sent in (None, whole.encode("utf-8", "replace"), raw):
        found, document = endpoints._tidy(whole, sent)
        assert isinstance(found, str)
        assert "//" not in found
        if document:
            assert found == endpoints.PROGRESS
            source = whole if sent is None or b"%" not in sent else sent.decode("latin-1")
            assert document in {unquote(part) for part in source.split("/")}


@quickly
@given(st.text())
def test_any_document_is_checked(document: str) -> None:
    """A document's id is taken as it is, or refused as a document."""
    try:
        assert wire.checked_document(document) == document
    except InvalidDocument:
        assert not document or ":" in document or "\0" in document or len(document) > 512


methods = st.sampled_from(["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "MKCOL", "FOO", "get"])
targets = st.sampled_from(
    [
        "/kosync/users/create",
        "/users/auth",
        "/kosync/users/password",
        "/syncs/progress",
        "/kosync/syncs/progress/d",
        "/healthcheck",
    ]
) | st.builds(lambda text: "/syncs/progress/" + text, st.text(alphabet="abc%0123456789ABCDEF/:;=?&#@!~.*'", max_size=40))
fields = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
extra = st.lists(
    st.tuples(st.sampled_from(["x-auth-user", "x-auth-key", "accept", "content-type", "te", "expect", "cookie", "x-y"]), fields),
    max_size=4,
)


@pytest.fixture(scope="module")
def line(target: RunningServer) -> RunningServer:
    return target


@settings(quickly, max_examples=200)
@given(method=methods, path=targets, headers=extra, body=st.none() | encoded, signed=st.booleans(), mode=st.sampled_from("lc"))
def test_any_request_is_answered(
    line: RunningServer,
    reader: KosyncClient,
    method: str,
    path: str,
    headers: list[tuple[str, str]],
    body: bytes | None,
    mode: str,
    *,
    signed: bool,
) -> None:
    """Any method, path, headers and body give a valid answer in the dialect, and none that blames the server."""
    if (method, path) == ("PUT", "/kosync/users/password"):
        signed = False
    lines = [f"{method} {path} HTTP/1.1", "host: a", "connection: close"]
    lines += [f"x-auth-user: {reader.user}", f"x-auth-key: {reader.key}"] * signed
    lines += [f"{name}: {value}" for name, value in headers if not signed or not name.startswith("x-auth")]
    if body is not None:
        lines.append("transfer-encoding: chunked" if mode == "c" else f"content-length: {len(body)}")
    data = "\r\n".join([*lines, "", ""]).encode("latin-1")
    if body is not None:
        data += (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n" if mode == "c" else body
    with Connection(line) as connection:
        connection.send(data)
        answer = connection.answer()

        assert answer is not None
        in_dialect(answer)
        assert connection.answer() is None
