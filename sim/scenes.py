"""The named scenes: what happens in real homes, and what must come of it. Each is played by the tests and by `make sim`."""

from itertools import permutations

from sim.stage import Scene

SCENES: list[Scene] = [
    Scene(
        name="a week offline, two books, drained at once",
        story="""
            d1 20:00        Kobo pushes 30.0            -> first
            d1 20:30        Kobo pushes 10.0 of Emma    -> first
            d1 21:00        Phone fetches               -> 30.0
            d1 21:20        Phone pushes 33.0           -> informed
            d8 21:00        Phone pushes 60.0           -> same-device
            d9 09:00:00.00  Kobo pushes 31.0            -> behind
            d9 09:00:00.05  Kobo pushes 12.0 of Emma    -> same-device
            d9 09:00:00.10  Kobo pushes 35.0            -> behind
            d9 09:00:00.15  Kobo pushes 15.0 of Emma    -> same-device
            d9 09:00:00.20  Kobo pushes 39.0            -> behind
            d9 09:00:00.30  Kobo fetches                -> 60.0
            d9 09:00:00.40  Phone fetches of Emma       -> 15.0
            """,
        head="60.0",
    ),
    Scene(
        name="a week offline on the one device that reads",
        story="""
            d1 20:00        Kobo pushes 30.0    -> first
            d1 20:05        Phone fetches       -> 30.0
            d9 09:00:00.00  Kobo pushes 34.0    -> same-device
            d9 09:00:00.05  Kobo pushes 29.0    -> same-device
            d9 09:00:00.10  Kobo pushes 38.0    -> same-device
            d9 09:10        Phone fetches       -> 38.0
            """,
        head="38.0",
    ),
    Scene(
        name="restored, an old push, then reading on",
        story="""
            d1 20:00  Kobo pushes 30.0      -> first
            d2 20:00  Kobo pushes 60.0      -> same-device
            d3 09:00  you restore 30.0      -> chosen
            d3 10:00  Kobo pushes 60.0      -> repeat
            d3 11:00  Kobo pushes 61.0      -> restored
            d3 20:00  Kobo fetches          -> 30.0
            d3 20:30  Kobo pushes 34.0      -> informed
            """,
        head="34.0",
    ),
    Scene(
        name="restored, and the device reads on without asking",
        story="""
            d1 20:00  Kobo pushes 30.0      -> first
            d2 20:00  Kobo pushes 60.0      -> same-device
            d3 09:00  you restore 30.0      -> chosen
            d3 10:00  Kobo pushes 61.0      -> restored
            d3 21:00  Kobo pushes 66.0      -> resumed
            """,
        head="66.0",
    ),
    Scene(
        name="thrown to page 1",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d2 08:00  Phone fetches         -> 50.0
            d2 08:01  Phone pushes 0.1      -> opened
            d2 20:00  Kobo fetches          -> 50.0
            """,
        head="50.0",
    ),
    Scene(
        name="really begun again in the middle of the book",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d2 08:00  Phone fetches         -> 50.0
            d2 08:01  Phone pushes 0.1      -> opened
            d2 08:40  Phone pushes 4.0      -> informed
            d2 20:00  Kobo fetches          -> 4.0
            """,
        head="4.0",
    ),
    Scene(
        name="begun again, and nobody ever asked",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d2 08:01  Phone pushes 0.1      -> opened
            d4 08:40  Phone pushes 4.0      -> resumed
            """,
        head="4.0",
    ),
    Scene(
        name="a PDF gone through a second time",
        story="""
            d1 20:00  Kobo pushes p150/200   -> first
            d2 20:00  Kobo pushes p198/200   -> same-device
            d3 20:00  Phone fetches          -> p198
            d3 20:30  Phone pushes p12/200   -> informed
            d4 20:00  Kobo pushes p150/200   -> apart
            d4 20:10  Kobo fetches           -> p12
            d4 20:30  Kobo pushes p20/200    -> informed
            """,
        head="p20",
    ),
    Scene(
        name="a PDF begun again without asking",
        story="""
            d1 20:00  Kobo pushes p198/200   -> first
            d3 20:30  Phone pushes p12/200   -> restarted
            d4 20:30  Phone pushes p30/200   -> same-device
            """,
        head="p30",
    ),
    Scene(
        name="read again from the end",
        story="""
            d1 20:00  Kobo pushes 98.0      -> first
            d2 20:00  Phone pushes 3.0      -> restarted
            d2 21:00  Kobo fetches          -> 3.0
            """,
        head="3.0",
    ),
    Scene(
        name="clocks that go wrong",
        story="""
            d5 20:00  Kobo pushes 30.0                      -> first
            d5 21:00  Reader says 50.0 read d1 21:00        -> older
            d5 21:05  Reader says 51.0 read d5 21:04        -> newer
            d5 22:00  Tablet says 20.0 read d9 12:00        -> newer
            d5 22:30  Reader says 55.0 read d5 22:29        -> newer
            """,
        head="55.0",
    ),
    Scene(
        name="a clock behind, on the device that reads",
        story="""
            d5 20:00  Kobo pushes 30.0                      -> first
            d5 21:00  Reader says 35.0 read d5 20:59        -> newer
            d5 22:00  Reader says 40.0 read d5 20:30        -> older
            """,
        head="35.0",
    ),
    Scene(
        name="one address: who had fetched?",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d1 20:10  Phone pushes 50.0     -> echo
            d1 22:00  Kobo pushes 10.0 of Emma -> first
            d2 20:00  Phone fetches         -> 50.0
            d2 20:30  Phone pushes 40.0     -> informed
            d2 21:00  Kobo pushes 45.0      -> ahead
            """,
        head="45.0",
        shared=True,
    ),
    Scene(
        name="one address: another one drains while one reads",
        story="""
            d1 20:00        Kobo pushes 50.0            -> first
            d1 21:00        Phone fetches               -> 50.0
            d1 21:30        Phone pushes 55.0           -> informed
            d2 20:00        Phone fetches               -> 55.0
            d2 20:10:00.00  Kobo pushes 10.0 of Emma    -> first
            d2 20:10:00.05  Kobo pushes 51.0            -> behind
            d2 20:10:00.10  Kobo fetches                -> 55.0
            d2 20:30        Phone pushes 52.0           -> same-device
            """,
        head="52.0",
        shared=True,
    ),
    Scene(
        name="a late answer: the queue sends again what was accepted",
        story="""
            d1 20:00        Kobo pushes 30.0            -> first
            d1 20:30        Kobo pushes 33.0 late       -> same-device
            d2 20:00        Phone fetches               -> 33.0
            d2 20:30        Phone pushes 38.0           -> informed
            d2 21:00        Kobo pushes 5.0 of Emma     -> first
            d3 20:00:00.00  Kobo pushes 33.0            -> repeat
            d3 20:00:00.10  Kobo fetches                -> 38.0
            """,
        head="38.0",
    ),
    Scene(
        name="a late answer, and the same device has read on",
        story="""
            d1 20:00  Kobo pushes 30.0 late     -> first
            d1 20:30  Kobo pushes 33.0          -> same-device
            d3 20:00  Kobo pushes 30.0          -> repeat
            """,
        head="33.0",
    ),
    Scene(
        name="gone back on purpose, after fetching",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d2 20:00  Phone fetches         -> 50.0
            d2 20:30  Phone pushes 20.0     -> informed
            d3 20:00  Kobo fetches          -> 20.0
            """,
        head="20.0",
    ),
    Scene(
        name="gone back on purpose, on the device that had the place",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d2 20:00  Kobo fetches          -> 50.0
            d2 20:30  Kobo pushes 20.0      -> same-device
            """,
        head="20.0",
    ),
    Scene(
        name="gone back within one sitting",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d3 20:00  Kobo pushes 52.0      -> same-device
            d3 20:10  Kobo pushes 20.0      -> same-device
            """,
        head="20.0",
    ),
    Scene(
        name="gone back on a device that never asks",
        story="""
            d1 20:00  Kobo pushes 50.0      -> first
            d2 20:30  Kobo pushes 20.0      -> behind
            d3 20:30  Kobo pushes 24.0      -> resumed
            """,
        head="24.0",
    ),
    Scene(
        name="opened and closed without turning a page",
        story="""
            d1 20:00  Kobo pushes 30.0      -> first
            d1 21:00  Phone fetches         -> 30.0
            d1 21:20  Phone pushes 33.0     -> informed
            d2 20:00  Kobo pushes 30.0      -> repeat
            d2 20:10  Kobo fetches          -> 33.0
            d2 20:11  Kobo pushes 30.0      -> repeat
            """,
        head="33.0",
    ),
    Scene(
        name="our own place pushed back after a pull",
        story="""
            d1 20:00  Kobo pushes 30.0              -> first
            d1 21:00  Phone fetches                 -> 30.0
            d1 21:01  Phone pushes 30.4 as 30.0     -> echo
            d1 21:30  Phone pushes 28.0             -> informed
            """,
        head="28.0",
    ),
    Scene(
        name="an old item drained after a newer direct push of the same device",
        story="""
            d1 20:00        Kobo pushes 30.0    -> first
            d1 20:05        Kobo fetches        -> 30.0
            d2 20:00        Kobo pushes 45.0    -> same-device
            d3 08:00:00.00  Kobo pushes 38.0    -> behind
            d3 08:00:00.05  Kobo fetches        -> 45.0
            d3 08:30        Kobo pushes 47.0    -> same-device
            """,
        head="47.0",
    ),
    Scene(
        name="far ahead without a reason",
        story="""
            d1 20:00  Kobo pushes 70.0      -> first
            d1 21:00  Kobo fetches          -> 70.0
            d1 21:30  Kobo pushes 10.0      -> same-device
            d2 20:00  Phone pushes 70.0     -> apart
            d3 20:00  Phone pushes 12.0     -> ahead
            """,
        head="12.0",
    ),
]

_READ = {"Kobo": "31.0", "Phone": "36.0", "Tablet": "42.0"}
"""Where each device was read last before the router broke, in this order: all three have pushed 30.0, or fetched it, before."""


def _router(order: tuple[str, ...]) -> Scene:
    """The three devices drain within seconds: whatever their order, the furthest is the newest and must win."""
    story, head = ["d1 20:00 Kobo pushes 30.0 -> first", "d1 20:10 Phone fetches -> 30.0"], "Kobo"
    story += ["d1 20:11 Phone pushes 30.2 as 30.0 -> echo", "d1 20:20 Tablet fetches -> 30.0"]
    story += ["d1 20:21 Tablet pushes 30.1 as 30.0 -> echo"]
    for number, device in enumerate(order):
        behind = number > 0 and list(_READ).index(device) < list(_READ).index(head)
        outcome = "behind" if behind else _forward(device, first=number == 0)
        story.append(f"d5 09:00:0{2 * number} {device} pushes {_READ[device]} -> {outcome}")
        head = head if behind else device
    return Scene(name=f"the router is back: {', '.join(order)}", story="\n".join(story), head="42.0")


def _forward(device: str, *, first: bool) -> str:
    if not first:
        return "ahead"
    return "same-device" if device == "Kobo" else "informed"


SCENES += [_router(order) for order in permutations(_READ)]
