"""Well-formed is what browsers take for it, and no markup can do harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.formats.markup import KNOWN_DTDS, parsed, salvaged, text_of, without_doctype
from placekeeper.formats.resource import EpubResource
from placekeeper.positions.spine import Item

HTML = '<html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
STRICT = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
LAUGHS = (
    '<!DOCTYPE html [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def shown(source: str, media_type: str = "application/xhtml+xml") -> tuple[str, str]:
    """How a source is parsed, and its text."""
    resource = EpubResource(Item(index=0, step=2, href="a.xhtml", media_type=media_type), source)
    return resource.parsed_as, resource.document.text


@pytest.mark.parametrize(
    "source",
    [
        HTML.format("a"),
        '<?xml version="1.0"?>' + HTML.format("a"),
        "<?xml version='1.1' encoding='UTF-16' standalone='no' ?>\n<!-- c --><?p i?>\n<!DOCTYPE html>" + HTML.format("a"),
        '<!DOCTYPE html SYSTEM "about:legacy-compat">' + HTML.format("a"),
        STRICT + HTML.format("a"),
        '<!DOCTYPE html [<!ELEMENT p (a|b)> <!-- it\'s ]> --> <!ENTITY x "]>"> <?p "?>]>' + HTML.format("a"),
        '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:body>a</h:body></h:html>',
    ],
)
def test_well_formed_sources(source: str) -> None:
    """A declaration, comments and a DOCTYPE before the root element do not disturb, whatever they say."""
    assert ("xhtml", "a") == shown(source)


@pytest.mark.parametrize(
    "source",
    [
        HTML.format("a<br>"),
        HTML.format("a&nbsp;"),
        "<!DOCTYPE html>" + HTML.format("a&nbsp;"),
        STRICT + HTML.format("a&nosuch;"),
        '<!DOCTYPE html [<!ENTITY x "b">]>' + HTML.format("a&x;"),
        HTML.format("a & b"),
        HTML.format('<p epub:type="x">a</p>'),
        HTML.format("<p a='1' a='2'>a</p>"),
        HTML.format("a\x0c"),
        HTML.format("a&#0;"),
        HTML.format("a") + "b",
        " <?xml version='1.0'?>" + HTML.format("a"),
        "<!doctype html>" + HTML.format("a"),
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN">' + HTML.format("a"),
        "<html><body>a</body></html>",
        "",
        "a",
    ],
)
def test_sources_that_are_shown_as_html(source: str) -> None:
    """What browsers call an error in XML, and a root without namespace, is parsed as HTML."""
    assert "html" == shown(source)[0]


@pytest.mark.parametrize("identifier", sorted(KNOWN_DTDS))
def test_named_characters_with_a_known_dtd(identifier: str) -> None:
    """With the public identifiers that HTML's specification lists, HTML's named characters are known in XML."""
    source = f'<!DOCTYPE html PUBLIC "{identifier}" "x">' + HTML.format("&nbsp;&copy;&amp;&lt;&NotEqualTilde;")

    assert ("xhtml", "\u00a0\u00a9&<\u2242\u0338") == shown(source)


def test_named_characters_stay_in_cdata() -> None:
    """In a CDATA section nothing is a reference."""
    assert ("xhtml", "&nbsp;\u00a0") == shown(STRICT + HTML.format("<![CDATA[&nbsp;]]>&nbsp;"))


@pytest.mark.parametrize("doctype", [LAUGHS, LAUGHS.replace("html [", 'html SYSTEM "file:///etc/passwd" [')])
def test_entities_are_never_expanded(doctype: str) -> None:
    """An entity that a file declares is not expanded: its use makes the file HTML, where the reference is mere text."""
    kind, text = shown(doctype + HTML.format("&c;"))

    assert "html" == kind
    assert len(text) < len(doctype)


def test_external_entities_are_not_fetched() -> None:
    """No entity brings in a file."""
    doctype = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

    assert "root:" not in shown(doctype + HTML.format("&x;"))[1]


def test_an_internal_subset_is_not_even_read() -> None:
    """Markup inside an internal DTD subset leaves no trace in the document, and offsets into the source stay."""
    source = '<!DOCTYPE html [<!-- it\'s <p> --><!ENTITY x "<p>">]>' + HTML.format("a")

    assert len(source) == len(without_doctype(source))
    assert ("xhtml", "a") == shown(source)


def test_svg_is_a_document() -> None:
    """An SVG image in the spine is XML; its text counts from the root."""
    assert ("xhtml", "ab") == shown('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text><text>b</text></svg>', "image/svg+xml")


def test_files_that_the_manifest_calls_html() -> None:
    """An item of type text/html is HTML even where it is well-formed."""
    assert "html" == shown(HTML.format("a"), "text/html")[0]


def test_a_text_of_ten_million_characters() -> None:
    """One text node of more than ten million bytes is no reason to refuse a file."""
    root = parsed(HTML.format("\u00e9" * 6_000_000))

    assert root is not None
    assert 6_000_000 == len("".join(root.itertext()))


def test_deep_nesting_is_no_crash() -> None:
    """Elements nested beyond what the parser allows make a file HTML, whose depth is bounded as in Chromium."""
    kind, text = shown(HTML.format("<div>" * 5_000 + "a" + "</div>" * 5_000))

    assert ("html", "a") == (kind, text)


def test_what_can_be_salvaged() -> None:
    """Markup that is not well-formed still gives what makes sense in it."""
    root = salvaged("<package><metadata><title>a & b</title></metadata><spine></package>")

    assert root is not None
    assert "a b" == text_of(root)
    assert salvaged("") is None


@settings(derandomize=True, max_examples=400)
@given(
    st.text(st.sampled_from("<>![]\"'-?& aDOCTYPEhtmlPUBLIC"), max_size=60),
    st.sampled_from(["<!DOCTYPE html [", "<!--", "<?", ""]),
)
def test_any_prolog_is_judged(text: str, start: str) -> None:
    """Whatever stands before the root element, it is either well-formed or not."""
    source = start + text
    parsed(source + HTML.format(""))
    salvaged(source)

    assert len(source) == len(without_doctype(source))


@pytest.mark.parametrize("piece", ["<!--", "<?", '"', "'", "<", "[", "<!DOCTYPE html [", "<!-- -->", "<a "])
def test_prologs_that_never_end_take_no_time(piece: str) -> None:
    """A prolog of a hundred thousand beginnings is judged at once, not by trying all ways to read it."""
    assert parsed("<!DOCTYPE html [" + piece * 100_000) is None
