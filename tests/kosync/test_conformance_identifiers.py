"""One book, several digests: which record a list of identifiers leads to, and what it leaves behind.

Source: koreader-sync-server pull request 55.
"""

from typing import Any

import pytest

from tests.kosync.client import KosyncClient, fresh

Pairs = list[tuple[str, str]]


def entries(pairs: Pairs, weak: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"type": type_, "value": value} | ({"weak": True} if type_ in weak else {}) for type_, value in pairs]


def put(client: KosyncClient, document: str, pairs: Pairs, progress: str, weak: tuple[str, ...] = ()) -> tuple[str, str]:
    """Push with identifiers: the canonical document and what matched."""
    stored = client.push(document, progress, 0.5, identifiers=entries(pairs, weak))
    assert {"document", "match", "timestamp"} == set(stored)
    return stored["document"], stored["match"]


def get(client: KosyncClient, document: str, pairs: Pairs) -> tuple[str, str, str, str] | None:
    """Pull with identifiers: document, progress, match and progress_match; None where there is nothing."""
    found = client.pull(document, ids=",".join(f"{type_}:{value}" for type_, value in pairs))
    if not found:
        return None
    return found["document"], found["progress"], found["match"], found["progress_match"]


def content(value: str, structure: str, filename: str | None = None) -> Pairs:
    pairs = [("content", value), ("structure", structure)]
    return pairs if filename is None else [*pairs, ("filename", filename)]


ORIGINAL, REPACKED, EDITION = content("C1", "S1", "F"), content("C2", "S1", "F"), content("C3", "S3", "F")
"""Repacked shares the structure and the file name with the original, the other edition shares the file name alone."""


def test_plain_requests_stay_plain(reader: KosyncClient) -> None:
    """[K-ID-1, K-ID-1b] Who names no identifiers gets the plain answers, and follows no alias."""
    put(reader, "C1", ORIGINAL, "p1")

    assert {"document", "progress", "percentage", "device", "timestamp"} == set(reader.pull("C1"))
    assert {} == reader.pull("S1")
    assert {} == reader.pull("F")
    assert {"document", "timestamp"} == set(reader.push("C1", "p2", 0.5))


def test_creating(reader: KosyncClient) -> None:
    """[K-ID-2, K-ID-3, K-ID-3b] The first push makes the record, under its document; its own list finds it by the first."""
    assert ("C1", "content") == put(reader, "C1", ORIGINAL, "p1")
    assert ("C1", "p1", "content", "content") == get(reader, "C1", ORIGINAL)


def test_a_list_of_one(reader: KosyncClient) -> None:
    """[K-ID-2] A list that names the document alone is a list."""
    assert ("C1", "content") == put(reader, "C1", [("content", "C1")], "p1")
    assert ("C1", "p1", "content", "content") == get(reader, "C1", [("content", "C1")])


def test_repacked_copy(reader: KosyncClient) -> None:
    """[K-ID-4] A copy that shares an identifier finds the record and is told its canonical document."""
    put(reader, "C1", ORIGINAL, "p1")

    assert ("C1", "p1", "structure", "structure") == get(reader, "C2", REPACKED)
    assert ("C1", "structure") == put(reader, "C2", REPACKED, "p2")
    assert "p2" == reader.pull("C1")["progress"]
    assert {} == reader.pull("C2")


def test_order_of_preference(reader: KosyncClient) -> None:
    """[K-ID-5] The caller's order decides which identifier matches."""
    put(reader, "C1", ORIGINAL, "p1")

    assert ("C1", "p1", "filename", "filename") == get(reader, "F", ORIGINAL[::-1])
    assert ("C1", "p1", "structure", "structure") == get(reader, "S1", [ORIGINAL[1], ORIGINAL[0], ORIGINAL[2]])
    assert ("C1", "p1", "content", "content") == get(reader, "C1", ORIGINAL)


def test_order_decides_between_records(reader: KosyncClient) -> None:
    """[K-ID-5] Where the list leads to two records, the earlier entry wins, be it only an alias."""
    put(reader, "C1", content("C1", "S1"), "p1")
    put(reader, "C2", content("C2", "S2"), "p2")

    mixed = [("structure", "S1"), ("content", "C2")]
    assert ("C1", "p1", "structure", "structure") == get(reader, "C2", mixed)
    assert ("C2", "p2", "content", "content") == get(reader, "C2", mixed[::-1])


def test_labels_are_the_callers_own(reader: KosyncClient) -> None:
    """[K-ID-3, K-ID-6] Types are opaque: what is compared is the value, what is answered the caller's word for it."""
    put(reader, "C1", [("content", "C1"), ("structure", "S1")], "p1")

    assert ("C1", "p1", "x-9", "x-9") == get(reader, "S1", [("x-9", "S1")])


def test_written_by_another_edition(reader: KosyncClient) -> None:
    """[K-ID-6] How the record was found, and what is shared with whoever wrote its place, are two answers."""
    put(reader, "C1", ORIGINAL, "p1")
    assert ("C1", "filename") == put(reader, "C3", EDITION, "p3")

    assert ("C1", "p3", "content", "filename") == get(reader, "C1", ORIGINAL)
    assert ("C1", "p3", "structure", "filename") == get(reader, "C2", REPACKED)
    assert ("C1", "p3", "filename", "content") == get(reader, "C3", EDITION)


def test_written_by_a_stranger(reader: KosyncClient) -> None:
    """[K-ID-6b] `progress_match` is `none` where asker and writer share nothing."""
    put(reader, "C1", ORIGINAL, "p1")
    put(reader, "C2", content("C2", "S1"), "p2")

    assert ("C1", "p2", "filename", "none") == get(reader, "F", [("filename", "F")])


def test_written_without_identifiers(reader: KosyncClient) -> None:
    """[K-ID-6c] What a writer without identifiers wrote counts as written by the record's own document."""
    put(reader, "C1", ORIGINAL, "p1")
    reader.push("C1", "p2", 0.4)

    assert ("C1", "p2", "content", "content") == get(reader, "C1", ORIGINAL)
    assert ("C1", "p2", "structure", "structure") == get(reader, "C2", REPACKED)


def test_record_of_a_plain_client(reader: KosyncClient) -> None:
    """[K-ID-4] A record that was made without identifiers is found by its document, and gets the aliases below that."""
    reader.push("C1", "p1", 0.5)

    assert ("C1", "content") == put(reader, "C1", ORIGINAL, "p2")
    assert ("C1", "p2", "structure", "structure") == get(reader, "C2", REPACKED)


def test_alias_shadows_no_document(reader: KosyncClient) -> None:
    """[K-ID-7] What is a document in its own right stays one, whoever calls it an alias."""
    put(reader, "C1", content("C1", "S"), "p1")
    reader.push("C2", "p2", 0.1)

    assert ("C2", "content") == put(reader, "C2", content("C2", "S"), "p3")
    assert ("C2", "p3", "content", "content") == get(reader, "C2", content("C2", "S"))
    assert ("C1", "p1", "content", "content") == get(reader, "C1", content("C1", "S"))
    assert ("C1", "content") == put(reader, "C1", content("C1", "C2"), "p4")
    assert ("C2", "p3", "structure", "structure") == get(reader, "C2", [("structure", "C2")])
    assert "p3" == reader.pull("C2")["progress"]


def test_alias_that_becomes_a_document(reader: KosyncClient) -> None:
    """[K-ID-7] When a plain client writes under what was an alias, that is a document from then on."""
    put(reader, "C1", ORIGINAL, "p1")
    reader.push("S1", "own", 0.2)

    assert "own" == reader.pull("S1")["progress"]
    assert ("S1", "own", "structure", "structure") == get(reader, "C2", REPACKED)
    assert ("C1", "p1", "content", "content") == get(reader, "C1", ORIGINAL)


def test_alias_is_never_repointed(reader: KosyncClient) -> None:
    """[K-ID-12] An alias stays with the record that it was made for."""
    put(reader, "C1", content("C1", "S1"), "p1")
    put(reader, "C2", content("C2", "S2"), "p2")
    assert ("C2", "content") == put(reader, "C2", content("C2", "S1"), "p3")

    assert ("C1", "p1", "structure", "structure") == get(reader, "S1", [("structure", "S1")])


def test_entries_above_the_match_are_not_registered(reader: KosyncClient) -> None:
    """[K-ID-12b] A match by a weaker identifier is a guess: once that is corrected, the copy has its own record again."""
    put(reader, "B1", content("B1", "BS1", "shared"), "p1")
    assert ("B1", "filename") == put(reader, "B2", content("B2", "BS2", "shared"), "p2")

    corrected = content("B2", "BS2", "other")
    assert get(reader, "B2", corrected) is None
    assert ("B2", "content") == put(reader, "B2", corrected, "p3")
    assert ("B2", "p3", "content", "content") == get(reader, "B2", corrected)
    assert "p2" == reader.pull("B1")["progress"]


def test_entries_below_the_match_are_registered(reader: KosyncClient) -> None:
    """[K-ID-12b] What is ranked below the match is registered, and leads to the record from then on."""
    put(reader, "C1", content("C1", "S1"), "p1")
    put(reader, "C2", [("content", "C2"), ("structure", "S1"), ("filename", "G")], "p2")

    assert ("C1", "p2", "filename", "filename") == get(reader, "G", [("filename", "G")])


def test_document_need_not_be_first(reader: KosyncClient) -> None:
    """[K-ID-8b] A KOReader that matches by file name ranks its document last; the record is made under it all the same."""
    pairs = [("content", "WC"), ("structure", "WS"), ("filename", "W")]

    assert ("W", "filename") == put(reader, "W", pairs, "p1")
    assert "p1" == reader.pull("W")["progress"]
    assert ("W", "p1", "content", "content") == get(reader, "W", pairs)
    assert {} == reader.pull("WC")


def test_weak_entry_of_a_new_record(reader: KosyncClient) -> None:
    """[K-ID-16] An entry marked weak is accepted; a strong one still matches and adopts."""
    assert ("C1", "content") == put(reader, "C1", ORIGINAL, "p1", weak=("filename",))
    assert ("C1", "structure") == put(reader, "C2", REPACKED, "p2", weak=("filename",))


def test_weak_entry_seeds_a_reader(reader: KosyncClient) -> None:
    """[K-ID-16] A weak entry leads a pull to the record."""
    put(reader, "C1", ORIGINAL, "p1", weak=("filename",))

    assert ("C1", "p1", "filename", "filename") == get(reader, "C3", EDITION)


def test_weak_entry_claims_no_record(reader: KosyncClient) -> None:
    """[K-ID-17] A push that only a weak entry resolves is written under its own document, and the other record stays."""
    put(reader, "C1", ORIGINAL, "p1", weak=("filename",))

    assert ("C3", "content") == put(reader, "C3", EDITION, "p3", weak=("filename",))
    assert "p1" == reader.pull("C1")["progress"]
    assert "p3" == reader.pull("C3")["progress"]
    assert ("C1", "p1", "filename", "filename") == get(reader, "F", [("filename", "F")])


def test_weak_entry_that_is_the_document(reader: KosyncClient) -> None:
    """[K-ID-17] Where the document itself is the weak entry, a push is written under it, again and again."""
    pairs = [("content", "WC"), ("filename", "W")]

    assert ("W", "filename") == put(reader, "W", pairs, "p1", weak=("filename",))
    assert ("W", "content") == put(reader, "W", pairs, "p2", weak=("filename",))
    assert ("W", "filename") == put(reader, "W", [("filename", "W")], "p3", weak=("filename",))
    assert "p3" == reader.pull("W")["progress"]


@pytest.mark.parametrize("weak", [False, None, 0, "true", 1, []])
def test_only_true_is_weak(reader: KosyncClient, weak: object) -> None:
    """[K-ID-16] An entry is weak when it says `true`, and else it is not."""
    reader.push("C1", "p1", 0.5, identifiers=[{"type": "content", "value": "C1"}, {"type": "filename", "value": "F"}])
    listed = [{"type": "content", "value": "C3"}, {"type": "filename", "value": "F", "weak": weak}]

    assert "C1" == reader.push("C3", "p3", 0.6, identifiers=listed)["document"]


def test_unknown_under_every_identifier(reader: KosyncClient) -> None:
    """[K-ID-11] What nobody read is 200 and an empty object, with identifiers too."""
    document = fresh("never")

    assert {} == reader.pull(document, ids=f"content:{document},structure:{fresh('s')}")


def test_aliases_go_with_the_account(reader: KosyncClient) -> None:
    """[K-ID-13] Deleting the account takes its aliases along."""
    put(reader, "C1", ORIGINAL, "p1")
    reader.delete()
    reader.register()

    assert get(reader, "C2", REPACKED) is None
    assert ("C2", "content") == put(reader, "C2", REPACKED, "p2")
