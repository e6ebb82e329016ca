"""Locators as apps might write them, drawn at random, and spoilt in one member."""

from typing import Any

from hypothesis import strategies as st

from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    LegacyCfi,
    Locator,
    Page,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FILLED = TEXTS.filter(bool)
RATIOS = st.floats(0, 1) | st.integers(0, 1)
WHOLE = st.integers(0, 2**53 - 1) | st.integers(0, 100) | st.integers(0, 100).map(float)
DIGITS = st.text("0123456789", min_size=1, max_size=15)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**54) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6)
EXTRAS = st.dictionaries(st.sampled_from(["timeStamp", "annotationId", "title", "position", "x"]), JSON, max_size=2)


def typed(kind: str, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"@type": st.just(kind), **members})


HREFS = typed("LocatorHrefProgression", href=FILLED, progressWithinChapter=RATIOS)
PAGES = typed("LocatorPage", page=WHOLE)
AUDIO_1 = st.tuples(
    typed(
        "LocatorAudioBookTime",
        part=WHOLE,
        chapter=WHOLE,
        title=TEXTS,
        audiobookID=TEXTS,
        duration=WHOLE | DIGITS,
        time=WHOLE | DIGITS,
    ),
    st.fixed_dictionaries({}, optional={"startOffset": WHOLE, "@version": st.just(1)}),
).map(lambda parts: parts[0] | parts[1])
AUDIO_2 = typed("LocatorAudioBookTime", readingOrderItem=FILLED, readingOrderItemOffsetMilliseconds=WHOLE).map(
    lambda said: said | {"@version": 2}
)
WRAPPED = typed(
    "LocatorAudioBookTime", timeStamp=TEXTS, locator=AUDIO_1 | AUDIO_2 | st.fixed_dictionaries({"locator": AUDIO_1 | AUDIO_2})
)
CFIS = st.fixed_dictionaries(
    {},
    optional={
        "@type": st.sampled_from(["LocatorLegacyCFI", "BookLocationR1"]),
        "idref": TEXTS | st.none(),
        "contentCFI": TEXTS | st.none(),
        "progressWithinChapter": RATIOS | st.none(),
    },
)
RELEASE_2 = typed("BookLocationR2", progress=st.fixed_dictionaries({"chapterHref": FILLED, "chapterProgress": RATIOS}))
READIUM = st.fixed_dictionaries(
    {"href": FILLED, "locations": st.fixed_dictionaries({}, optional={"progression": RATIOS | SCALARS, "position": WHOLE})}
)
PLAIN = HREFS | PAGES | AUDIO_1 | AUDIO_2 | WRAPPED | CFIS | RELEASE_2 | READIUM
LOCATORS = st.tuples(EXTRAS, PLAIN).map(lambda parts: parts[0] | parts[1])
"""All of them are valid."""


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A locator of which one member, or one of a member's, is missing or anything else."""
    said = dict(draw(LOCATORS))
    inner = [key for key, value in said.items() if isinstance(value, dict) and value]
    if inner and draw(st.booleans()):
        key = draw(st.sampled_from(inner))
        said[key] = dict(said[key])
        _spoil(draw, said[key])
    elif said:
        _spoil(draw, said)
    return said


def _spoil(draw: st.DrawFn, said: dict[str, Any]) -> None:
    key = draw(st.sampled_from(sorted(said)))
    if draw(st.booleans()):
        del said[key]
    else:
        said[key] = draw(JSON | st.sampled_from(["", "12", "1\n", 0, 1, 2, 1.5, -1, "LocatorPageX", 2**53, 10**17]))


NUMBERS = st.integers(0, 2**53 - 1)
READ: st.SearchStrategy[Locator] = (
    st.builds(HrefProgression, FILLED, st.floats(0, 1))
    | st.builds(Page, NUMBERS)
    | st.builds(AudioBookTimeV1, NUMBERS, NUMBERS, TEXTS, TEXTS, NUMBERS, NUMBERS, NUMBERS, TEXTS | st.none())
    | st.builds(AudioBookTimeV2, FILLED, NUMBERS, TEXTS | st.none())
    | st.builds(LegacyCfi, TEXTS | st.none(), TEXTS | st.none(), st.floats(0, 1) | st.none())
)
"""Locators that have been read."""
