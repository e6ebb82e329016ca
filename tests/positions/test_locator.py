"""Locators as values: what is read of foreign JSON, what is dropped, what is kept."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.locator import DomPoint, Locator, dump, parse

FULL = {
    "href": "text/ch1.xhtml",
    "type": "application/xhtml+xml",
    "title": "One",
    "locations": {
        "fragments": ["id1"],
        "progression": 0.25,
        "position": 7,
        "totalProgression": 0.1,
        "cssSelector": "#a > p:nth-child(2)",
        "domRange": {"start": {"cssSelector": "#a > p:nth-child(2)", "textNodeIndex": 1, "charOffset": 4}},
        "partialCfi": "/4/2:3",
        "ours": {"kept": [1, None]},
    },
    "text": {"before": "b ", "highlight": "h", "after": " a"},
    "koboSpan": "kobo.1.1",
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
START_KEYS = st.sampled_from(["cssSelector", "textNodeIndex", "charOffset", "offset"])
KEYS = st.sampled_from([*FULL["locations"], "before", "highlight", "after", "start"])
LOCATIONS = st.dictionaries(
    KEYS,
    st.one_of(JSON, st.dictionaries(st.just("start"), st.dictionaries(START_KEYS, JSON, max_size=4), max_size=1)),
    max_size=8,
)
TOP = st.sampled_from(
    [
        "@type",
        "href",
        "type",
        "title",
        "idref",
        "contentCFI",
        "progressWithinChapter",
        "progressWithinBook",
        "progress",
        "locator",
    ]
)
FOREIGN = st.one_of(
    JSON,
    st.builds(
        lambda top, locations, text: {**top, "locations": locations, "text": text},
        st.dictionaries(TOP, JSON, max_size=6),
        st.one_of(LOCATIONS, JSON),
        st.one_of(LOCATIONS, JSON),
    ),
    st.dictionaries(TOP, JSON, max_size=6),
)


def test_everything_comes_back() -> None:
    """A locator with all that is known and some that is not is given back as it came."""
    assert FULL == dump(parse(FULL))
    assert DomPoint("#a > p:nth-child(2)", 1, 4) == parse(FULL).dom


def test_order_of_keys() -> None:
    """Keys stand in the order of the specification's examples."""
    assert ["href", "type", "title", "locations", "text", "koboSpan"] == list(dump(parse(FULL)))


@pytest.mark.parametrize(
    ("key", "value"),
    [("progression", x) for x in (-0.1, 1.1, math.nan, math.inf, True, "0.5", None, [], 10**400)]
    + [("position", x) for x in (0, -1, 1.5, True, "7", math.inf, 10**30, {})]
    + [("totalProgression", x) for x in (2, False, {})]
    + [("cssSelector", x) for x in (1, None, ["p"], "p" * 200_000)]
    + [("fragments", x) for x in ("id1", {}, [1, None, ""])]
    + [("domRange", x) for x in (1, {}, {"start": 1}, {"start": {"cssSelector": "p"}}, {"start": {"textNodeIndex": 1}})],
)
def test_what_is_wrong_is_dropped(key: str, value: object) -> None:
    """Values out of range and of the wrong type are dropped; the rest of the locator stays."""
    wrong = {**FULL, "locations": {**FULL["locations"], key: value}}
    expected = {**FULL, "locations": {k: v for k, v in FULL["locations"].items() if k != key}}

    assert expected == dump(parse(wrong))


@pytest.mark.parametrize(("value", "expected"), [(26.0, 26), (0.0, None), (1, 1)])
def test_whole_numbers(value: float, expected: int | None) -> None:
    """A position that a client wrote as 26.0 is 26."""
    assert expected == parse({"href": "a", "locations": {"position": value}}).position


def test_older_key_of_a_dom_offset() -> None:
    """Older toolkits call `charOffset` `offset`, and it may be missing."""
    start = {"cssSelector": "p", "textNodeIndex": 0}

    assert [DomPoint("p", 0, 5), DomPoint("p", 0, 0)] == [
        parse({"href": "a", "locations": {"domRange": {"start": {**start, **more}}}}).dom for more in ({"offset": 5}, {})
    ]


IOS = (
    '{"@type":"LocatorHrefProgression","href":"t/1.xhtml","progressWithinChapter":0.5,"progressWithinBook":0.25,'
    '"title":"One","position":12,"cssSelector":"p","time":0,"part":0,"chapter":""}'
)
PALACE = [
    (
        '{"@type":"LocatorHrefProgression","@version":20210317,"href":"/xyz.html","progressWithinChapter":0.666}',
        Locator(href="/xyz.html", progression=0.666),
    ),
    (
        IOS,
        Locator(href="t/1.xhtml", progression=0.5, total_progression=0.25, title="One", position=12, css_selector="p"),
    ),
    (
        '{"@type":"LocatorLegacyCFI","idref":"xyz-html","contentCFI":"/4/2/2/2","progressWithinChapter":0.25}',
        Locator(idref="xyz-html", partial_cfi="/4/2/2/2", progression=0.25),
    ),
    ('{"idref":"xyz-html","contentCFI":"/4/2/2/2"}', Locator(idref="xyz-html", partial_cfi="/4/2/2/2")),
    ('{"@type":"BookLocationR1","idref":"x","progressWithinBook":0.5}', Locator(idref="x", total_progression=0.5)),
    (
        '{"@type":"BookLocationR2","progress":{"chapterHref":"/c.html","chapterProgress":0.125}}',
        Locator(href="/c.html", progression=0.125),
    ),
    (
        '{"@type":"Wrapped","locator":{"href":"a.xhtml","type":"t","locations":{"progression":0.5}}}',
        Locator(href="a.xhtml", type="t", progression=0.5),
    ),
]


@pytest.mark.parametrize(("value", "expected"), PALACE, ids=lambda value: "" if isinstance(value, Locator) else value[:40])
def test_forms_of_palace(value: str, expected: Locator) -> None:
    """What Palace's apps of all ages post is read as a locator."""
    assert expected == parse(json.loads(value))


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "text", [], {}, {"@type": "LocatorPage", "page": 2}, {"@type": "LocatorAudioBookTime", "time": 3},
        {"@type": "LocatorHrefProgression", "progressWithinChapter": 0.5}, {"@type": "LocatorLegacyCFI"},
        {"@type": {"a": 1}}, {"@type": "BookLocationR2", "progress": 1}, {"locator": {"locator": 5}},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_locator(value: object) -> None:
    """What names no place in a text is refused: pages, times, nothing, other JSON."""
    with pytest.raises(NoPlace):
        parse(value)


@settings(derandomize=True, max_examples=600, deadline=None)
@given(FOREIGN)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """Any JSON at all is read or refused, and what was read is the same when it is read again."""
    try:
        locator = parse(value)
    except NoPlace:
        return
    again = dump(locator)

    assert json.loads(json.dumps(again, allow_nan=True)) is not None
    if locator.href:
        assert repr(dump(parse({**again, "locations": again.get("locations", {})}))) == repr(again)


def test_wrapped_without_end() -> None:
    """A locator wrapped thousands of times is refused, without a stack running over."""
    value: dict[str, Any] = {}
    for _ in range(100_000):
        value = {"locator": value}
    with pytest.raises(NoPlace):
        parse(value)
    while value:  # taken apart from outside: Python's own way to free it goes as deep as it is
        value = value["locator"]
