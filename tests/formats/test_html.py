"""HTML becomes the tree that browsers make of it, whatever it is, without endless work."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats.epub import open_epub
from placekeeper.formats.html import document
from placekeeper.formats.html_work import Work, estimate
from placekeeper.formats.limits import LIMITS
from placekeeper.positions.point import NoPlace
from tests.epubs import make_epub, xhtml
from tests.formats.walking import text_nodes

MANY = 200_000
TAGS = """
    <p> </p> <b> </b> <i> </i> <a> </a> <table> <tr> <td> </table> <div> </div> <span/> <svg> </svg> <title> </title> <template>
    </template> <!--c--> <![CDATA[d]]> <br> <ul> <li> <select> <option> <pre> <script> </script> <style> </style> &nbsp; &#13;
    <body> </body> <frameset> <math> <mi> <object> </object> <button> <h1> </h1> <textarea> </textarea> text
"""
PIECES = st.sampled_from([*TAGS.split(), "\n", "\r\n", "\x00", " "])


def names(source: str) -> list[str]:
    """The names below the body."""
    made = document(source)
    return [name for number, name in enumerate(made.names) if number > made.body]


@pytest.mark.parametrize(
    ("source", "below", "text"),
    [
        ("<p>a<p>b", ["p", "p"], "ab"),
        ("<table><tr><td>a</table>", ["table", "tbody", "tr", "td"], "a"),
        ("<a id=x/>a<p/>b", ["a", "p"], "ab"),
        ("a<!--c-->b<![CDATA[c]]>d", [], "abd"),
        ("a\r\nb\rc&#13;d", [], "a\nb\nc\rd"),
        ("a\x00b", [], "ab"),
        ("<pre>\n\na</pre>", ["pre"], "\na"),
        ("a<template>b<p>c</p></template>d", ["template"], "ad"),
        ("<svg><title>a</title><foreignobject/><path/>b</svg>", ["svg", "title", "foreignObject", "path"], "ab"),
        ("<script>a<b></script>c", ["script"], "a<b>c"),
        ("<noscript><p>a</noscript>", ["noscript", "p"], "a"),
        ("&nbsp;&copy&#128;", [], "\u00a0\u00a9\u20ac"),
        ("a</body>b</html>c", [], "abc"),
        ("", [], ""),
    ],
)
def test_trees_of_browsers(source: str, below: list[str], text: str) -> None:
    """Elements and text are those of the HTML standard."""
    assert (below, text) == (names(f"<!DOCTYPE html><body>{source}"), document(f"<!DOCTYPE html><body>{source}").text)


def test_comments_split_text_nodes() -> None:
    """A comment ends a text node, and takes no text."""
    made = document("<p>a<!--c-->b<?pi?>c</p>")

    assert ["a", "b", "c"] == text_nodes(made)[made.names.index("p")]


def test_what_is_too_much_is_refused_at_once_the_next_time(tmp_path: Path) -> None:
    """A resource that can't be parsed is tried once; every other question is refused in no time."""
    made = make_epub(tmp_path / "a.epub", {"a.html": xhtml("<table>" + "b<tr><td>a</td> b</tr>" * (MANY // 4) + "</table><p>")})
    resource = open_epub(made).resource(0)
    times = []
    for _ in range(3):
        began = time.process_time()
        with pytest.raises(NoPlace, match="html_text"):
            _ = resource.document
        times.append(time.process_time() - began)

    assert max(times[1:]) < 0.01


def test_attributes() -> None:
    """Attributes have their decoded values; those without one have an empty one."""
    made = document('<p id="a&amp;b" hidden>')

    assert {"id": "a&b", "hidden": ""} == dict(made.attributes[-1])


def test_nesting_is_bounded_as_in_chromium() -> None:
    """Elements deeper than the limit stand beside each other; no text is lost."""
    made = document("<body>" + "".join(f"<span>{number % 10}" for number in range(2_000)))
    depth = max(len(list(made.ancestors(number))) for number in range(len(made.names)))

    assert LIMITS.nesting + 1 == depth
    assert "".join(str(number % 10) for number in range(2_000)) == made.text


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * MANY,
        "<div>" * (MANY // 2) + "</div>" * (MANY // 2),
        "<span>" * MANY + "</i>" * MANY,
        "<div a='</div>'>" * MANY,
        "<div><!--</div>-->" * MANY,
        "<div></span>" * MANY,
        "<p>" + "".join(f"<b id=b{number}>" for number in range(MANY // 20)) + "</p>" + "<p>x" * (MANY // 20),
        "<p " + " ".join(f"a{number}=''" for number in range(MANY)) + ">",
        "<p " + " ".join(f"a{number}" for number in range(MANY)) + ">" + "<b>" * 3_001,
        "<br>" * (LIMITS.html_tags + 1),
        "<table>" + "b<tr><td>a</td> b</tr>" * (MANY // 4),
        "<table>" + "a<!---->" * (MANY // 4),
        "<table>" + "a<script>x</script>" * (MANY // 4),
        "<table><template></table></template>" + "b<tr><td>a</td> b</tr>" * (MANY // 4),
        "a</q b=c>" * (MANY // 2),
        "<p><font a='" + "x" * MANY + "'></p>" + "<p>x</p>" * (MANY // 4),
        "<p><a " + " ".join(f"a{number}=''" for number in range(900)) + "></p>" + "<p>x</p>" * (MANY // 2),
        "".join(f"<x{number}></x{number}>" for number in range(MANY // 4)),
        "".join(f"<br x{number}>" for number in range(MANY // 4)),
        "<div><!</div>" * (MANY // 2),
        "<div></ </div>" * (MANY // 2),
        "<svg><style>" + "<div>" * MANY,
        "<div><svg><![CDATA[</svg></div>]]></svg>" * (MANY // 2),
        "<div><script><!--<script></script></div>--></script>" * (MANY // 4),
        "<li><dd>" * (MANY // 2),
        "<rt>" * MANY,
        "<optgroup>" * MANY,
        "<span><li></span><span><dd></span>" * (MANY // 4),
        '<x\xa0a=">' + "<div>" * MANY + '">',
        "<script-x>" + "<div>" * MANY,
    ],
    ids=range(30),
)
def test_bombs_are_refused(source: str) -> None:
    """HTML that would keep the parser busy for minutes, or make it fill the memory, is refused in well under that."""
    began = time.process_time()

    with pytest.raises(LimitExceeded, match="html_"):
        document(source)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "source",
    [
        "<p>line <b>bold</b> <i>and</i>" * 50_000,
        "<ul>" + "<li><p>item <a href=x>link</a>" * 20_000 + "</ul>",
        "<table>" + "<tr><td>a<td>b</tr>" * 20_000,
        "<p>" + "<span>text</span><br/>" * 100_000,
        "<select>" + "<option>a" * 20_000,
        "<a name=x>" * 20_000,
        "<table>" + "\n<tr>\n<td>some <b>text</b> of a cell</td>\n<td><p>more<br>of it</td>\n</tr>" * 20_000,
        "<table>" + "<div>text that should be in a cell</div>" * 20_000,
        "<p>text <a href='a.html#b' class='c'>link</a> text &amp; text</p></p>" * 20_000,
        "<p><svg><path d='a'/></svg> text <table><tr><td>a</td></tr></table></p>" * 5_000,
        "<dl>" + "<dt>word<dd>what <i>it</i> means" * 20_000,
    ],
    ids=range(11),
)
def test_sloppy_books_are_not_refused(source: str) -> None:
    """Large files of careless HTML are read: end tags that are left out are no bombs."""
    assert document(source).names.count("html") == 1


def test_estimates() -> None:
    """Well nested markup costs its depth, and copies only what is open; text counts where it grows in front of a table."""
    assert Work(looks=16, copies=1) == estimate("<div><p><b><i></i></b></p></div>")
    assert Work(looks=1_000) == estimate("<p>a</p>" * 1_000)
    assert Work() == estimate("<!--" + "<b>" * 100)
    assert 3 == estimate("<table>ab<tr>c").grown + 1
    assert 0 == estimate("<table>\n<tr><td>ab</td>\n<td>c</td></tr></table>").grown


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_documents_hang_together(source: str) -> None:
    """Of any soup of tags, elements nest, and the text nodes together are the text."""
    made = document(source)
    below = [nodes for number, nodes in enumerate(text_nodes(made)) if made.inside_body(number)]

    assert all(
        made.starts[parent] <= made.starts[n] <= made.ends[n] <= made.ends[parent] for n, parent in enumerate(made.parents) if n
    )
    assert len(made.text) == sum(len(node) for nodes in below for node in nodes)
