"""Chromium itself follows the text fragments that are written here: the place is in view, far down a long page."""

import html
from pathlib import Path

import pytest

from placekeeper.positions.document import utf16
from placekeeper.positions.readium.text_fragment_write import write_text
from tests.browser.engines import Engines
from tests.positions.readium_books import Node, document_of, el

FILL = [el("p", f"Line {number} of nothing but filling, {number * 7} words from here.") for number in range(120)]
SAME = "It was a dark night, and it was late."
PAGE: list[Node] = [
    *FILL,
    el("p", "The well-known, tried & tested ways don't change at 3.14 o'clock; “Quote me,” said the U.S.A. report."),
    el("p", "after no-break\xa0space, and\xa0 two of\xa0\xa0them, twice.\xa0 YOU agree"),
    el("p", "two mouths or voices\u2060—as well as two eyes, soft\xadware and caf\xe9\u2060s"),
    *FILL[:60],
    el("p", SAME, id="first"),
    el("p", "One between."),
    el("p", SAME, id="second"),
    el("p", "Another ", el("b", "between"), el("i", "s."), " Then", el("br"), "a break"),
    *FILL[60:],
    el("p", "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"),
    *FILL[:30],
    el("p", "الخليّة، أي على غشائها الخارجي، وتفعل ما تقوله لها جيناتها أن تفعل"),
    el("p", "नमस्ते दुनिया, यह एक परीक्षण है। फिर मिलेंगे।"),
    el("p", "ภาษาไทยไม่มีช่องว่างระหว่างคำ แต่มีระหว่างประโยค"),
    *FILL[30:60],
]
DOCUMENT = document_of(PAGE)
WORDS = [
    "well", "tried", "tested", "don't", "3.14", "o'clock", "“Quote", "U.S.A", "after no", "break\xa0",
    "space, and", "and\xa0", "two of", "them", "twice", "YOU", "mouths", "as well", "eyes", "caf", "One between",
    "Another", "between", "Then", "a break", "吾輩", "まだ無い", "見当", "أي على", "تقوله", "दुनिया", "परीक्षण", "फिर",
    "แต่มี",
]  # fmt: skip
LOOK = """units => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node, before = 0; (node = walker.nextNode()); before += node.length) {
        if (before + node.length > units) {
            const range = document.createRange()
            range.setStart(node, units - before)
            range.setEnd(node, units - before + 1)
            return [range.getBoundingClientRect().top, scrollY, range.toString()]
        }
    }
}"""


def markup(nodes: list[Node]) -> str:
    """The nodes as HTML."""
    written = ""
    for node in nodes:
        if isinstance(node, str):
            written += html.escape(node)
        elif node is not None and node[0] == "br":
            written += "<br>"
        elif node is not None:
            attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in node[1].items())
            written += f"<{node[0]}{attributes}>{markup(node[2])}</{node[0]}>"
    return written


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{markup(PAGE)}</body></html>', "utf-8")
    return path


def follow(engines: Engines, page: Path, offset: int) -> tuple[float, float, str]:
    """Opens the fragment of an offset; where its character is in the window, how far was scrolled, and the character."""
    written = write_text(DOCUMENT, offset)
    assert written.offset == offset
    tab = engines.page.context.browser.new_page(viewport={"width": 600, "height": 300})
    try:
        tab.goto(f"{page.as_uri()}#{written.fragment}")
        tab.wait_for_function("scrollY > 0")
        top, scrolled, character = tab.evaluate(LOOK, utf16(DOCUMENT.text[:offset]))
    finally:
        tab.close()
    return top, scrolled, character


@pytest.mark.parametrize("words", WORDS)
def test_browsers_follow(engines: Engines, page: Path, words: str) -> None:
    """Chromium scrolls to the place that a fragment was written for, in every script and beside every kind of mark."""
    offset = DOCUMENT.text.index(words)
    top, scrolled, character = follow(engines, page, offset)

    assert character == DOCUMENT.text[offset]
    assert scrolled > 0
    assert -5 < top < 300


@pytest.mark.parametrize("name", ["first", "second"])
def test_browsers_tell_repeated_text_apart(engines: Engines, page: Path, name: str) -> None:
    """Of two paragraphs alike, Chromium scrolls to the one that is meant."""
    top, _, _ = follow(engines, page, DOCUMENT.starts[DOCUMENT.ids[name]])

    assert 100 < top < 200  # the text found is put into the middle of the window
