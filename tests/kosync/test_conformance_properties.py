"""Whatever is accepted comes back: drawn strings and numbers, against the running server."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kosync.client import KosyncClient, fresh, segment

bounded = settings(
    max_examples=50, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ratios = st.floats(0, 1) | st.integers(0, 1)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | anything
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=3)
MEMBERS = ("progress", "percentage", "device", "device_id", "metadata", "identifiers", "timestamp")


def put(client: KosyncClient, body: dict[str, object], *, escaped: bool = True) -> int:
    """Push; whether it was kept or refused, it is never the server's failure."""
    answer = client.send("PUT", "/syncs/progress", content=json.dumps(body, ensure_ascii=escaped).encode())
    assert answer.status_code in {200, 403}, (answer.status_code, answer.text, body)
    return answer.status_code


@bounded
@given(progress=anything, device=names, device_id=st.none() | names, percentage=ratios, escaped=st.booleans())
def test_places_come_back(
    regular: KosyncClient,
    progress: str,
    device: str,
    device_id: str | None,
    percentage: float,
    escaped: bool,  # noqa: FBT001 - drawn
) -> None:
    """[K-FLD-3, K-FLD-4, K-FLD-6, K-FLD-7] Any place that is accepted comes back, byte for byte and digit for digit."""
    document = fresh("book")
    body = {"document": document, "progress": progress, "percentage": percentage, "device": device}
    if device_id is not None:
        body["device_id"] = device_id
    has_nul = any("\0" in text for text in (progress, device, device_id or ""))

    assert (403 if has_nul else 200) == put(regular, body, escaped=escaped)
    found = regular.pull(document)
    if has_nul:
        assert {} == found
    else:
        found.pop("timestamp")
        assert body == found


@bounded
@given(document=anything, percentage=ratios)
def test_documents_are_served(regular: KosyncClient, document: str, percentage: float) -> None:
    """[K-DOC-ID-1] Any document that a push is accepted for is served by GET; any other is refused there, too."""
    progress = fresh("p")
    body = {"document": document, "progress": progress, "percentage": percentage, "device": "Kobo"}

    if put(regular, body) == 200:
        found = regular.pull(document)
        assert (document, progress, percentage) == (found["document"], found["progress"], found["percentage"])
    elif document:
        answer = regular.send("GET", f"/syncs/progress/{segment(document)}")
        assert (403, 2004) == (answer.status_code, answer.json()["code"])


@bounded
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, json_values)))
def test_any_object_is_kept_or_refused(regular: KosyncClient, members: dict[str, object]) -> None:
    """[K-PUT-2] Whatever JSON the members are, a push is kept and served, or refused and leaves nothing."""
    document = fresh("book")
    whole = {"document": document, "progress": "1", "percentage": 0.5, "device": "Kobo"} | members

    kept = put(regular, whole) == 200
    found = regular.pull(document)
    assert kept == bool(found)
    if kept:
        assert isinstance(found["progress"], str)
        assert isinstance(found["percentage"], float)
        assert isinstance(found["device"], str)


@bounded
@given(st.binary(max_size=200))
def test_any_bytes_are_answered(regular: KosyncClient, body: bytes) -> None:
    """[K-BODY-1] Bytes that are no push are refused in the dialect's own words, never by a failure."""
    for method, path in (("PUT", "/syncs/progress"), ("POST", "/users/create"), ("PUT", "/users/password")):
        answer = regular.send(method, path, content=body)
        assert (answer.status_code, answer.json()["code"]) in {(400, 103), (400, 104), (403, 2003), (403, 2004)}
