"""Annotations in the library's books: the same passage in the file that it was marked in, and in other copies."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from placekeeper.domain.place import Notation
from placekeeper.positions.cfi.ranges import read_range, write_range
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.quotes.letters import letters_of
from placekeeper.positions.sentence import sentence_at
from tests.crossing.copies import Pair, paired
from tests.crossing.room import Room, opened
from tests.crossing.voices import Copy
from tests.positions.quote_truth import some_points
from tests.web_annotations.client import BOOK, WebClient, highlight
from tests.web_annotations.passage_truth import WAYS, tally

KINDS = ("renamed", "split", "merged", "hyphenated", "quotes", "spans", "preface", "edited", "all-at-once")
STEM = "se_edwin-a-abbott_flatland"
SEED = 11
CFI = "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"


@dataclass(frozen=True)
class Library:
    room: Room
    pairs: list[Pair]

    def app(self, *, library: bool = True) -> WebClient:
        return WebClient(self.room.base, self.room.account(library=library))

    def book(self, kind: str = "renamed") -> tuple[Copy, Copy, Pair]:
        pair = next(each for each in self.pairs if each.kind == kind)
        return self.room.copies[pair.book], self.room.copies[pair.made], pair


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("books")
    pairs = paired(folder, (STEM,), KINDS)
    with opened(folder, tmp_path_factory.mktemp("data"), "--scan-interval", "0") as room:
        yield Library(room, pairs)


def passages(copy: Copy, count: int) -> Iterator[tuple[int, int, int]]:
    """Passages that begin and end with letters: resource, start, end."""
    chance = random.Random(SEED)
    publication = copy.translator.publication
    for point in some_points(publication, count * 3, SEED):
        text = publication.resource(point.resource).document.text
        start, end = point.offset, point.offset + chance.randrange(20, 300)
        if end < len(text) and text[start].isalpha() and text[end - 1].isalpha():
            yield point.resource, start, end


def text_of(copy: Copy, resource: int) -> str:
    return copy.translator.publication.resource(resource).document.text


def quoted(copy: Copy, resource: int, start: int, end: int) -> dict[str, Any]:
    text = text_of(copy, resource)
    around = {"prefix": text[max(0, start - 32) : start], "suffix": text[end : end + 32]}
    return {"type": "TextQuoteSelector", "exact": text[start:end]} | around


def fragment(value: str) -> dict[str, Any]:
    return {"type": "FragmentSelector", "conformsTo": CFI, "value": value}


def urn(copy: Copy) -> str:
    return f"urn:uuid:{copy.id}"


def looked_up(app: WebClient, address: str, copy: Copy) -> dict[str, Any]:
    """The annotation in a copy. What is slow the first time is known the second time."""
    for _ in range(20):
        answer = app.http.get(address, params={"source": urn(copy)})
        if answer.status_code != 503:
            break
        assert "1" == answer.headers["retry-after"]
    assert 200 == answer.status_code, answer.text
    return answer.json()


def by_type(target: dict[str, Any]) -> dict[str, Any]:
    return {each["type"]: each for each in target["selector"]}


def check(copy: Copy, target: dict[str, Any]) -> tuple[int, int, int]:
    """The passage of a target; all its selectors must mean the same one."""
    said = by_type(target)
    translator = copy.translator
    start, end = read_range(said["FragmentSelector"]["value"], translator.publication)
    assert end is not None
    text = text_of(copy, start.point.resource)
    quote = said["TextQuoteSelector"]
    low, high = start.point.offset, end.point.offset

    assert urn(copy) == target["source"]
    assert text[low:high] == quote["exact"]
    assert text[:low].endswith(quote["prefix"])
    assert text[high:].startswith(quote["suffix"])
    if "RangeSelector" in said:
        ends = (said["RangeSelector"][name]["value"] for name in ("startSelector", "endSelector"))
        read = [translator.read(Notation.XPOINTER, value).point for value in ends]
        assert letters_of(text[low:high]) == letters_of(text[read[0].offset : read[1].offset])
    assert said["ProgressionSelector"]["value"] == pytest.approx(translator.scope.positions.total_progression(start.point))
    return start.point.resource, low, high


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


def test_marked_in_an_unknown_file(shelves: Library) -> None:
    """A passage of a file that the library has not got is found by its words; by a pointer alone it is not looked for."""
    book, copy, _ = shelves.book("quotes")
    app = shelves.app()
    resource, start, end = next(passages(book, 3))
    pointer = fragment(book.translator.cfi(Point(resource, start)))
    made = app.post(highlight(BOOK, pointer, quoted(book, resource, start, end)))

    for there in (book, copy):
        assert "exact" == looked_up(app, made["id"], there)["target"]["placekeeper:precision"]
    bare = app.post(highlight(BOOK, pointer))
    assert "TextQuoteSelector" in app.get(f"{bare['id']}?source={urn(book)}", check=404)["detail"]


def test_not_there(shelves: Library) -> None:
    """Words that a book has not got, and words that stand there often, are not found, and the answer says why."""
    book, copy, _ = shelves.book()
    app = shelves.app()
    for exact, why in (("a passage that no flat land has ever seen in print", "not in"), ("the", "times"), ("Zyzzyva", "not in")):
        made = app.post(highlight(urn(book), {"type": "TextQuoteSelector", "exact": exact}))
        for there in (book, copy):
            assert why in app.get(f"{made['id']}?source={urn(there)}", check=404)["detail"]
    for selector in ({"type": "CssSelector", "value": "p"}, "http://x.org/selector", 5):
        made = app.post(highlight(urn(book), selector))
        assert "selector" in app.get(f"{made['id']}?source={urn(book)}", check=404)["detail"]
    assert "selector" in app.get(f"{app.post(highlight(target=urn(book)))['id']}?source={urn(book)}", check=404)["detail"]


def test_only_a_number(shelves: Library) -> None:
    """Where only a progression is known, it is said that it is no more than that, without words."""
    book, _, _ = shelves.book()
    app = shelves.app()
    made = app.post(highlight(urn(book), {"type": "ProgressionSelector", "value": 0.5}))
    target = looked_up(app, made["id"], book)["target"]

    assert "progression" == target["placekeeper:precision"]
    assert {"FragmentSelector", "ProgressionSelector"} == set(by_type(target))
    assert 0.5 == pytest.approx(by_type(target)["ProgressionSelector"]["value"], abs=0.01)


def test_words_that_repeat(shelves: Library) -> None:
    """A pointer tells which of the places is meant that have the same words."""
    book, copy, _ = shelves.book()
    app = shelves.app()
    resource = 5
    text = text_of(book, resource)
    start = text.find("the ", text.find("the ", 500) + 1)
    cfi = fragment(write_range(resource, start, start + 3, book.translator.publication))
    made = app.post(highlight(urn(book), {"type": "TextQuoteSelector", "exact": text[start : start + 3]}, cfi))

    assert (resource, start, start + 3) == check(book, looked_up(app, made["id"], book)["target"])
    there = looked_up(app, made["id"], copy)["target"]
    assert text[start - 30 : start + 40] in text_of(copy, check(copy, there)[0])


def test_several_targets(shelves: Library) -> None:
    """Of several targets, those come that are found."""
    book, _, _ = shelves.book()
    app = shelves.app()
    spots = list(passages(book, 6))[:2]
    targets: list[Any] = [{"source": urn(book), "selector": quoted(book, *spot)} for spot in spots]
    lost = {"source": BOOK, "selector": {"type": "TextQuoteSelector", "exact": "nowhere in this book at all, says he"}}
    made = app.post(highlight(target=[targets[0], "urn:x:1", lost, targets[1]]))

    assert spots == [check(book, target) for target in looked_up(app, made["id"], book)["target"]]


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


def test_amid_another_text(shelves: Library) -> None:
    """Words of an unknown file that stand here amid another text are not found; where one side is another, only nearly."""
    book, _, _ = shelves.book()
    app = shelves.app()
    right = quoted(book, *next(passages(book, 3)))
    other = "surely nothing like that is printed in here"
    for changes, precision in (
        ({}, "exact"),
        ({"prefix": ""}, "exact"),
        ({"prefix": "", "suffix": ""}, "exact"),
        ({"prefix": other}, "element"),
        ({"suffix": other}, "element"),
        ({"prefix": other, "suffix": ""}, None),
        ({"prefix": other, "suffix": other}, None),
    ):
        made = app.post(highlight(BOOK, right | changes))
        if precision is None:
            assert "another text" in app.get(f"{made['id']}?source={urn(book)}", check=404)["detail"]
        else:
            assert precision == looked_up(app, made["id"], book)["target"]["placekeeper:precision"]


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
