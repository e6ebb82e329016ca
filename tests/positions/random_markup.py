"""Random content documents: what real ones are made of, and what breaks parsers."""

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.sampled_from(
        [
            "word",
            "two  words",
            " lead",
            "trail ",
            "\n   ",
            " ",
            "\t",
            "x\ny",
            "\u00a0",
            "\u3000",
            "漢字",
            "שלום",
            "हिन्दी",
            "😀",
            "é",
        ]
    ),
    st.text(st.characters(exclude_characters="<>&\r\x0b\x0c", exclude_categories=("Cs", "Cc")), max_size=12),
    st.sampled_from(["&amp;", "&lt;b&gt;", "&#8217;", "&#x1F600;", "&#32;", "a&#10;b"]),
)
EMPTY = st.sampled_from(
    ["<br/>", "<hr/>", '<img src="x.png" alt=""/>', '<a id="a1"/>', "<p/>", "<td/>", "<!-- c -->", "<!---->", "<![CDATA[ a<b ]]>"]
)
BLOCKS = ("p", "div", "section", "h2", "ul", "li", "table", "tbody", "tr", "td", "pre", "blockquote", "dl", "dt", "dd", "figure")
INLINES = ("span", "b", "i", "em", "a", "small", "ruby", "rt", "rb", "code", "sup", "q", "svg")
NAMES = st.sampled_from((*BLOCKS, *INLINES))
IDS = st.sampled_from(
    ["", "", "", ' id="one"', ' id="two"', ' class="x y"', ' style="display:block"', ' style="white-space:pre"']
)


@st.composite
def _element(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    name = draw(NAMES)
    return f"<{name}{draw(IDS)}>{draw(inner)}</{name}>"


BODIES = st.recursive(
    st.lists(TEXTS | EMPTY, max_size=4).map("".join),
    lambda inner: st.lists(TEXTS | EMPTY | _element(inner), max_size=5).map("".join),
    max_leaves=25,
)
"""The markup of a body, well-formed."""


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The markup of a body in which tags are missing or too many."""
    body = draw(BODIES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        end = min(len(body), at + draw(st.integers(0, 4)))
        body = (
            body[:at]
            + draw(st.sampled_from(["", "</p>", "<b>", "<", ">", "&", "</", "<br>", '"', "<?pi x?>", "<p\t>"]))
            + body[end:]
        )
    return body
