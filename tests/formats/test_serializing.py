"""What apps on epub.js show: the document parsed, serialized, and parsed again as HTML."""

import pytest

from placekeeper.formats.resource import EpubResource
from placekeeper.positions.spine import Item
from tests.epubs import xhtml
from tests.formats.walking import text_nodes


def resource(source: str, href: str = "a.xhtml", media_type: str = "application/xhtml+xml") -> EpubResource:
    return EpubResource(Item(index=0, step=2, href=href, media_type=media_type), source)


def shown(body: str, href: str = "a.xhtml") -> tuple[list[str], str]:
    """Names below body, and the text."""
    made = resource(xhtml(body) if href.endswith("xhtml") else f"<html><body>{body}</body></html>", href).reparsed
    assert made is not None
    return made.names[made.body + 1 :], made.text


@pytest.mark.parametrize(
    ("body", "names", "text"),
    [
        ('<p/>a<a id="x"/>b<br/>c<hr></hr>d', ["p", "a", "br", "hr"], "abcd"),
        ("<table><tr><td>a</td></tr></table>", ["table", "tbody", "tr", "td"], "a"),
        ("<ul><li>a<li>b</li></li></ul>", ["ul", "li", "li"], "ab"),
        ("<p>a<div>b</div>c</p>", ["p", "div", "p"], "abc"),
        ("<pre>\na</pre>", ["pre"], "a"),
        ("a<![CDATA[b > c]]>d", [], "a c]]>d"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><g/><path/></svg>a', ["svg", "g", "path"], "a"),
        ("<style>a > b</style>c", ["style"], "a &gt; bc"),
        ("<script><![CDATA[a > b]]></script>c", ["script"], "<![CDATA[a > b]]>c"),
        ("<!-- <p/> --><b/>&#150;&#13;", ["b"], "\u0096\n"),
        ('<h:p xmlns:h="http://www.w3.org/1999/xhtml"/><x:p xmlns:x="u:x"/>a', ["h:p", "x:p"], "a"),
        ('<p title="a/>b">c</p>', ["p"], "c"),
        ("<p title='<'>c</p>".replace("<'", "&lt;'"), ["p"], "c"),
    ],
)
def test_xhtml(body: str, names: list[str], text: str) -> None:
    """An empty element is closed, a second parser has its own mind about the rest."""
    assert (names, text) == shown(body)


@pytest.mark.parametrize(
    ("body", "names", "text"),
    [
        ("<p/>a<a id=x/>b", ["p", "a"], "ab"),
        ("<pre>\n\n\na</pre>", ["pre"], "\na"),
        ("<script>a && b</script>c", ["script"], "a &amp;&amp; bc"),
        ("a<!--c-->b&lt;c", [], "ab<c"),
        ("<template>a</template>b", ["template"], "b"),
    ],
)
def test_html(body: str, names: list[str], text: str) -> None:
    """A file named .html is parsed as HTML twice, whatever its media type says."""
    assert (names, text) == shown(body, "a.html")


def test_comments_stay() -> None:
    """Comments go through both parsers, and split text nodes."""
    for href, source in (("a.xhtml", xhtml("a<!--c-->b")), ("a.html", "<body>a<!--c-->b")):
        made = resource(source, href).reparsed

        assert made is not None
        assert ["a", "b"] == text_nodes(made)[made.body]


@pytest.mark.parametrize("href", ["a.xhtml", "a.XHTML", "a.svg", "a", "a.xml"])
def test_what_such_apps_do_not_show(href: str) -> None:
    """Of a file that is not well-formed, or whose name has another ending, such apps show no whole document."""
    assert resource("<p>a<br></p>", href).reparsed is None


def test_no_quirks() -> None:
    """A table closes the paragraph before it, whatever the DOCTYPE: the frame has none of its own."""
    source = '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 3.2//EN" "x">' + xhtml("<p>a<table></table></p>").partition("\n")[2]
    made = resource(source).reparsed

    assert made is not None
    assert made.body == made.parents[made.names.index("table")]
