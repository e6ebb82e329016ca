"""Times in recordings, as references, locators and numbers say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.timeline import Timeline

TRACKS = [("one.mp3", 100.0), ("disc 2/two.mp3", 300.0), ("three.mp3", 0.5)]
LINE = Timeline(TRACKS)


@pytest.mark.parametrize(
    ("reference", "track", "seconds"),
    [
        ("one.mp3#t=40.274", 0, 40.274),
        ("disc%202/two.mp3#t=10", 1, 10),
        ("two.mp3#t=npt:10", 1, 10),
        ("two.mp3#t=10,20", 1, 10),
        ("two.mp3#t=01:01.5", 1, 61.5),
        ("two.mp3#t=00:02:01", 1, 121),
        ("two.mp3#xywh=1,2,3,4&t=10s", 1, 10),
        ("two.mp3", 1, 0),
        ("two.mp3#t=99999", 1, 300),
        ("#t=40", 0, 40),
        ("#t=100", 1, 0),
        ("#t=399.5", 1, 299.5),
        ("#t=400.25", 2, 0.25),
        ("#t=9999", 2, 0.5),
    ],
)
def test_references(reference: str, track: int, seconds: float) -> None:
    """A time is read from a fragment of a track or of the whole, in each spelling, and never past an end."""
    time = LINE.read({"progression": 0.9, "references": [reference]})

    assert (track, seconds) == (time.track, pytest.approx(time.seconds))


@pytest.mark.parametrize("reference", ["#t=", "#t=-1", "#t=smpte:10:00", "#par36", "four.mp3#t=1", "#t=1e5", ""])
def test_the_number_is_left(reference: str) -> None:
    """Where no reference says a time, the number is the share of all the time."""
    time = LINE.read({"progression": 0.5, "references": [reference]})

    assert (1, pytest.approx(100.25)) == (time.track, time.seconds)


@given(st.integers(0, 2), st.floats(0, 1))
def test_back_and_forth(track: int, share: float) -> None:
    """A time that is written as references, or said as a number, is read as the same time, to the millisecond."""
    locator = {"href": TRACKS[track][0], "locations": {"progression": share}}
    time = LINE.read({"locator": locator})
    within, whole = LINE.references(time)

    assert track == time.track
    assert abs(LINE.read({"references": [within]}).seconds - time.seconds) <= 0.001
    for said in ({"references": [whole]}, {"progression": time.total_progression}):
        back = LINE.read(said)
        assert abs(back.total_progression - time.total_progression) * 400.5 <= 0.001


def test_locators() -> None:
    """A locator's time counts before its share; a track alone is its beginning."""
    timed = {"href": "two.mp3", "locations": {"fragments": ["x", "t=30"], "progression": 0.9}}

    assert 30 == LINE.read({"locator": timed}).seconds
    assert (1, 0) == ((time := LINE.read({"locator": {"href": "two.mp3"}})).track, time.seconds)


def test_no_times() -> None:
    """Without the lengths of all tracks nothing is said; a number that is none leads nowhere."""
    for tracks in ([], [("a", 0.0)], [("a", 1.0), ("b", float("nan"))]):
        with pytest.raises(NoPlace):
            Timeline(tracks)
    for said in ({}, {"progression": "x"}, {"progression": -1}, {"locator": {"href": "four.mp3"}}):
        with pytest.raises(NoPlace):
            LINE.read(said)


@given(
    st.dictionaries(
        st.sampled_from(["progression", "references", "fragments", "locator"]),
        st.recursive(
            st.one_of(st.none(), st.floats(), st.text(max_size=20), st.sampled_from(["#t=1", "one.mp3#t=2"])),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["href", "locations", "fragments", "progression"]), inner),
            ),
            max_leaves=6,
        ),
    )
)
def test_any_document(said: dict[str, object]) -> None:
    """Any document is read as a time within the whole, or leads nowhere."""
    try:
        time = LINE.read(said)
    except NoPlace:
        return

    assert 0 <= time.total_progression <= 1
    assert 0 <= time.seconds <= TRACKS[time.track][1]
