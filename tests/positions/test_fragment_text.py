"""Text fragments: taken apart, found as browsers find them, written so that they lead to one place."""

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.searchable import Searchable, fold, searchable
from placekeeper.positions.readium.text_fragment import (
    Directive,
    Found,
    find_directive,
    find_text,
    parse_directives,
    write_directive,
)
from placekeeper.positions.readium.text_fragment_write import write_text
from tests.positions.readium_books import DOCUMENTS, document_of, documents_of, el, library

PAGE = document_of(
    [
        "\n  ",
        el("h1", "The end"),
        el("p", "The  dark\n    ni", el("b", "ght"), " was dark, don't you see? A resum\xe9, 3.14."),
        el("script", "The dark lord"),
        el("p", "Color orange is\xa0a range.", el("br"), "The end"),
        el("ul", el("li", "dark"), el("li", "night")),
        el("p", el("ruby", "漢", el("rt", "kan"), "字", el("rt", "ji")), "です。soft\xadware wo\u2060rd \u2060 here"),
        el("p", el("span", "hidden words", hidden=""), "shown words"),
        el("p", "\u0130STANBUL ΟΔΟΣ οδος"),
    ]
)
TEXT = PAGE.text


def at(words: str, number: int = 0) -> int:
    """Where words stand in the page, whatever its white space."""
    return [match.start() for match in re.finditer(r"\s+".join(map(re.escape, words.split())), TEXT)][number]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        (":~:text=an%20example", Directive("an example")),
        ("#:~:text=start,end", Directive("start", "end")),
        ("id:~:text=pre-,start", Directive("start", prefix="pre")),
        (":~:text=start,-suf", Directive("start", suffix="suf")),
        (":~:text=pre-,start,end,-suf", Directive("start", "end", "pre", "suf")),
        (":~:text=a%2Cb%2D,c%26d", Directive("a,b-", "c&d")),
        (":~:foo=1&text=a&text=b", Directive("a")),
        (":~:text=%E6%BC%A2", Directive("漢")),
        (":~:text=a-b", Directive("a-b")),
        (":~:text=%ff%zz", Directive("\ufffd%zz")),
    ],
)
def test_directives(fragment: str, expected: Directive) -> None:
    """A directive has a start and perhaps an end, a prefix and a suffix, each percent-encoded."""
    assert expected == parse_directives(fragment)[0]


@pytest.mark.parametrize(
    "fragment",
    [
        "",
        "id",
        ":~:",
        ":~:text=",
        ":~:text",
        ":~:text=a,b,c",
        ":~:text=-,a,b,c,-d",
        ":~:text=%20",
        ":~:text=,a",
        "x" * 30_000,
        ":~:t=a",
    ],
)
def test_no_directives(fragment: str) -> None:
    """What has no directive that can be read is refused."""
    with pytest.raises(NoPlace):
        parse_directives(fragment)


@pytest.mark.parametrize(
    ("directive", "start"),
    [
        (Directive("the dark"), at("The  dark")),
        (Directive("DARK NIGHT"), at("dark\n")),
        (Directive("night"), at("night")),
        (Directive("resume, 3.14"), at("resum\xe9")),
        (Directive("don't"), at("don't")),
        (Directive("orange is a range"), at("orange")),
        (Directive("range"), at("range", 1)),
        (Directive("dark", suffix="night"), at("dark\n")),
        (Directive("dark", prefix="was"), at("dark,")),
        (Directive("dark", prefix="the end", suffix="night"), at("dark", 3)),
        (Directive("the end", prefix="range."), at("The end", 1)),
        (Directive("The end", "see"), at("The end")),
        (Directive("dark", "range"), at("dark\n")),
        (Directive("orange", "night"), at("orange")),
        (Directive("software word"), at("soft\xad")),
        (Directive("rd here", prefix="software wo"), at("rd \u2060")),
        (Directive("漢字です"), at("漢")),
        (Directive("漢kan字"), at("漢")),
        (Directive("shown"), at("shown")),
        (Directive("istanbul οδοσ", "ΟΔΟΣ"), at("\u0130STANBUL")),
    ],
    ids=repr,
)
def test_where_directives_lead(directive: Directive, start: int) -> None:
    """Text is found across inline elements, whatever its white space, case, accents and soft hyphens, bounded by words."""
    found = find_directive(PAGE, directive)

    assert found is not None
    assert start == found.start


@pytest.mark.parametrize(
    "directive",
    [
        Directive("ark"), Directive("dar"), Directive("orang"), Directive("lord"), Directive("end the dark"), Directive("hidden"),
        Directive("dark", prefix="color"), Directive("dark", suffix="was"), Directive("night", "zebra"), Directive("nothing"),
        Directive("range", "dark night was"), Directive("dark", prefix="as"), Directive("night dark"), Directive("range. the"),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_not_found(directive: Directive) -> None:
    """Parts of words, text across blocks, text that is not shown, and text with other surroundings are not found."""
    assert find_directive(PAGE, directive) is None


def test_uniqueness() -> None:
    """It is said whether anything else is meant as well; the first one is taken."""
    assert Found(at("The end"), at("The end") + 7, unique=False) == find_directive(PAGE, Directive("the end"))
    assert find_text(PAGE, ":~:text=nowhere&text=orange") == Found(at("orange"), at("orange") + 6)
    assert find_text(PAGE, "no directive") is None


@pytest.mark.parametrize(
    ("offset", "fragment"),
    [
        (at("The  dark"), ":~:text=The%20dark%20night"),
        (at("ght was"), ":~:text=night%20was%20dark"),
        (at("orange"), ":~:text=orange%20is%20a"),
        (at("The end"), ":~:text=The%20end,-The"),
        (at("The end", 1), ":~:text=The%20end,-dark"),
        (at("dark", 2), ":~:text=Color%20orange"),
        (at("dark", 3), ":~:text=end-,dark,-night"),
        (at("'t you"), ":~:text=don%27t%20you%20see"),
        (at("soft\xad"), ":~:text=software%20word"),
        (at("です"), ":~:text=%E3%81%A7%E3%81%99%E3%80%82software%20word"),
    ],
)
def test_what_is_written(offset: int, fragment: str) -> None:
    """The shortest run of whole words is written, with a suffix and a prefix only where it stands more than once."""
    assert fragment == write_text(PAGE, offset).fragment


def test_marks_of_the_syntax_are_encoded() -> None:
    """Dashes, commas and ampersands of the text are encoded, so that they are not taken for marks of the syntax."""
    document = document_of([el("p", "well-known, tried & tested ways")])

    assert ":~:text=well%2Dknown%2C%20tried" == write_text(document, 0).fragment
    assert Directive("a-,b&c", "d", "-e", "f-") == parse_directives(write_directive(Directive("a-,b&c", "d", "-e", "f-")))[0]


def test_scripts_without_spaces() -> None:
    """Within a script without spaces the place is exact: a prefix from where a word surely begins makes the start free."""
    document = document_of([el("p", "吾輩は猫である。名前はまだ無い。"), el("p", "どこで生れたかとんと見当がつかぬ。")])
    offset = document.text.index("まだ")
    written = write_text(document, offset)

    assert (offset, Directive("まだ無い", prefix="名前は")) == (written.offset, parse_directives(written.fragment)[0])


@pytest.mark.parametrize(
    "nodes", [[], ["  "], [el("p", "***")], [el("p", "same words"), el("p", "same words"), el("p", "same words")]]
)
def test_what_can_not_be_quoted(nodes: list[object]) -> None:
    """Where no text follows, or it stands in several places alike, the first is written or none at all."""
    document = document_of(nodes)  # type: ignore[arg-type]
    last = document.text.rfind("same")
    try:
        written = write_text(document, max(last, 0) if last < 0 else document.text.index("same", 5))
    except NoPlace:
        return

    assert (found := find_text(document, written.fragment))
    assert written.offset == found.start


@settings(derandomize=True, max_examples=250, deadline=None)
@given(DOCUMENTS, st.data())
def test_fragments_lead_back(document: Document, data: st.DataObject) -> None:
    """What is written for a place leads to it, or to where it says: the start of its word, or the text that follows."""
    offset = data.draw(st.integers(0, len(document.text)))
    try:
        written = write_text(document, offset)
    except NoPlace:
        return
    found = find_text(document, written.fragment)

    assert found is not None
    assert written.offset == found.start
    assert written.fragment.isascii()
    between = document.text[min(offset, written.offset) : max(offset, written.offset)]
    assert written.offset < offset or not fold(between).strip(" \xad\u2060") or "rt" in document.names


@settings(derandomize=True, max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_folding_keeps_places(document: Document) -> None:
    """Indexes into the folded text and offsets of the document lead to each other, and the fold is as long as the text."""
    text = Searchable(document)

    assert len(document.text) == len(fold(document.text))
    for index in range(len(text.text)):
        assert index == text.index(text.offset(index))
        assert text.text[index] == fold(document.text)[text.offset(index)] or text.text[index] == " "
    assert "  " not in text.text


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(":~text=,-&%20dark nightThe", max_size=50).map(lambda text: ":~:text=" + text)))
def test_anything_is_found_or_not(fragment: str) -> None:
    """Any text at all leads into the document or nowhere."""
    found = find_text(PAGE, fragment)

    assert found is None or 0 <= found.start <= found.end <= len(TEXT)


def test_shared_books() -> None:
    """In every shared book nearly every visible place has a fragment that leads to it or to its word, and to nothing else."""
    chance = random.Random(5)
    asked = led = 0
    for path, book in library():
        everything = list(documents_of(book))
        for _, document in chance.sample(everything, min(6, len(everything))):
            for offset in (chance.randrange(max(1, len(document.text))) for _ in range(12)):
                if not document.text[offset:].strip():
                    continue
                asked += 1
                try:
                    written = write_text(document, offset)
                except NoPlace:
                    continue
                found = find_text(document, written.fragment)

                assert found is not None, path
                assert written.offset == found.start, path
                led += found.unique

    assert led / asked > 0.95


def test_hostile_fragments_are_quick() -> None:
    """The worst directives on a large text are answered in the time of a few passes over it."""
    document = document_of([el("p", "a b " * 200_000)])
    searchable(document)
    started = time.process_time()
    for directive in (
        Directive("a", "z"),
        Directive("a", "b", suffix="z"),
        Directive("b", prefix="b"),
        Directive("a b", suffix="c"),
    ):
        assert find_directive(document, directive) is None
    with pytest.raises(NoPlace):
        write_text(document, 400_000)

    assert time.process_time() - started < 3
