"""Who guesses waits longer and longer, up to a bound; who is somebody else does not wait for it."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.services.throttle import Throttle, ThrottleLimits
from tests.services.stage import HOME, Clock

LIMITS = ThrottleLimits(free=3, window_seconds=60, longest_seconds=1.5, held=4, addresses=5)


def failures(throttle: Throttle, count: int, address: str = HOME) -> list[float]:
    """The seconds that so many failures, one after the other, are made to wait."""

    async def fail() -> list[float]:
        return [await throttle.failed(address) for _ in range(count)]

    return asyncio.run(fail())


def test_delays_double_up_to_the_longest(waits: list[float]) -> None:
    """A few failures are free; then each waits twice as long as the one before, and never longer than the longest."""
    assert [0, 0, 0, 0.25, 0.5, 1.0, 1.5, 1.5, 1.5] == failures(Throttle(Clock(), LIMITS), 9)
    assert [0.25, 0.5, 1.0, 1.5, 1.5, 1.5] == waits


def test_a_window_later_all_is_forgiven(waits: list[float]) -> None:
    """After the window, an address begins anew; within it, not."""
    clock = Clock()
    throttle = Throttle(clock, LIMITS)
    failures(throttle, 9)
    clock.passes(60_000)
    assert [1.5] == failures(throttle, 1)
    clock.passes(1)
    assert [0, 0, 0, 0.25] == failures(throttle, 4)


def test_addresses_are_counted_apart(waits: list[float]) -> None:
    """Another address does not pay; one household's addresses of IPv6 are one, an IPv4 address is itself in both spellings."""
    throttle = Throttle(Clock(), LIMITS)
    failures(throttle, 9)

    assert [0] == failures(throttle, 1, "192.0.2.8")
    assert [1.5] == failures(throttle, 1, f"::ffff:{HOME}")
    assert [0, 0, 0] == failures(throttle, 3, "2001:db8:1:2::1")
    assert [0.25] == failures(throttle, 1, "2001:db8:1:2:ffff::9")
    assert [0] == failures(throttle, 1, "2001:db8:1:3::1")


@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0", ":::", "not an address"])
def test_any_address(waits: list[float], address: str) -> None:
    """What is no address is counted under what it is, and never an error."""
    assert [0, 0, 0, 0.25] == failures(Throttle(Clock(), LIMITS), 4, address)


def test_memory_is_bounded(waits: list[float]) -> None:
    """Of more addresses than it may remember, those that failed longest ago are forgotten."""
    throttle = Throttle(Clock(), LIMITS)
    for number in range(9):
        failures(throttle, 3, f"192.0.2.{number}")

    assert 5 == len(throttle._failures)
    assert [0] == failures(throttle, 1, "192.0.2.3")
    assert [0.25] == failures(throttle, 1, "192.0.2.8")


def test_few_wait_at_once(waits: list[float]) -> None:
    """Of many failures at once only so many are held; the others are told at once, and all is free again afterwards."""
    throttle = Throttle(Clock(), LIMITS)
    failures(throttle, 9)
    waits.clear()

    async def crowd() -> list[float]:
        return list(await asyncio.gather(*[throttle.failed(HOME) for _ in range(20)]))

    assert [1.5] * 4 + [0.0] * 16 == sorted(asyncio.run(crowd()), reverse=True)
    assert 4 == len(waits)
    assert {} == dict(throttle._held)


def test_who_leaves_frees_its_seat() -> None:
    """A client that goes away while it is held does not count as held any longer."""
    throttle = Throttle(Clock(), LIMITS)

    async def leave() -> None:
        for _ in range(3):
            await throttle.failed(HOME)
        held = [asyncio.create_task(throttle.failed(HOME)) for _ in range(4)]
        await asyncio.sleep(0)
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)

    asyncio.run(leave())
    assert {} == dict(throttle._held)


@settings(derandomize=True, deadline=None, database=None)
@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=60))
def test_delays_stay_in_bounds(gaps: list[int]) -> None:
    """However failures are spread over time: none waits longer than the longest, and none less than the one before it in
    the same window.
    """
    clock, last, began = Clock(), 0.0, None
    throttle = Throttle(clock, LIMITS)
    for gap in gaps:
        clock.passes(gap)
        if began is None or clock.now - began > 60_000:
            last, began = 0.0, clock.now
        seconds = throttle._earned(HOME)
        assert last <= seconds <= 1.5
        last = seconds
