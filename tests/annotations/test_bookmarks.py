"""Bookmarks: what apps send is read, what the specification refuses is refused for its reason, what is written is read again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.domain.errors import InvalidRequest
from placekeeper.positions.simplified.locators import AudioBookTimeV2, HrefProgression, Page, ReadiumLocator
from placekeeper.protocols.annotations.bookmarks import BOOKMARKING, IDLING, Bookmark, item, read
from placekeeper.protocols.annotations.faults import BadMotivation, BadTarget, Malformed
from placekeeper.protocols.annotations.jsonld import annotation
from tests.annotations.making import JSON, LOCATORS, TEXTS
from tests.annotations.vectors import AUDIO_2, BODY, INVALID_BOOKMARKS, VALID_BOOKMARKS, bookmark, text, without

LS = "http://librarysimplified.org/terms/"
TIME, DEVICE, CHAPTER, PROGRESS = LS + "time", LS + "device", LS + "chapter", LS + "progressWithinBook"
PAGE = {"@type": "LocatorPage", "page": 2}
GOOD = bookmark(PAGE)


def said(value: Any) -> Bookmark:
    return read(annotation(value))


def target(**members: Any) -> dict[str, Any]:
    return GOOD | {"target": GOOD["target"] | members}


def selector(**members: Any) -> dict[str, Any]:
    return target(selector=GOOD["target"]["selector"] | members)


def body(**members: Any) -> dict[str, Any]:
    return GOOD | {"body": BODY | {LS + key: value for key, value in members.items()}}


@pytest.mark.parametrize("name", VALID_BOOKMARKS)
def test_valid(name: str) -> None:
    """What the specification calls a valid bookmark is read, with its text as it came."""
    value = json.loads(text(name))
    found = said(value)

    assert value["motivation"] == found.motivation
    assert value["target"]["source"] == found.source
    assert value["target"]["selector"]["value"] == found.selector_value
    assert value["body"][TIME] == found.time_text
    assert value["body"] == found.body


@pytest.mark.parametrize(("name", "why"), INVALID_BOOKMARKS.items())
def test_invalid(name: str, why: str) -> None:
    """What the specification calls an invalid bookmark is refused, for the reason that it gives."""
    with pytest.raises(InvalidRequest) as refused:
        said(json.loads(text(name)))

    assert str(refused.value).startswith(why)


def test_android() -> None:
    """A bookmark of Android's app is read: full float, chapter and device "null" included."""
    value = '{"@type":"LocatorHrefProgression","@version":20210317,"href":"\\/c1.html","progressWithinChapter":0.125}'
    sent = bookmark(value, id="https://books.example/annotations/12", motivation=BOOKMARKING) | {
        "body": {TIME: "2026-03-01T12:00:00Z", DEVICE: "null", CHAPTER: "", PROGRESS: 0.0033661465}
    }

    assert Bookmark(
        motivation=BOOKMARKING,
        source="urn:uuid:00000000-0000-4000-8000-000000000003",
        selector_value=value,
        locator=HrefProgression("/c1.html", 0.125),
        canonical='["href","c1.html","0.125000"]',
        time_ms=1_772_366_400_000,
        time_text="2026-03-01T12:00:00Z",
        device="null",
        chapter="",
        progress_within_book=0.0033661465,
        body=sent["body"],
    ) == said(sent)


@pytest.mark.parametrize(
    ("kind", "locator"),
    [
        (
            ReadiumLocator,
            {"href": "c1.xhtml", "type": "a/b", "locations": {"progression": 0.1, "position": 2}, "text": {}},
        ),
        (
            HrefProgression,
            {
                "@type": "LocatorHrefProgression",
                "href": "c1.xhtml",
                "progressWithinChapter": 0,
                "progressWithinBook": 0,
                "title": "",
                "position": 0,
                "cssSelector": "",
                "time": 0,
                "part": 0,
                "chapter": "",
            },
        ),
        (Page, {"@type": "LocatorPage", "page": 0}),
        (AudioBookTimeV2, AUDIO_2 | {"timeStamp": "2026-03-01T12:00:00Z", "annotationId": ""}),
        (
            AudioBookTimeV2,
            {"@type": "LocatorAudioBookTime", "timeStamp": "2026-03-01T12:00:00Z", "annotationId": "", "locator": AUDIO_2},
        ),
    ],
)
def test_ios(kind: type, locator: dict[str, Any]) -> None:
    """Reading positions and bookmarks of Palace's app for iOS are read: an empty device, pretty-printed, unordered."""
    value = json.dumps(locator, indent=2, sort_keys=True)
    found = said(bookmark(value) | {"body": {TIME: "2026-03-01T12:00:00Z", DEVICE: "", CHAPTER: "One"}})

    assert isinstance(found.locator, kind)
    assert ("", "One", None, value) == (found.device, found.chapter, found.progress_within_book, found.selector_value)


@pytest.mark.parametrize(
    ("expected", "motivation"),
    [
        (IDLING, IDLING),
        (IDLING, [IDLING]),
        (IDLING, {"@id": IDLING}),
        (BOOKMARKING, "bookmarking"),
        (BOOKMARKING, "oa:bookmarking"),
        (BOOKMARKING, BOOKMARKING),
        (BOOKMARKING, "https://www.w3.org/ns/oa#bookmarking"),
    ],
)
def test_motivations(expected: str, motivation: Any) -> None:
    """Either motivation is taken in every spelling, and is one IRI from there on."""
    assert expected == said(GOOD | {"motivation": motivation}).motivation


@pytest.mark.parametrize(
    "source",
    [
        "urn:isbn:9798350407525",
        "URN:UUID:4853F8C5",
        "urn:librarysimplified.org/terms/id/Overdrive%20ID/a%2Fb",
        "http://www.gutenberg.org/ebooks/11",
        "https://books.example/é?a=b#c",
        "urn:x:" + "y" * 900,
    ],
)
def test_sources(source: str) -> None:
    """The identifier of a book is kept as it was said, byte for byte."""
    assert source == said(target(source=source)).source
    assert source == said(target(source={"id": source})).source


@pytest.mark.parametrize(
    "value",
    [
        without(GOOD, "@context", "type"),
        GOOD | {"id": None},
        GOOD | {"id": 5},
        GOOD | {"id": "\x00", "type": "What?"},
        GOOD | {"type": ["Annotation", "x"], "creator": {"name": "x"}},
        selector(type="FragmentSelector"),
        selector(type="http://www.w3.org/ns/oa#FragmentSelector"),
        selector(type=["oa:FragmentSelector"], conformsTo="http://example.org/"),
        body(chapter=None, progressWithinBook=None),
        body(progressWithinBook=50.0),
        [GOOD],
    ],
)
def test_lenient(value: Any) -> None:
    """What a client calls its bookmark, and what is not part of one, is no reason to refuse it."""
    assert Page(2, versioned=False) == said(value).locator


@pytest.mark.parametrize(
    ("number", "text_"), [("1", "1"), ("1.0", "1.0"), ("0.0033661465", "0.0033661465"), ("9007199254740993", "9007199254740993")]
)
def test_numbers(number: str, text_: str) -> None:
    """A number of the body stays the number that it is."""
    found = said(body(progressWithinBook=json.loads(number), other=json.loads(number)))

    assert text_ == json.dumps(found.progress_within_book)
    assert text_ == json.dumps(found.body[LS + "other"])


REFUSED: list[tuple[type[InvalidRequest], str, Any]] = [
    (BadTarget, 'target is "urn:isbn:1", and must be an object', GOOD | {"target": "urn:isbn:1"}),
    (BadTarget, "target is there 2 times, and must be there once", GOOD | {"target": [GOOD["target"]] * 2}),
    (BadTarget, "target is there 2 times, and must be there once", GOOD | {"oa:hasTarget": GOOD["target"]}),
    (BadTarget, "target is missing", GOOD | {"target": []}),
    (BadTarget, "target.source is missing", target(source=None)),
    (BadTarget, "target.source is there 2 times", target(source=["urn:a:1", "urn:a:2"])),
    (BadTarget, "target.source is 5, and must be a string", target(source=5)),
    (BadTarget, 'target.source is "book.epub", and must be a URI', target(source="book.epub")),
    (BadTarget, 'target.source is "urn:", and must be a URI', target(source="urn:")),
    (BadTarget, 'target.source is "file:///a", and must be a URI', target(source="file:///a")),
    (BadTarget, 'target.source is "urn:isbn:1\\n", and must be a URI', target(source="urn:isbn:1\n")),
    (BadTarget, 'target.source is "urn:isbn:1 2", and must be a URI', target(source="urn:isbn:1 2")),
    (BadTarget, 'target.source is "urn:isbn:\\u0000", and must be a URI', target(source="urn:isbn:\x00")),
    (BadTarget, "target.source is longer than 4096 characters", target(source="urn:x:" + "y" * 4096)),
    (BadTarget, "target.selector is missing", target(selector=None)),
    (BadTarget, "target.selector is there 2 times", target(selector=[GOOD["target"]["selector"]] * 2)),
    (BadTarget, 'target.selector is "epubcfi(/6/4!/4/10/3:10)", and must be', target(selector="epubcfi(/6/4!/4/10/3:10)")),
    (BadTarget, "target.selector.type is missing", selector(type=None)),
    (BadTarget, 'target.selector.type is "TextQuoteSelector", and must be', selector(type="TextQuoteSelector")),
    (BadTarget, "target.selector.value is missing", selector(value=None)),
    (BadTarget, "target.selector.value is 5, and must be a string", selector(value=5)),
    (BadTarget, "target.selector.value is {", selector(value=PAGE)),
    (BadTarget, "target.selector.value: the text is no JSON", selector(value="epubcfi(/6/4)")),
    (BadTarget, "target.selector.value: @type is", selector(value='{"@type": "LocatorPages"}')),
    (BadMotivation, "motivation is there 2 times", GOOD | {"motivation": [IDLING, BOOKMARKING]}),
    (BadMotivation, 'motivation is "highlighting", and must be', GOOD | {"motivation": "highlighting"}),
    (BadMotivation, 'motivation is "idling", and must be', GOOD | {"motivation": "idling"}),
    (BadMotivation, "motivation is 5, and must be a string", GOOD | {"motivation": 5}),
    (Malformed, "body is missing", GOOD | {"body": None}),
    (Malformed, 'body is "text", and must be an object', GOOD | {"body": "text"}),
    (Malformed, "body is there 2 times, and must be there once", GOOD | {"body": [BODY, BODY]}),
    (Malformed, f"body: {TIME} is missing", GOOD | {"body": {}}),
    (Malformed, f"body: {TIME} is missing", GOOD | {"body": {"time": "2026-03-01T12:00:00Z", "device": "x"}}),
    (Malformed, f"body: {TIME} is there 2 times", body(time=["2026-03-01T12:00:00Z"] * 2)),
    (Malformed, f'body: {TIME} is "yesterday", and must be a time', body(time="yesterday")),
    (Malformed, f"body: {TIME} is 5, and must be a string", body(time=5)),
    (Malformed, f"body: {DEVICE} is missing", body(device=None)),
    (Malformed, f"body: {DEVICE} is 5, and must be a string", body(device=5)),
    (Malformed, f"body: {CHAPTER} is 5, and must be a string", body(chapter=5)),
    (Malformed, f'body: {PROGRESS} is "0.5", and must be a number', body(progressWithinBook="0.5")),
    (Malformed, f"body: {PROGRESS} is true, and must be a number", body(progressWithinBook=True)),
]


@pytest.mark.parametrize(("kind", "why", "value"), REFUSED, ids=[why for _, why, _ in REFUSED])
def test_refused(kind: type[InvalidRequest], why: str, value: Any) -> None:
    """What is no bookmark is refused as the protocol's problems tell it apart, with the key and the reason."""
    with pytest.raises(kind) as refused:
        said(value)

    assert kind is refused.type
    assert str(refused.value).startswith(why)


def test_item() -> None:
    """A bookmark is served as Palace's server serves it."""
    assert {
        "id": "https://books.example/annotations/1",
        "type": "Annotation",
        "motivation": "http://librarysimplified.org/terms/annotation/idling",
        "body": {
            "http://librarysimplified.org/terms/time": "2026-03-01T12:00:00Z",
            "http://librarysimplified.org/terms/device": "null",
        },
        "target": {"selector": {"type": "FragmentSelector", "value": '{"@type":"LocatorPage","page":2}'}, "source": "urn:isbn:1"},
    } == item(
        "https://books.example/annotations/1",
        IDLING,
        "urn:isbn:1",
        '{"@type":"LocatorPage","page":2}',
        {TIME: "2026-03-01T12:00:00Z", DEVICE: "null"},
    )


@given(LOCATORS, st.sampled_from([IDLING, BOOKMARKING]), st.dictionaries(TEXTS, JSON, max_size=3))
def test_items_are_read(locator: dict[str, Any], motivation: str, others: dict[str, Any]) -> None:
    """What is served is read as the same bookmark, whatever else its body says."""
    first = said(bookmark(locator, motivation=motivation, body=others | BODY))
    again = item("https://books.example/1", first.motivation, first.source, first.selector_value, first.body)

    assert first == said(json.loads(json.dumps(again)))


@given(JSON, st.sampled_from(["body", "target", "motivation", "selector", "source", "value", "type"]))
def test_never_fails(junk: Any, key: str) -> None:
    """Anything in the place of anything is read or refused."""
    value = (
        target(**{key: junk}) if key in {"selector", "source"} else selector(**{key: junk}) if key in {"value", "type"} else None
    )
    try:
        found = said(value or GOOD | {key: junk})
    except InvalidRequest:
        return
    assert Page(2, versioned=False) == found.locator
