"""Annotations in the library's books: the same passage in the file that it was marked in, and in other copies."""

import shutil
from pathlib import Path

import pytest

from placekeeper.positions.cfi.ranges import read_range, write_range
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.sentence import sentence_at
from tests.crossing.copies import paired
from tests.crossing.room import opened
from tests.crossing.voices import Copy
from tests.web_annotations.books import KINDS, Library, by_type, check, fragment, looked_up, passages, quoted, urn
from tests.web_annotations.client import BOOK, WebClient, highlight
from tests.web_annotations.passage_truth import WAYS, tally


def test_in_its_own_file(shelves: Library) -> None:
    """A passage that was marked by words, by a range or by two pointers is found in its own file, to the character."""
    book, _, _ = shelves.book()
    app, translator = shelves.app(), book.translator
    for resource, start, end in passages(book, 6):
        cfi = fragment(write_range(resource, start, end, translator.publication))
        ends = [translator.xpointer(Point(resource, offset))[0].released() for offset in (start, end)]
        pointers = [{"type": "XPathSelector", "value": value} for value in ends]
        between = {"type": "RangeSelector", "startSelector": pointers[0], "endSelector": pointers[1]}
        for selector in (quoted(book, resource, start, end), cfi, between, [cfi, quoted(book, resource, start, end)]):
            made = app.post(highlight(urn(book), target={"source": urn(book), "selector": selector, "styleClass": "x"}))
            found = looked_up(app, made["id"], book)
            target = found["target"]

            assert "exact" == target["placekeeper:precision"], target
            assert (resource, start, end) == check(book, target)
            assert "x" == target["styleClass"]
            assert [made["@context"], {"placekeeper": "urn:placekeeper:terms:"}] == found["@context"]
            kept = {"target", "@context"}
            assert {n: v for n, v in made.items() if n not in kept} == {n: v for n, v in found.items() if n not in kept}
            assert made == app.get(made["id"])


@pytest.mark.parametrize("kind", KINDS)
def test_in_another_copy(shelves: Library, kind: str) -> None:
    """In a copy that is made otherwise, what is told as exact is the same passage from end to end, in that copy's own words."""
    book, copy, pair = shelves.book(kind)
    app, exact, total = shelves.app(), 0, 0
    for resource, start, end in passages(book, 12):
        ends = [pair.derived.truth(Point(resource, offset)) for offset in (start, end - 1)]
        if None in ends:
            continue
        first, last = ends
        assert first is not None
        assert last is not None
        total += 1
        made = app.post(highlight(urn(book), quoted(book, resource, start, end)))
        target = looked_up(app, made["id"], copy)["target"]
        if target["placekeeper:precision"] != "exact":
            assert target["placekeeper:reason"]
            continue
        exact += 1
        found = check(copy, target)

        assert (first.resource, first.offset, last.offset + 1) == found, target
        document = copy.translator.publication.resource(first.resource).document
        assert sentence_at(document, first.offset) == sentence_at(document, found[1])

    print(f"{kind}: {exact} of {total} exact")
    assert exact >= total * 3 // 4


def test_who_sees_no_library(shelves: Library) -> None:
    """Who sees no library is told nothing of its books, and neither is anybody of books that are not there."""
    book, _, _ = shelves.book()
    blind, app = shelves.app(library=False), shelves.app()
    resource, start, end = next(passages(book, 3))
    hidden = blind.post(highlight(urn(book), quoted(book, resource, start, end)))
    made = app.post(highlight(urn(book), quoted(book, resource, start, end)))

    told = blind.get(f"{hidden['id']}?source={urn(book)}", check=404)
    assert told == app.get(f"{made['id']}?source=urn:uuid:0", check=404)
    assert app.get(f"{made['id']}?source={BOOK}", check=400)["detail"].startswith("source:")
    blind.get(f"{made['id']}?source={urn(book)}", check=404)


def test_its_entity_tag(shelves: Library) -> None:
    """An annotation in a book has a tag of its own."""
    book, _, _ = shelves.book()
    app = shelves.app()
    made = app.post(highlight(urn(book), quoted(book, *next(passages(book, 3)))))
    looked_up(app, made["id"], book)
    answer = app.send("GET", f"{made['id']}?source={urn(book)}")

    assert answer.headers["etag"] != app.etag(made["id"])
    app.send("GET", f"{made['id']}?source={urn(book)}", check=304, if_none_match=answer.headers["etag"])


def test_ranges(shelves: Library) -> None:
    """A range of a CFI that can be written leads back to both its ends, across elements too."""
    book, copy, _ = shelves.book("spans")
    for each in (book, copy):
        publication = each.translator.publication
        for resource, start, end in passages(each, 40):
            first, last = read_range(write_range(resource, start, end, publication), publication)
            assert last is not None
            assert (resource, start, end) == (first.point.resource, first.point.offset, last.point.offset)
        with pytest.raises(NoPlace):
            write_range(5, 10, 10, publication)


@pytest.mark.parametrize("kind", ["misread", "shortened", "without-first", "all-at-once"])
def test_never_elsewhere(tmp_path: Path, kind: str) -> None:
    """In copies with errors and gaps, no passage that is told as exact begins or ends elsewhere, whichever way it was found."""
    counts = tally("pg_alice", kind, 24, tmp_path)

    assert 0 == sum(number for (_way, how), number in counts.items() if how == "WRONG"), counts
    assert counts[WAYS[0], "exact"] > 12


def test_a_file_that_has_changed(tmp_path: Path) -> None:
    """In a file that was made anew since, words are found where they are now; a pointer alone is not believed any more."""
    folder = tmp_path / "books"
    folder.mkdir()
    (pair,) = paired(folder, ("pg_alice",), ("preface",))
    path = folder / "alice.epub"
    (folder / pair.book).rename(path)
    new = (folder / pair.made).rename(tmp_path / "new.epub")
    with opened(folder, tmp_path / "data", "--scan-interval", "0") as room:
        book = next(iter(room.copies.values()))
        app = WebClient(room.base, room.account())
        resource, start, end = next(passages(book, 3))
        cfi = fragment(write_range(resource, start, end, book.translator.publication))
        words, bare, both = (
            app.post(highlight(urn(book), *said))["id"]
            for said in ([quoted(book, resource, start, end)], [cfi], [cfi, quoted(book, resource, start, end)])
        )
        assert "exact" == looked_up(app, bare, book)["target"]["placekeeper:precision"]
        shutil.copy(new, path)
        room.wait_for_change(book)
        changed = Copy(path, book.id)

        first, last = (pair.derived.truth(Point(resource, offset)) for offset in (start, end - 1))
        assert first is not None
        assert last is not None
        for address in (words, both):
            target = looked_up(app, address, changed)["target"]
            assert "exact" == target["placekeeper:precision"]
            assert (first.resource, first.offset, last.offset + 1) == check(changed, target)
        target = looked_up(app, bare, changed)["target"]
        assert "resource" == target["placekeeper:precision"]
        assert "changed since" in target["placekeeper:reason"]
        assert "TextQuoteSelector" not in by_type(target)


def test_to_the_end_of_a_paragraph(shelves: Library) -> None:
    """KOReader's pointers of a passage stay in its last paragraph: the place behind that is not the start of the next one."""
    book, _, _ = shelves.book()
    app, translator = shelves.app(), book.translator
    document = translator.publication.resource(5).document
    paragraphs = [each for each, name in enumerate(document.names) if name == "p"]
    for paragraph in paragraphs[3:9]:
        start, end = document.starts[paragraph], document.ends[paragraph]
        made = app.post(highlight(urn(book), quoted(book, 5, start, end)))
        target = looked_up(app, made["id"], book)["target"]

        check(book, target)
        between = by_type(target)["RangeSelector"]
        values = [between[name]["value"].rpartition("/text()")[0] for name in ("startSelector", "endSelector")]
        assert values[1].startswith(values[0].rpartition("/p")[0] + "/p" + values[0].rpartition("/p")[2].partition("/")[0])
        assert document.text[start:end] == by_type(target)["TextQuoteSelector"]["exact"]
