"""KOReader's XPointers as text: steps and an offset, in the spelling of its releases and in the coming one.

Must not know documents.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvtinydom.cpp (ParseXPathStep, createXPointerV2, toStringV2)
"""

import re
from dataclasses import dataclass
from typing import Final

from placekeeper.positions.point import NoPlace

TEXT: Final = "text()"
MAX_LENGTH: Final = 16_384
"""Characters of a pointer. KOReader's own have a few hundred; deeply nested books a few thousand."""

_STEP = re.compile(
    r"/?(text\(\)|[^/\[\]().]++(?:(?:\.(?!\d{1,9}\Z)[^/\[\]().]*+)++(?=[/\[]|\.\d{1,9}\Z))?)(?:\[(\d+)\])?",
)
_OFFSET = re.compile(r"\.(\d{1,9})")
_BOXES: Final = {"autoBoxing", "tabularBox", "rubyBox", "mathBox", "floatBox", "inlineBox", "pseudoElem", "cloneNode"}


@dataclass(frozen=True, slots=True)
class Step:
    """An element name or `text()`, its 1-based number among siblings of that kind, and whether it is the only one of them."""

    name: str
    number: int = 1
    only: bool = True


@dataclass(frozen=True, slots=True)
class XPointer:
    """Steps from the root, and an offset: code points of a text node, children of an element, or none."""

    steps: tuple[Step, ...]
    offset: int | None = None

    def indexed(self) -> str:
        """The spelling of KOReader from August 2026 on: every step has its number."""
        return "".join(f"/{step.name}[{step.number}]" for step in self.steps) + self.suffix()

    def released(self) -> str:
        """The spelling of KOReader's releases so far: a number only where there are several."""
        return "".join(f"/{step.name}" if step.only else f"/{step.name}[{step.number}]" for step in self.steps) + self.suffix()

    def suffix(self) -> str:
        """The offset as it is written."""
        return "" if self.offset is None else f".{self.offset}"


def parse(value: str) -> XPointer:
    """A pointer in either spelling; a step without a number means the first. Raises `NoPlace`."""
    if not value:
        raise NoPlace("an empty XPointer leads nowhere: KOReader found no node on its page")
    if len(value) > MAX_LENGTH:
        raise NoPlace(f"an XPointer of {len(value)} characters is over the limit of {MAX_LENGTH}")
    steps, at = list[Step](), 0
    while found := _STEP.match(value, at):
        number = int(found[2][:9]) if found[2] else 1
        if not number:
            raise NoPlace(f"not an XPointer: step {len(steps) + 1} has the number 0, they count from 1")
        if found[1] in _BOXES:
            raise NoPlace(f"an XPointer of a KOReader before 2020 counts within {found[1]}, which can't be told from the book")
        steps.append(Step(found[1], number))
        at = found.end()
    end = _OFFSET.fullmatch(value, at)
    if at < len(value) and not end:
        raise NoPlace(f"not an XPointer from character {at + 1} on: {value[at : at + 20]!r}")
    return XPointer(tuple(steps), int(end[1]) if end else None)


def sound(pointer: XPointer) -> XPointer:
    """The pointer, or the start of the innermost element on its way to which a pointer can lead.

    crengine writes names with a full stop as they are, but can't read them; and a pointer has to stay within `MAX_LENGTH`.
    """
    length, kept = len(pointer.suffix()), 0
    for step in pointer.steps:
        length += len(f"/{step.name}[{step.number}]")
        if length > MAX_LENGTH or "." in step.name:
            break
        kept += 1
    return pointer if kept == len(pointer.steps) else XPointer(pointer.steps[:kept], 0)
