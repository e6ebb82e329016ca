"""The picture of places over time stays within its frame, whatever was reported when."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from placekeeper.domain.reading import Effect, Reading
from placekeeper.web.rendering import rendered
from placekeeper.web.timeline import BOTTOM, HEIGHT, LEFT, MOST, NAMED, RIGHT, TOP, WIDTH, timeline
from tests.storage.samples import NOW, a_reading

TIMES = st.integers(min_value=0, max_value=4_000_000_000_000)
REPORTS = st.lists(st.tuples(TIMES, st.floats(0, 1), st.sampled_from(Effect), st.text(max_size=9)), max_size=30)


def a_report(at: int, ratio: float, effect: Effect, device: str) -> Reading:
    """A reading with these, and with something for all else."""
    reading = a_reading("work", progression=ratio, device_name=device)
    return replace(reading, effect=effect, report=replace(reading.report, received_at=at, progression=ratio, device_name=device))


@given(REPORTS, TIMES)
def test_all_marks_are_within(reports: list[tuple[int, float, Effect, str]], now: int) -> None:
    """Every mark stands in the frame, every device is in the legend, and sightings are left out."""
    readings = [a_report(*report) for report in reports]
    told = [each for each in readings if each.effect is not Effect.SIGHTING]
    picture = timeline(readings, now)
    if picture is None:
        assert 2 > len(told)
        return

    assert len(told) == len(picture.marks)
    shown = {device.name for device in picture.devices}
    assert len(shown) == min(NAMED, len({each.report.device_name for each in told}))
    assert all(LEFT <= mark.x <= WIDTH - RIGHT and TOP <= mark.y <= HEIGHT - BOTTOM for mark in picture.marks)


def test_only_the_newest_are_drawn() -> None:
    """A picture of a long history shows its newest part, and stays small."""
    readings = [a_report(NOW - number * 1000, 0.5, Effect.HEAD, "<Kobo>") for number in range(1000)]
    picture = timeline(readings, NOW)
    drawn = rendered("timeline.html", {"timeline": picture})

    assert drawn.count("<title>") == MOST
    assert len(drawn) < 30_000
    assert "<Kobo>" not in drawn
