"""What a list of identifiers may look like, in a push and in a pull.

Source: koreader-sync-server pull request 55.
"""

from typing import Any

import pytest

from tests.kosync.client import KosyncClient, fresh

INVALID = {"code": 2003, "message": "Invalid request"}
Entry = dict[str, Any]


def entry(type_: object, value: object) -> Entry:
    return {"type": type_, "value": value}


def many(document: str, count: int) -> list[Entry]:
    return [entry("content", document), *(entry(f"t{number}", fresh("v")) for number in range(count - 1))]


def flat(listed: list[Entry]) -> str:
    return ",".join(f"{each['type']}:{each['value']}" for each in listed)


def refused(client: KosyncClient, document: str, listed: Any) -> None:
    assert INVALID == client.push(document, "1", 0.5, identifiers=listed, check=403)
    assert {} == client.pull(document)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_up_to_eight(regular: KosyncClient, count: int) -> None:
    """[K-ID-9d] Up to eight identifiers are accepted, in a push and in a pull."""
    document = fresh("C")
    listed = many(document, count)

    assert "content" == regular.push(document, "1", 0.5, identifiers=listed)["match"]
    assert "content" == regular.pull(document, ids=flat(listed))["match"]


@pytest.mark.parametrize("count", [9, 100])
def test_more_than_eight(regular: KosyncClient, count: int) -> None:
    """[K-ID-9] More than eight are 403 with code 2003, in a push and in a pull."""
    document = fresh("C")
    listed = many(document, count)

    refused(regular, document, listed)
    assert INVALID == regular.pull(document, ids=flat(listed), check=403)


def test_list_without_the_document(regular: KosyncClient) -> None:
    """[K-ID-8] A list that names the document nowhere is 403 with code 2003, even where it would match."""
    document, other = fresh("C"), fresh("C")
    regular.push(other, "1", 0.5)

    refused(regular, document, [entry("content", other), entry("structure", fresh("S"))])
    assert INVALID == regular.pull(document, ids=f"content:{other}", check=403)
    assert INVALID == regular.pull(document, ids=f"content:{document.upper()}", check=403)


def test_one_type_twice(regular: KosyncClient) -> None:
    """[K-ID-9c] A type that is named twice is 403 with code 2003, even for one value."""
    document = fresh("C")

    for value in (document, fresh("C")):
        refused(regular, document, [entry("content", document), entry("content", value)])
        assert INVALID == regular.pull(document, ids=f"content:{document},content:{value}", check=403)


def test_one_value_twice(regular: KosyncClient) -> None:
    """[K-ID-9c] One value under two types is a list like any other."""
    document = fresh("C")

    assert "a" == regular.push(document, "1", 0.5, identifiers=[entry("a", document), entry("b", document)])["match"]
    assert "b" == regular.pull(document, ids=f"b:{document},a:{document}")["match"]


NO_LISTS: list[Any] = [[], None, {}, "content:C", 5, True, {"type": "content", "value": "C"}, [None], ["content:C"], [[]], [5]]


@pytest.mark.parametrize("listed", NO_LISTS, ids=range(len(NO_LISTS)))
def test_what_is_no_list(regular: KosyncClient, listed: Any) -> None:
    """[K-ID-9] What is no list of entries, or an empty one, is 403 with code 2003: not taken for no list at all."""
    refused(regular, fresh("C"), listed)


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "content"},
        {"value": "v"},
        {},
        entry(None, "v"),
        entry("x", None),
        entry(5, "v"),
        entry("x", 5),
        entry("x", ["v"]),
    ],
    ids=range(8),
)
def test_entries_that_lack_something(regular: KosyncClient, bad: Entry) -> None:
    """[K-ID-9] An entry has a type and a value, both strings."""
    document = fresh("C")

    refused(regular, document, [entry("content", document), bad])


BAD_TYPES = ["", "Content", "9", "-a", "a_b", "a.b", "a b", " a", "a\n", "é", "x" * 33]
GOOD_TYPES = ["a", "x-9-", "structure", "x" * 32]
BAD_VALUES = ["", "-a", "_a", ".a", "a b", "a/b", "a%", "a\n", "é", "\u0661", "v" * 129]
GOOD_VALUES = ["0", "a.b-c_d", "A", "v" * 128]


@pytest.mark.parametrize("type_", BAD_TYPES)
def test_types_out_of_form(regular: KosyncClient, type_: str) -> None:
    """[K-ID-9b] A type is of small letters, figures and hyphens, a letter first, at most 32."""
    document = fresh("C")

    refused(regular, document, [entry("content", document), entry(type_, "v")])
    assert INVALID == regular.pull(document, ids=f"content:{document},{type_}:v", check=403)


@pytest.mark.parametrize("value", BAD_VALUES)
def test_values_out_of_form(regular: KosyncClient, value: str) -> None:
    """[K-ID-9b] A value is of letters, figures, hyphens, dots and underscores, a letter or figure first, at most 128."""
    document = fresh("C")

    refused(regular, document, [entry("content", document), entry("structure", value)])
    assert INVALID == regular.pull(document, ids=f"content:{document},structure:{value}", check=403)


@pytest.mark.parametrize("type_", GOOD_TYPES)
@pytest.mark.parametrize("value", GOOD_VALUES)
def test_entries_in_form(regular: KosyncClient, type_: str, value: str) -> None:
    """[K-ID-9b] Whatever has that form is accepted, and found again."""
    document = fresh("C")
    own = f"{fresh('V')}{value}"[:128]
    regular.push(document, "1", 0.5, identifiers=[entry("content", document), entry(type_, own)])

    assert document == regular.pull(own, ids=f"{type_}:{own}")["document"]


MALFORMED = [
    "",
    "C",
    ",",
    ":",
    "content",
    "content:",
    ":C",
    "content:C,",
    ",content:C",
    "content:C,,x:y",
    "content:C;x:y",
    "content=C",
]


@pytest.mark.parametrize("ids", MALFORMED)
def test_malformed_ids(regular: KosyncClient, ids: str) -> None:
    """[K-ID-9b] An `ids` that can't be read, or is empty, is 403 with code 2003: not taken for none."""
    regular.push("C", "1", 0.5)

    assert INVALID == regular.pull("C", ids=ids, check=403)


def test_ids_without_a_value(regular: KosyncClient) -> None:
    """[K-ID-9b] So is an `ids` without the sign of equality."""
    assert INVALID == regular.call("GET", "/syncs/progress/C?ids", check=403)


def test_ids_as_they_may_be_encoded(regular: KosyncClient) -> None:
    """[K-ID-2] Colons and commas of `ids` may be percent-encoded or not."""
    document = fresh("C")
    regular.push(document, "1", 0.5)

    for ids in (f"content:{document},x:y", f"content%3A{document}%2Cx%3Ay", f"content%3a{document}%2cx:y"):
        assert "content" == regular.call("GET", f"/syncs/progress/{document}?ids={ids}", check=200)["match"]


def test_other_members_of_an_entry(regular: KosyncClient) -> None:
    """[K-ID-16] What else an entry holds is ignored."""
    document = fresh("C")
    listed = [entry("content", document) | {"more": [1], "weak": False}]

    assert "content" == regular.push(document, "1", 0.5, identifiers=listed)["match"]


def test_other_faults_come_first_for_the_document(regular: KosyncClient) -> None:
    """[K-PUT-1] A document that can't be one is 2004, whatever its identifiers are."""
    answer = regular.push("", "1", 0.5, identifiers=[entry("content", "C")], check=403)

    assert 2004 == answer["code"]
