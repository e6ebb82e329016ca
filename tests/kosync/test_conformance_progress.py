"""KOSync's progress: every field of a push, checked as the reference server does, and given back as it came."""

import json
import time
from typing import Any

import pytest

from tests.kosync.client import KosyncClient, fresh

INVALID = {"code": 2003, "message": "Invalid request"}
NO_DOCUMENT = {"code": 2004, "message": "Field 'document' not provided."}
XPOINTER = "/body/DocFragment[11]/body/div/p[7]/text().123"


def place_of(document: str, **more: Any) -> dict[str, Any]:
    return {"document": document, "progress": XPOINTER, "percentage": 0.4213, "device": "Kobo"} | more


def put(client: KosyncClient, body: dict[str, Any], check: int) -> Any:
    return client.call("PUT", "/syncs/progress", content=json.dumps(body).encode(), check=check)


def test_push_answers_exactly(regular: KosyncClient) -> None:
    """[K-PUT-3, K-FLD-12, K-FLD-14] A push answers its document and the server's time, in whole seconds, and nothing else."""
    document, now = fresh("book"), time.time()
    stored = put(regular, place_of(document), 200)

    assert {"document", "timestamp"} == set(stored)
    assert document == stored["document"]
    assert isinstance(stored["timestamp"], int)
    assert now - 1 <= stored["timestamp"] <= time.time() + 1


def test_pull_answers_exactly(regular: KosyncClient) -> None:
    """[K-GET-2, K-FLD-1, K-FLD-4, K-FLD-6, K-FLD-7, K-FLD-13] A pull answers what was pushed, and the time of the push."""
    document = fresh("book")
    stored = put(regular, place_of(document, device_id="1A2B"), 200)

    assert place_of(document, device_id="1A2B", timestamp=stored["timestamp"]) == regular.pull(document)


def test_unknown_document(regular: KosyncClient) -> None:
    """[K-GET-3] A document that nobody read is 200 and an empty object, never 404."""
    assert {} == regular.pull(fresh("never"))


def test_own_timestamp_is_ignored(regular: KosyncClient) -> None:
    """[K-PUT-4] A time that the client sends counts for nothing."""
    document = fresh("book")
    stored = put(regular, place_of(document, timestamp=1_000_000_000), 200)

    assert stored["timestamp"] == regular.pull(document)["timestamp"]
    assert stored["timestamp"] > 1_700_000_000


def test_latest_push_counts(regular: KosyncClient) -> None:
    """[K-PUT-5] In a new work the latest push is the place, even when it goes back and comes from elsewhere."""
    document = fresh("book")
    regular.on("B", "b").push(document, "200", 0.9)
    regular.on("C", "c").push(document, "10", 0.1)
    found = regular.pull(document)

    assert ("10", 0.1, "C", "c") == tuple(found[name] for name in ("progress", "percentage", "device", "device_id"))


@pytest.mark.parametrize(
    "document", [None, "", "has:colon", ":", 5, 0, True, [], {}, ["d"], "nul\0", "d" * 513], ids=lambda value: repr(value)[:12]
)
def test_invalid_documents(regular: KosyncClient, document: object) -> None:
    """[K-PUT-1] A document is a string, not empty, without colon: else 403 with code 2004, whatever else is wrong."""
    assert NO_DOCUMENT == put(regular, place_of("") | {"document": document}, 403)
    assert NO_DOCUMENT == put(regular, {"document": document}, 403)


def test_missing_document(regular: KosyncClient) -> None:
    """[K-PUT-1] No document at all is 403 with code 2004."""
    body = place_of("")
    del body["document"]

    assert NO_DOCUMENT == put(regular, body, 403)
    assert NO_DOCUMENT == put(regular, {}, 403)


@pytest.mark.parametrize("missing", [{"progress"}, {"percentage"}, {"device"}, {"progress", "percentage", "device"}])
def test_missing_fields(regular: KosyncClient, missing: set[str]) -> None:
    """[K-PUT-2] Without progress, percentage or device a push is 403 with code 2003, and nothing is kept."""
    document = fresh("book")
    body = {name: value for name, value in place_of(document).items() if name not in missing}

    assert INVALID == put(regular, body, 403)
    assert {} == regular.pull(document)


@pytest.mark.parametrize("field", ["progress", "device"])
@pytest.mark.parametrize("value", [None, True, False, [], ["x"], {}, {"a": 1}, "nul\0", "x" * 5000], ids=range(9))
def test_invalid_texts(regular: KosyncClient, field: str, value: object) -> None:
    """[K-PUT-2] Progress and device are strings, neither endless nor with a NUL: else 403 with code 2003."""
    document = fresh("book")

    assert INVALID == put(regular, place_of(document) | {field: value}, 403)
    assert {} == regular.pull(document)


NO_PERCENTAGES: list[object] = [None, True, False, "", "x", "0.5x", "0x1", "nan", "inf", "1e400", "1,5", "--1", [], [0.5], {}]
OUTSIDE = [-0.1, 1.0001, 42, 100, -1, "1.5", "-0.5", 1e308, 10**30, 10**400, float("nan"), float("inf"), float("-inf")]


@pytest.mark.parametrize("percentage", [*NO_PERCENTAGES, *OUTSIDE], ids=range(len(NO_PERCENTAGES + OUTSIDE)))
def test_invalid_percentages(regular: KosyncClient, percentage: object) -> None:
    """[K-PUT-2, K-FLD-5] What is no number from 0 to 1 is refused, and nothing is kept."""
    document = fresh("book")
    body = json.dumps(place_of(document) | {"percentage": percentage}).encode()
    answer = regular.send("PUT", "/syncs/progress", content=body)

    is_json = b"NaN" not in body and b"Infinity" not in body
    assert (403, 2003) == (answer.status_code, answer.json()["code"]) if is_json else answer.status_code == 400
    assert {} == regular.pull(document)


@pytest.mark.parametrize("literal", ["1e400", "-1e400", "1" * 5000, "-" + "1" * 5000], ids=range(4))
def test_percentages_beyond_any_double(regular: KosyncClient, literal: str) -> None:
    """[K-PUT-2] A number too large for a double is JSON, and no percentage: 403 with code 2003."""
    text = f'{{"document": "d", "progress": "1", "percentage": {literal}, "device": "Kobo"}}'

    assert INVALID == regular.call("PUT", "/syncs/progress", content=text.encode(), check=403)


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("0", 0.0),
        ("-0.0", 0.0),
        ("1", 1.0),
        ("1.0", 1.0),
        ("0.1", 0.1),
        ("0.31879884821061", 0.31879884821061),
        ("0.12345678901234567", 0.12345678901234567),
        ("0.1e-3", 0.0001),
        ("5e-324", 5e-324),
        ("0.9999999999999999", 0.9999999999999999),
        ('"0.5"', 0.5),
        ('"0"', 0.0),
        ('"1"', 1.0),
        ('".5"', 0.5),
        ('" 0.25 "', 0.25),
        ('"2.5e-1"', 0.25),
    ],
)
def test_percentages(regular: KosyncClient, sent: str, number: float) -> None:
    """[K-PUT-2b, K-FLD-4, K-FLD-5] 0 and 1 are percentages, numeric strings are numbers, and no digit is lost."""
    document = fresh("book")
    text = f'{{"document": "{document}", "progress": "1", "percentage": {sent}, "device": "Kobo"}}'
    regular.call("PUT", "/syncs/progress", content=text.encode(), check=200)
    found = regular.pull(document)["percentage"]

    assert number == found
    assert isinstance(found, float)


PROGRESSES = [
    XPOINTER,
    "56",
    "0",
    "056",
    "1e3",
    " 56 ",
    "",
    "true",
    "null",
    "{}",
    "/body/DocFragment[40]/body/div[2]/p[7]/text()[3].128 — é",
    "\\/escaped\\u002f",
    '"quoted"',
    "line\nbreak\r\n\ttab",
    "\u0001\u001f\u007f\u0080\u009f",
    "e\u0301 is not \u00e9",
    "\u2028\u2029\ufeff\ufffe\uffff\ufffd",
    "\U0001f4d6\U0010ffff",
    "\u202eright to left\u202c",
    "</script><!--",
    "'; DROP TABLE reading; --",
    "x" * 4096,
]


@pytest.mark.parametrize("progress", PROGRESSES, ids=range(len(PROGRESSES)))
@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "utf-8"])
def test_progress_byte_for_byte(regular: KosyncClient, progress: str, escaped: bool) -> None:  # noqa: FBT001 - a parameter
    """[K-FLD-2, K-FLD-3] Progress comes back byte for byte as the string that it was, escaped in JSON or not."""
    document = fresh("book")
    body = json.dumps(place_of(document, progress=progress), ensure_ascii=escaped).encode()
    regular.call("PUT", "/syncs/progress", content=body, check=200)

    assert progress == regular.pull(document)["progress"]


@pytest.mark.parametrize(("sent", "text"), [(56, "56"), (0, "0"), (-1, "-1"), (12345678901, "12345678901"), (0.5, "0.5")])
def test_progress_as_a_number(regular: KosyncClient, sent: float, text: str) -> None:
    """[K-FLD-2] Progress that comes as a number is taken for what it reads as, and comes back as a string."""
    document = fresh("book")
    put(regular, place_of(document, progress=sent), 200)

    assert text == regular.pull(document)["progress"]


@pytest.mark.parametrize("literal", ["1e400", "9" * 5000])
def test_progress_beyond_any_number(regular: KosyncClient, literal: str) -> None:
    """[K-PUT-2] A number that can't be held is no progress: 403 with code 2003."""
    text = f'{{"document": "d", "progress": {literal}, "percentage": 0.1, "device": "Kobo"}}'

    assert INVALID == regular.call("PUT", "/syncs/progress", content=text.encode(), check=403)


@pytest.mark.parametrize("name", ["KindlePaperWhite", "Papa's “Kobo” / é\t\x7f", "", "5", "📖" * 255])
def test_device_byte_for_byte(regular: KosyncClient, name: str) -> None:
    """[K-FLD-6, K-FLD-7, K-FLD-8] Names and ids of devices come back as they came: so a device knows its own place."""
    document = fresh("book")
    put(regular, place_of(document, device=name, device_id=name), 200)
    found = regular.pull(document)

    assert (name, name) == (found["device"], found["device_id"])


def test_device_id_is_optional(regular: KosyncClient) -> None:
    """[K-FLD-7, K-GET-2] Without device_id, or with null, a push is accepted, and the answer has none."""
    for more in ({}, {"device_id": None}):
        document = fresh("book")
        put(regular, place_of(document, **more), 200)
        assert "device_id" not in regular.pull(document)


def test_device_id_belongs_to_its_push(regular: KosyncClient) -> None:
    """[K-FLD-7] An id does not outlive the push that it came with."""
    document = fresh("book")
    put(regular, place_of(document, device_id="b"), 200)
    put(regular, place_of(document, device="Kindle", progress="9", percentage=0.9), 200)

    assert "device_id" not in regular.pull(document)


@pytest.mark.parametrize("value", [True, [], {}, "nul\0", "x" * 256], ids=range(5))
def test_invalid_device_ids(regular: KosyncClient, value: object) -> None:
    """[K-PUT-2] A device_id is a string, if there is one."""
    assert INVALID == put(regular, place_of(fresh("book"), device_id=value), 403)


def test_unknown_members(regular: KosyncClient) -> None:
    """What KOSync does not know of a push is ignored, and does not come back."""
    document = fresh("book")
    more = {"percent": 99, "x": {"y": [1, None]}, "match": "content", "progress_match": "content"}
    stored = put(regular, place_of(document, **more), 200)

    assert {"document", "timestamp"} == set(stored)
    assert place_of(document, timestamp=stored["timestamp"]) == regular.pull(document)


def test_refused_push_leaves_the_place(regular: KosyncClient) -> None:
    """[K-PUT-2] After a push that was refused, the place is what it was."""
    document = fresh("book")
    put(regular, place_of(document), 200)
    put(regular, place_of(document, progress="9", percentage=7), 403)

    assert XPOINTER == regular.pull(document)["progress"]
