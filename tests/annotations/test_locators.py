"""Locators: what is read, what is refused and why, and which of them are the same place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.positions.simplified.locator_writing import canonical, write
from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    LegacyCfi,
    Locator,
    Page,
    ReadiumLocator,
    read,
)
from placekeeper.positions.simplified.strict_json import BadLocator
from tests.annotations.making import LOCATORS, READ, spoilt
from tests.annotations.vectors import AUDIO_1, AUDIO_2, INVALID_LOCATORS, VALID_LOCATORS, text, without

V1 = AudioBookTimeV1(2, 7, "The Seventh", "urn:uuid:00000000-0000-4000-8000-000000000001", 190_000, 78_000)
V2 = AudioBookTimeV2("urn:org.thepalaceproject:readingOrderItem:23", 25_000)


def said(value: Any) -> Locator:
    return read(json.dumps(value))


def reason(value: str) -> str:
    with pytest.raises(BadLocator) as refused:
        read(value)
    return str(refused.value)


@pytest.mark.parametrize("name", VALID_LOCATORS)
def test_valid(name: str) -> None:
    """What the specification calls a valid locator is read."""
    assert read(text(name))


@pytest.mark.parametrize(("name", "why"), INVALID_LOCATORS.items())
def test_invalid(name: str, why: str) -> None:
    """What the specification calls an invalid locator is refused, for the reason that it gives."""
    assert reason(text(name)).startswith(why)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (
            HrefProgression("/c1.html", 0.25),
            {"@type": "LocatorHrefProgression", "href": "/c1.html", "progressWithinChapter": 0.25},
        ),
        (
            HrefProgression("c1.html", 1.0),
            {
                "@type": "LocatorHrefProgression",
                "@version": "x",
                "href": "c1.html",
                "progressWithinChapter": 1,
                "progressWithinBook": 7,
                "title": "One",
                "position": 3,
                "cssSelector": "#p",
                "time": 0,
                "part": 0,
                "chapter": "",
            },
        ),
        (Page(2, versioned=False), {"@type": "LocatorPage", "page": 2}),
        (Page(2), {"@type": "LocatorPage", "@version": 1, "page": 2.0}),
        (V1, AUDIO_1),
        (V1, AUDIO_1 | {"@version": 1, "duration": "190000", "time": "78000", "annotationId": "", "lastSavedTimeStamp": ""}),
        (V2, AUDIO_2 | {"annotationId": ""}),
        (LegacyCfi("c1", "/4/2", 0.5), {"idref": "c1", "contentCFI": "/4/2", "progressWithinChapter": 0.5}),
        (LegacyCfi("c1"), {"@type": "BookLocationR1", "idref": "c1", "contentCFI": None}),
        (LegacyCfi(), {}),
        (LegacyCfi(progress=0.5, unread='{"href":"a"}'), {"href": "a", "progressWithinChapter": 0.5}),
        (LegacyCfi(unread='{"x":1}'), {"x": 1, "idref": None}),
        (
            HrefProgression("/c1.xhtml", 0.5),
            {"@type": "BookLocationR2", "progress": {"chapterHref": "/c1.xhtml", "chapterProgress": 0.5}},
        ),
    ],
)
def test_kinds(expected: Locator, value: dict[str, Any]) -> None:
    """Each kind of locator is read, whatever else stands in it."""
    assert expected == said(value)


@pytest.mark.parametrize(
    ("inner", "expected"),
    [(AUDIO_1, V1), (AUDIO_2, V2), (without(AUDIO_2, "@type"), V2), ({"annotationId": "", "locator": AUDIO_2}, V2)],
)
def test_wrapped(inner: dict[str, Any], expected: AudioBookTimeV1 | AudioBookTimeV2) -> None:
    """A locator that Palace's app for iOS wrapped, once or twice, is unwrapped, and what it says of the time is kept."""
    read_ = said({"@type": "LocatorAudioBookTime", "timeStamp": "2024-07-25T16:33:12Z", "annotationId": "", "locator": inner})

    assert isinstance(read_, type(expected))
    assert "2024-07-25T16:33:12Z" == read_.time_stamp
    assert canonical(expected) == canonical(read_)


def test_readium() -> None:
    """A locator of Readium's, which Palace's app for iOS sends as the reading position, is read and written as it came."""
    value = {"href": "c1.xhtml", "type": "application/xhtml+xml", "locations": {"progression": 0.5, "position": 26}, "text": {}}
    locator = said(value)

    assert isinstance(locator, ReadiumLocator)
    assert ("c1.xhtml", 0.5) == (locator.href, locator.progression)
    assert value == json.loads(write(locator))


@pytest.mark.parametrize(
    ("why", "value"),
    [
        ("the text is no JSON", ""),
        ("the text is no JSON", "epubcfi(/6/4!/4/10/3:10)"),
        ("the text is no JSON", '{"page": 1,}'),
        ("the text is no JSON", '\ufeff{"@type": "LocatorPage", "page": 1}'),
        ("the text holds [], which is no JSON object", "[]"),
        ('the text holds "{}", which is no JSON object', '"{}"'),
        ("NaN is no number in JSON", '{"@type": "LocatorHrefProgression", "href": "a", "progressWithinChapter": NaN}'),
        ("-Infinity is no number in JSON", '{"x": -Infinity}'),
        ('"1e400" is too large for a number', '{"x": 1e400}'),
        ('"1000000000000000000" has more than 18 digits', '{"x": 1000000000000000000}'),
        ('"1111', '{"x": ' + "1" * 5000 + "}"),
        ('"page" is there twice', '{"@type": "LocatorPage", "page": 1, "page": 2}'),
        ('"x" is there twice', '{"y": [{"x": 1, "x": 1}]}'),
        ("the text holds half of a surrogate pair", r'{"href": "\ud800"}'),
        ("the text holds half of a surrogate pair", r'{"x": [["\udc00"]]}'),
        ("the text holds half of a surrogate pair", '{"x": "\ud800"}'),
        ("the text is nested deeper than 16 levels", '{"x": ' + "[" * 16 + "]" * 16 + "}"),
        ("the text is nested deeper than 16 levels", "[" * 30_000),
        ("the text is longer than 32768 characters", '{"x": "' + "x" * 32_768 + '"}'),
        ('@type is "LocatorPageX", which is no known kind', '{"@type": "LocatorPageX", "page": 1}'),
        ("@type is null, which is no known kind", '{"@type": null}'),
        ('@type is ["LocatorPage"], which is no known kind', '{"@type": ["LocatorPage"], "page": 1}'),
        ("page is 1.5, and must be a whole number", '{"@type": "LocatorPage", "page": 1.5}'),
        ("page is true, and must be a whole number", '{"@type": "LocatorPage", "page": true}'),
        ('page is "1", and must be a whole number', '{"@type": "LocatorPage", "page": "1"}'),
        ("page is 9007199254740992, and must be a whole number", '{"@type": "LocatorPage", "page": 9007199254740992}'),
        ("href is empty", '{"@type": "LocatorHrefProgression", "href": "", "progressWithinChapter": 0}'),
        ("href is 1, and must be a string", '{"@type": "LocatorHrefProgression", "href": 1, "progressWithinChapter": 0}'),
        ("progressWithinChapter is true", '{"@type": "LocatorHrefProgression", "href": "a", "progressWithinChapter": true}'),
        ('progressWithinChapter is "0"', '{"idref": "a", "progressWithinChapter": "0"}'),
        ("idref is 5, and must be a string", '{"idref": 5}'),
        ("locations is [], and must be an object", '{"href": "a", "locations": []}'),
        ("progress is missing", '{"@type": "BookLocationR2"}'),
        ('time is "-1", and must be a whole number', json.dumps(AUDIO_1 | {"time": "-1"})),
        ('time is "\\u0661", and must be a whole number', json.dumps(AUDIO_1 | {"time": "\u0661"})),
        ("startOffset is null, and must be a whole number", json.dumps(AUDIO_1 | {"startOffset": None})),
        ("@version is 3, and must be 1 or 2", json.dumps(AUDIO_2 | {"@version": 3})),
        ("@version is true, and must be 1 or 2", json.dumps(AUDIO_1 | {"@version": True})),
        ("readingOrderItem is empty", json.dumps(AUDIO_2 | {"readingOrderItem": ""})),
        ("locator is null, and must be an object", json.dumps(AUDIO_2 | {"locator": None})),
        ("locator: part is missing", json.dumps({"@type": "LocatorAudioBookTime", "locator": {}})),
        (
            'locator: @type is "LocatorPage", and must be LocatorAudioBookTime',
            json.dumps({"@type": "LocatorAudioBookTime", "locator": {"@type": "LocatorPage", "page": 1}}),
        ),
        (
            "locator: locator: readingOrderItem is missing",
            json.dumps({"@type": "LocatorAudioBookTime", "locator": {"locator": {"@version": 2}}}),
        ),
    ],
)
def test_refused(why: str, value: str) -> None:
    """What apps would read differently from each other, or not at all, is refused with the key and the reason."""
    assert reason(value).startswith(why)


@given(st.text(max_size=60) | st.text('{}[]":,@type LocatrPge0123456789.eE-', max_size=60) | spoilt().map(json.dumps))
def test_never_fails(value: str) -> None:
    """Any text is read or refused, and what is read has a place that can be stored."""
    try:
        locator = read(value)
    except BadLocator:
        return
    assert canonical(locator).encode()


@given(LOCATORS)
def test_writing_keeps_the_place(value: dict[str, Any]) -> None:
    """What is written of a locator is read as the same place."""
    locator = said(value)
    again = read(write(locator))

    assert locator == again
    assert canonical(locator) == canonical(again)


@given(READ)
def test_written_locators_are_read(locator: Locator) -> None:
    """Every locator can be written and is read as itself."""
    assert locator == read(write(locator))


@pytest.mark.parametrize(
    ("expected", "locator"),
    [
        (
            '{"@type":"LocatorHrefProgression","@version":20210317,"href":"/é.html","progressWithinChapter":0.5}',
            HrefProgression("/é.html", 0.5),
        ),
        ('{"@type":"LocatorPage","@version":1,"page":2}', Page(2)),
        (
            '{"@type":"LocatorAudioBookTime","@version":2,"readingOrderItem":"a.mp3","readingOrderItemOffsetMilliseconds":5}',
            AudioBookTimeV2("a.mp3", 5),
        ),
        (
            (
                '{"@type":"LocatorAudioBookTime","@version":1,"part":0,"chapter":1,"title":"t","audiobookID":"i",'
                '"duration":2,"time":3,"startOffset":0}'
            ),
            AudioBookTimeV1(0, 1, "t", "i", 2, 3),
        ),
        ('{"@type":"LocatorLegacyCFI","idref":"a","contentCFI":"/4"}', LegacyCfi("a", "/4")),
    ],
)
def test_written(expected: str, locator: Locator) -> None:
    """Locators are written with the keys of Android's app, in its order."""
    assert expected == write(locator)


HREF = {"@type": "LocatorHrefProgression", "href": "/c1.html", "progressWithinChapter": 0.5}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            HREF,
            HREF | {"href": "c1.html", "progressWithinChapter": 0.5000001, "title": "One", "position": 5, "cssSelector": "#a"},
        ),
        (HREF, dict(reversed(HREF.items())) | {"time": 0, "part": 0, "chapter": "", "@version": 1}),
        (HREF, {"href": "c1.html", "title": "One", "locations": {"position": 5, "progression": 0.5}}),
        (HREF, {"@type": "BookLocationR2", "progress": {"chapterHref": "/c1.html", "chapterProgress": 0.5}}),
        (
            AUDIO_1,
            AUDIO_1
            | {"title": "", "duration": "190000", "time": 78e3, "startOffset": 0, "timeStamp": "now", "annotationId": "5"},
        ),
        (AUDIO_2, AUDIO_2 | {"timeStamp": "now", "annotationId": "5", "lastSavedTimeStamp": ""}),
        (AUDIO_2, {"@type": "LocatorAudioBookTime", "timeStamp": "now", "locator": AUDIO_2}),
        ({"idref": "a"}, {"@type": "LocatorLegacyCFI", "idref": "a", "x": 1}),
        ({"x": 1, "y": [2.0]}, {"y": [2], "x": 1.0, "annotationId": "5"}),
        ({"href": "/a", "locations": {"position": 5}}, {"href": "a", "title": "A", "locations": {"position": 5.0}}),
    ],
)
def test_same_place(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Who wrote a locator, when, and what else it says make it no other place."""
    assert canonical(said(one)) == canonical(said(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HREF, HREF | {"progressWithinChapter": 0.500002}),
        (HREF, HREF | {"href": "c2.html"}),
        (AUDIO_1, AUDIO_1 | {"part": 3}),
        (AUDIO_1, AUDIO_1 | {"startOffset": 1}),
        (AUDIO_2, AUDIO_2 | {"readingOrderItemOffsetMilliseconds": 25_001}),
        ({"@type": "LocatorPage", "page": 1}, {"@type": "LocatorPage", "page": 10}),
        ({"idref": "a"}, {"contentCFI": "a"}),
        ({"x": 1}, {"x": True}),
        ({"href": "a", "progressWithinChapter": 0.5}, {"href": "b", "progressWithinChapter": 0.5}),
        ({"href": "a", "progressWithinChapter": 0.5}, {"href": "a", "progressWithinChapter": 0.6}),
        ({"x": 1}, {}),
        ({"href": "a", "locations": {"position": 5}}, {"href": "a", "locations": {"position": 6}}),
    ],
)
def test_other_place(one: dict[str, Any], other: dict[str, Any]) -> None:
    """What names another place is never taken for the same."""
    assert canonical(said(one)) != canonical(said(other))


@given(READ, READ)
def test_places_differ(one: Locator, other: Locator) -> None:
    """A locator's place says all that its kind names a place by."""
    same = canonical(one) == canonical(other)

    assert same or one != other
    assert not same or type(one) is type(other)
