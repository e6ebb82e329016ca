"""What crengine makes of small files: one rule each, with the pointers and texts that it gave when it was asked (August 2026)."""

from typing import Final, NamedTuple


class Case(NamedTuple):
    """`nodes`: its shown text nodes, by pointer in the spelling of KOReader's releases, with the first characters of each."""

    claim: str
    body: str
    css: str
    nodes: dict[str, str]


CASES: Final = (
    Case(
        "Comments, CDATA sections, processing instructions and stray end tags cut text nodes in two",
        "<p>a<!-- c -->b<![CDATA[c]]>d<?pi x?>e</p>",
        "",
        {
            "/body/DocFragment/body/p/text()[1].0": "a",
            "/body/DocFragment/body/p/text()[2].0": "b",
            "/body/DocFragment/body/p/text()[3].0": "c",
            "/body/DocFragment/body/p/text()[4].0": "d",
            "/body/DocFragment/body/p/text()[5].0": "e",
        },
    ),
    Case(
        "White space is collapsed within a text node, not across elements",
        "<p>a  b\n c <i> d</i> e</p>",
        "",
        {
            "/body/DocFragment/body/p/text()[1].0": "a b c ",
            "/body/DocFragment/body/p/i/text().0": " d",
            "/body/DocFragment/body/p/text()[2].0": " e",
        },
    ),
    Case(
        "Text of 8192 characters is cut after its last space",
        "<p>" + "word " * 2000 + "</p>",
        "",
        {
            "/body/DocFragment/body/p/text()[1].0": "word word word word ",
            "/body/DocFragment/body/p/text()[2].0": "word word word word ",
        },
    ),
    Case(
        "White space that is preserved keeps its line ends, tabs become spaces up to the next stop",
        "<pre>a\tb\n c</pre>",
        "",
        {"/body/DocFragment/body/pre/text().0": "a       b\n c"},
    ),
    Case(
        "One line end at the start of pre is no text, unless there is generated content",
        '<pre>\nx</pre><pre class="g">\ny</pre>',
        '.g::after { content: "z" }',
        {"/body/DocFragment/body/pre[1]/text().0": "x", "/body/DocFragment/body/pre[2]/text().0": "\ny"},
    ),
    Case(
        "References count as one character, and do not collapse with the spaces around them",
        "<p>a &#32; b&amp;c &#x201c;d&#x201d;</p>",
        "",
        {"/body/DocFragment/body/p/text().0": "a   b&c “d”"},
    ),
    Case(
        "Tables and their rows hold no text of their own",
        "<table> x <tr> y <td>z</td> </tr></table>",
        "",
        {"/body/DocFragment/body/table/tr/td/text().0": "z"},
    ),
    Case(
        "White space at the start of a block is dropped, in a line it is kept",
        "<p> <b> a</b></p><span> <b>c</b></span>",
        "",
        {
            "/body/DocFragment/body/p/b/text().0": " a",
            "/body/DocFragment/body/span/text().0": " ",
            "/body/DocFragment/body/span/b/text().0": "c",
        },
    ),
    Case(
        "Blanks beside blocks are dropped, between inline elements they are kept",
        "<div> <p>a</p> <i>b</i> <i>c</i> <p>d</p> </div>",
        "",
        {
            "/body/DocFragment/body/div/p[1]/text().0": "a",
            "/body/DocFragment/body/div/i[1]/text().0": "b",
            "/body/DocFragment/body/div/text().0": " ",
            "/body/DocFragment/body/div/i[2]/text().0": "c",
            "/body/DocFragment/body/div/p[2]/text().0": "d",
        },
    ),
    Case(
        "Blanks within an inline element beside a block in it are dropped",
        "<div><span>a <p>b</p> c</span></div>",
        "",
        {
            "/body/DocFragment/body/div/span/text()[1].0": "a ",
            "/body/DocFragment/body/div/span/p/text().0": "b",
            "/body/DocFragment/body/div/span/text()[2].0": " c",
        },
    ),
    Case(
        "Blanks beside an element that is not shown are dropped where there are blocks too",
        '<div><p>a</p>b <i hidden="hidden">c</i> d</div>',
        "",
        {
            "/body/DocFragment/body/div/p/text().0": "a",
            "/body/DocFragment/body/div/text()[1].0": "b ",
            "/body/DocFragment/body/div/text()[2].0": " d",
        },
    ),
    Case(
        "Items that a style sheet puts in a line keep the blanks between them",
        "<ul> <li>a</li> <li>b</li> </ul>",
        "li { display: inline }",
        {
            "/body/DocFragment/body/ul/li[1]/text().0": "a",
            "/body/DocFragment/body/ul/text()[1].0": " ",
            "/body/DocFragment/body/ul/li[2]/text().0": "b",
            "/body/DocFragment/body/ul/text()[2].0": " ",
        },
    ),
    Case(
        "Ruby keeps blanks between segments and drops those before annotations",
        "<p><ruby>漢 <rt>kan</rt> 字 <rt>ji</rt> </ruby>x</p>",
        "",
        {
            "/body/DocFragment/body/p/ruby/text()[1].0": "漢 ",
            "/body/DocFragment/body/p/ruby/rt[1]/text().0": "kan",
            "/body/DocFragment/body/p/ruby/text()[2].0": " 字 ",
            "/body/DocFragment/body/p/ruby/rt[2]/text().0": "ji",
            "/body/DocFragment/body/p/ruby/text()[3].0": " ",
            "/body/DocFragment/body/p/text().0": "x",
        },
    ),
    Case(
        "Floats with nothing but blanks lose the blanks",
        '<div> <i class="f">a</i> <i class="f">b</i> </div>',
        ".f { float: left }",
        {"/body/DocFragment/body/div/i[1]/text().0": "a", "/body/DocFragment/body/div/i[2]/text().0": "b"},
    ),
    Case(
        "Spans that a style sheet makes blocks drop the blank before them",
        "<h2>I <span>Title</span></h2><h2><b>II</b> <span>T</span></h2>",
        "h2 > span { display: block }",
        {
            "/body/DocFragment/body/h2[1]/text().0": "I ",
            "/body/DocFragment/body/h2[1]/span/text().0": "Title",
            "/body/DocFragment/body/h2[2]/b/text().0": "II",
            "/body/DocFragment/body/h2[2]/span/text().0": "T",
        },
    ),
    Case(
        "A page rule without a semicolon does not swallow the rules behind it",
        "<h2><b>I</b> <span>T</span></h2>",
        "@page { margin: 0 } @font-face { src: url(a) } h2 > span { display: block }",
        {"/body/DocFragment/body/h2/b/text().0": "I", "/body/DocFragment/body/h2/span/text().0": "T"},
    ),
    Case(
        "Rules for print do not count, rules for screens do",
        "<h2><b>I</b> <span>T</span></h2><h3><b>I</b> <span>T</span></h3>",
        "@media print { h2 > span { display: block } } @media screen and (min-width: 100px) { h3 > span { display: block } }",
        {
            "/body/DocFragment/body/h2/b/text().0": "I",
            "/body/DocFragment/body/h2/text().0": " ",
            "/body/DocFragment/body/h2/span/text().0": "T",
            "/body/DocFragment/body/h3/b/text().0": "I",
            "/body/DocFragment/body/h3/span/text().0": "T",
        },
    ),
    Case(
        "What is important wins over a style attribute",
        '<h2><b>I</b> <span style="display: inline">T</span></h2>',
        "span { display: block !important }",
        {"/body/DocFragment/body/h2/b/text().0": "I", "/body/DocFragment/body/h2/span/text().0": "T"},
    ),
    Case(
        "Attribute selectors, negation, places and siblings select",
        '<div><b>a</b> <i class="x">b</i> <i>c</i> <u epub:type="z">d</u></div>',
        "i:not(.x) { display: block } u[epub|type=z] { display: block }",
        {
            "/body/DocFragment/body/div/b/text().0": "a",
            "/body/DocFragment/body/div/text().0": " ",
            "/body/DocFragment/body/div/i[1]/text().0": "b",
            "/body/DocFragment/body/div/i[2]/text().0": "c",
            "/body/DocFragment/body/div/u/text().0": "d",
        },
    ),
    Case(
        "An unknown value or a broken selector is void, the rest of the sheet is not",
        "<h2><b>I</b> <span>T</span></h2>",
        "span { display: grid } a:hover , span { display: block } b { color: red",
        {
            "/body/DocFragment/body/h2/b/text().0": "I",
            "/body/DocFragment/body/h2/text().0": " ",
            "/body/DocFragment/body/h2/span/text().0": "T",
        },
    ),
    Case(
        "Rules about the last child count for white space as they do while the file loads",
        "<p>a  b</p><p>c  d</p>",
        "p:last-child { white-space: pre }",
        {"/body/DocFragment/body/p[1]/text().0": "a  b", "/body/DocFragment/body/p[2]/text().0": "c  d"},
    ),
    Case(
        "Imported style sheets count",
        "<h2><b>I</b> <span>T</span></h2>",
        '@import "t.css";',
        {"/body/DocFragment/body/h2/b/text().0": "I", "/body/DocFragment/body/h2/span/text().0": "T"},
    ),
    Case(
        "No tag is implied and none is closed by another",
        "<p>a<p>b</p>c</p><li>d<li>e</li></li>",
        "",
        {
            "/body/DocFragment/body/p/text()[1].0": "a",
            "/body/DocFragment/body/p/p/text().0": "b",
            "/body/DocFragment/body/p/text()[2].0": "c",
            "/body/DocFragment/body/li/text().0": "d",
            "/body/DocFragment/body/li/li/text().0": "e",
        },
    ),
    Case(
        "Names lose prefix and capitals",
        '<P>a</P><svg:g xmlns:svg="x"><svg:desc>b</svg:desc></svg:g>',
        "",
        {"/body/DocFragment/body/p/text().0": "a", "/body/DocFragment/body/g/desc/text().0": "b"},
    ),
    Case(
        "An element before text without a slash holds what follows",
        "<div>a<br>b<i>c</i></div><p>d</p>",
        "",
        {
            "/body/DocFragment/body/div/text().0": "a",
            "/body/DocFragment/body/div/br/text().0": "b",
            "/body/DocFragment/body/div/br/i/text().0": "c",
            "/body/DocFragment/body/p/text().0": "d",
        },
    ),
    Case(
        "An end tag closes what is open in its element",
        "<div><b>x <i>y</b> z</i> w</div>",
        "",
        {
            "/body/DocFragment/body/div/b/text().0": "x ",
            "/body/DocFragment/body/div/b/i/text().0": "y",
            "/body/DocFragment/body/div/text()[1].0": " z",
            "/body/DocFragment/body/div/text()[2].0": " w",
        },
    ),
    Case(
        "Mathematics keeps text in its tokens, trimmed",
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mrow> <mn> 12 </mn> <mo>+</mo> </mrow></math> x</p>',
        "",
        {
            "/body/DocFragment/body/p/math/mrow/mn/text().0": "12",
            "/body/DocFragment/body/p/math/mrow/mo/text().0": "+",
            "/body/DocFragment/body/p/text().0": " x",
        },
    ),
    Case(
        "Of a switch only the default is shown unless it can show a case",
        '<p><epub:switch xmlns:epub="x"><epub:case required-namespace="y">a</epub:case>'
        "<epub:default>b</epub:default></epub:switch></p>",
        "",
        {"/body/DocFragment/body/p/switch/default/text().0": "b"},
    ),
    Case(
        "Two bodies make two fragments",
        "<p>a</p></body><body><p>b<br></p>",
        "",
        {"/body/DocFragment[1]/body/p/text().0": "a", "/body/DocFragment[2]/body/p/text().0": "b"},
    ),
    Case(
        "A NUL ends the text",
        "<p>one\0 two</p><p>three<!-- c -->four</p>",
        "",
        {
            "/body/DocFragment/body/p[1]/text().0": "one",
            "/body/DocFragment/body/p[2]/text()[1].0": "three",
            "/body/DocFragment/body/p[2]/text()[2].0": "four",
        },
    ),
    Case(
        "Elements of mathematics are laid out by their names, without math around them too",
        "<div><mfrac>\n <b>a</b> <i>b</i>\n</mfrac> c <mrow>\n <b>d</b> <i>e</i>\n</mrow></div><merror> <b>f</b></merror>",
        "mfrac{display:inline}",
        {
            "/body/DocFragment/body/div/mfrac/b/text().0": "a",
            "/body/DocFragment/body/div/mfrac/text().0": " ",
            "/body/DocFragment/body/div/mfrac/i/text().0": "b",
            "/body/DocFragment/body/div/text().0": " c ",
            "/body/DocFragment/body/div/mrow/b/text().0": "d",
            "/body/DocFragment/body/div/mrow/text()[1].0": " ",
            "/body/DocFragment/body/div/mrow/i/text().0": "e",
            "/body/DocFragment/body/div/mrow/text()[2].0": " ",
            "/body/DocFragment/body/merror/text().0": " ",
            "/body/DocFragment/body/merror/b/text().0": "f",
        },
    ),
)
