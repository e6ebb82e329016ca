"""What pages say in words: times, ratios, sizes, and what became of a reading. Filters of the templates."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from placekeeper.domain.arbiter import RULES
from placekeeper.domain.ask import Answer
from placekeeper.domain.publication import Kind, Publication
from placekeeper.domain.reading import Effect, Outcome, Report
from placekeeper.domain.work import State
from placekeeper.services.asks import Lately
from placekeeper.web.languages import language

_MINUTE, _HOUR, _DAY, _WEEK = 60_000, 3_600_000, 86_400_000, 604_800_000

LONGEST_NAME: Final = 40
"""Signs of a device's name that are shown."""
OUTCOMES: Final = {
    Outcome.FIRST: "first report",
    Outcome.OLDER: "older than your place",
    Outcome.ECHO: "your place, said again",
    Outcome.OPENED: "opened at its start",
    Outcome.SAME_DEVICE: "read on",
    Outcome.REPEAT: "the same again",
    Outcome.NEWER: "newer by its clock",
    Outcome.YOUNG: "new book",
    Outcome.RESTORED: "from before you took a place back",
    Outcome.INFORMED: "knew your place, moved on",
    Outcome.AHEAD: "further on",
    Outcome.RESTARTED: "begun again",
    Outcome.RESUMED: "really read there",
    Outcome.BEHIND: "behind your place",
    Outcome.APART: "far from your place",
    Outcome.LATEST: "latest report",
    Outcome.CHOSEN: "chosen by you",
}
"""Every outcome, in a few words."""
BECAME: Final = {Effect.HEAD: "your place now", Effect.HELD: "kept aside", Effect.SIGHTING: "nothing new"}
"""What became of what was told, by the rule that applied; what no rule judged became the place."""
_EFFECT_OF: Final = {rule.outcome: rule.effect for rule in RULES}
EFFECTS: Final = {Effect.HEAD: "became your place", Effect.HELD: "kept aside", Effect.SIGHTING: "nothing new"}
ANSWERS: Final = {
    Answer.PLACE: "got your place",
    Answer.TRANSLATED: "got your place, in its own words",
    Answer.OTHER: "got an older place, for yours can't be said in its words",
    Answer.UNSAID: "got nothing, for your place can't be said in its words",
    Answer.NOTHING: "got nothing: no place is known",
}
"""What somebody got who asked."""
PROTOCOLS: Final = {
    "kosync": "KOSync",
    "opds-progression": "OPDS Progression",
    "readium-progression": "Readium progression",
    "simplified": "Palace",
}
STATES: Final = {State.READING: "Reading", State.FINISHED: "Finished", State.ABANDONED: "Put aside"}
KINDS: Final = {
    Kind.EPUB: "EPUB",
    Kind.PDF: "PDF",
    Kind.COMIC: "comic",
    Kind.AUDIOBOOK: "audiobook",
    Kind.FICTIONBOOK: "FictionBook",
    Kind.PLAIN: "book",
}


def ago(milliseconds: int, now: int) -> str:
    """How long ago, as people say it; after a week, the day."""
    past = max(0, now - milliseconds)
    for size, word, end in ((_MINUTE, "minute", _HOUR), (_HOUR, "hour", _DAY), (_DAY, "day", _WEEK)):
        if past < size:
            return "just now"
        if past < end:
            count = past // size
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return day(milliseconds)


def day(milliseconds: int) -> str:
    """The day, in the server's time zone."""
    local = datetime.fromtimestamp(milliseconds / 1000).astimezone()
    return f"{local.day} {local:%b %Y}"


def moment(milliseconds: int) -> str:
    """Day and time, in the server's time zone."""
    local = datetime.fromtimestamp(milliseconds / 1000).astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def machine(milliseconds: int) -> str:
    """For `<time>`."""
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().isoformat(timespec="seconds")


def percent(ratio: float) -> str:
    """A whole number of percent, never rounded up: 100 is the end."""
    return f"{int(ratio * 100)}\N{NO-BREAK SPACE}%"


def size(octets: int) -> str:
    """Of a file."""
    kilo = 1000
    if octets < kilo * kilo:
        return f"{max(1, octets // kilo)} kB"
    if octets < kilo**3:
        return f"{octets / kilo / kilo:.1f} MB"
    return f"{octets / kilo**3:.1f} GB"


def device(report: Report) -> str:
    """What a device calls itself; one that has no name, or a whole story for one, has a short one."""
    name = report.device_name
    return name if 0 < len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…" if name else "a device"


def initial(title: str) -> str:
    """The letter that stands for a book without a cover."""
    return next((sign.upper() for sign in title if sign.isalnum()), "·")[:1]


def tint(title: str) -> int:
    """Which of six colours it has, always the same one."""
    return sum(map(ord, title)) % 6


def version(publication: Publication) -> str:
    """What changes with the bytes of a file, so that its cover can be kept."""
    return f"{publication.size:x}-{publication.modified_at:x}"


def clock(milliseconds: int) -> str:
    """The time of day, in the server's time zone."""
    return f"{datetime.fromtimestamp(milliseconds / 1000).astimezone():%H:%M}"


def asker(lately: Lately) -> str:
    """Who has asked or told something."""
    if lately.device is not None and lately.device.name:
        return lately.device.name[:LONGEST_NAME]
    return f"somebody at {lately.address}" if lately.address else "a device"


def answered(lately: Lately) -> str:
    """What came of it, in a sentence without its end."""
    ask = lately.ask
    number = f"{percent(ask.progression)}" if ask.progression is not None else ""
    if ask.told:
        outcome = Outcome(ask.answer)
        became = BECAME[_EFFECT_OF.get(outcome, Effect.HEAD)]
        return f"told {number}: {became} ({OUTCOMES[outcome]})"
    return f"{ANSWERS[Answer(ask.answer)]}{f': {number}' if number else ''}"


def number(count: int) -> str:
    """With its thousands apart."""
    return f"{count:,}"


def title(publication: Publication) -> str:
    """What to call a publication: as it says, else by its file's name."""
    name = publication.path.rpartition("/")[2]
    return publication.described.metadata.title.strip() or name.rpartition(".")[0] or name or "Unnamed"


def people(publication: Publication) -> str:
    """Its authors, in one line."""
    return ", ".join(each.name for each in publication.described.metadata.authors)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "ago": ago,
    "day": day,
    "moment": moment,
    "machine": machine,
    "percent": percent,
    "bytes": size,
    "device": device,
    "initial": initial,
    "tint": tint,
    "version": version,
    "title": title,
    "people": people,
    "language": language,
    "date": lambda written: written[:10],
    "outcome": lambda reading: OUTCOMES[reading.outcome],
    "effect": lambda reading: EFFECTS[reading.effect],
    "clock": clock,
    "number": number,
    "asker": asker,
    "answered": answered,
    "protocol": lambda name: PROTOCOLS.get(name, name),
    "state": STATES.__getitem__,
    "kind": lambda publication: KINDS[publication.described.kind],
}
"""By the names that templates use."""
