"""Random places for real books: `python -m tests.positions.fuzz --seconds N --seed S`.

Whatever is asked, the answer comes soon: a place in every notation, or why there is none. The status is 1 when something was
found, with the question that does it again.
"""

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placekeeper.domain.errors import BadFile
from placekeeper.formats.opening import open_publication
from placekeeper.positions.located import located
from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Publication
from placekeeper.positions.translate import Translator
from tests.epubs import make_epub, xhtml
from tests.shared import ROOT

SLOW = 3.0
"""Seconds of CPU that no question may take."""
LARGEST = 1_000_000
HREF = "OEBPS/3024803926727201407_11-h-2.htm.html"
LOCATOR = (
    f'{{"href":"{HREF}","type":"x","locations":{{"progression":0.3,"cssSelector":"#a > p:nth-child(3)","position":4,'
    '"domRange":{"start":{"cssSelector":"p","textNodeIndex":0,"charOffset":4}},"partialCfi":"/4/2","fragments":["a","t=3"]},'
    '"text":{"before":"a","highlight":"Alice","after":"b"}}'
)
SEEDS: dict[str, tuple[str, ...]] = {
    "xpointer": ("/body/DocFragment[3]/body/div/p[2]/text()[1].5", "/body[1]/DocFragment[2]/body[1]/section[1]/img[1].0", ".0"),
    "cfi": ("epubcfi(/6/4!/4/2[pg-header]/6/2/3:0)", "epubcfi(/6/4!/4,/2,/18/1:63)", "epubcfi(/6/4[a^]b]!/4/2/1:3[x,y;s=a])"),
    "locator": (
        LOCATOR,
        '{"@type":"LocatorLegacyCFI","idref":"x","contentCFI":"/4/2/1:0","progressWithinChapter":0.3}',
    ),
    "href-progression": (f'{{"href":"{HREF}","progression":0.5}}',),
    "progression": ("0.5", "1", "0"),
    "page": ("3", "iv"),
    "text": ("Alice was", '{"exact":"the","prefix":"of ","suffix":" a"}'),
    "reference": (f"{HREF}#:~:text=Alice,was", "a#b", "#page=3"),
}
TOKENS = (
    *'/[]().:!,^~@{}"\'#%0123456789-eE\\ \n\t\0éß漢😀',
    "[999999999]", "text()", "1e999", "null", "epubcfi(", "/0", "/4", ":~:text=", "&", "DocFragment", "/body", "autoBoxing",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    3,
    -1,
    float("nan"),
    float("inf"),
    {"href": 3},
    {"exact": ["a"]},
    10**400,
    "x" * 70_000,
)


@dataclass
class Findings:
    """What a run saw. `faults`: what went wrong, with the question."""

    questions: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def books(folder: Path) -> list[Path]:
    """A small book of our own, and real ones where there are some, damaged ones too."""
    body = '<p id="a">Alice was <b>the</b> one<br/>of the a<!-- c --></p><table><tr><td>x</td></tr></table><img src="x.png"/>'
    own = make_epub(
        folder / "own.epub", {"a.xhtml": xhtml(body), "b.html": "<p>two<a id=x/>", "c.svg": "<svg><text>t</text></svg>"}
    )
    return [own, *sorted(path for path in ROOT.glob("corpus/**/*.epub") if path.stat().st_size <= LARGEST)]


def publications(folder: Path) -> Iterator[Publication]:
    """The books that can be opened."""
    for path in books(folder):
        with contextlib.suppress(BadFile):
            yield open_publication(path)


def changed(chance: random.Random, value: str) -> str:
    """The value with a few changes: cuts, insertions, doublings."""
    characters = list(value)
    for _ in range(chance.randint(0, 3)):
        at = chance.randint(0, len(characters))
        match chance.randrange(4):
            case 0:
                del characters[at : at + chance.randint(0, 4)]
            case 1:
                characters[at:at] = chance.choice(TOKENS)
            case 2 if len(characters) < 5_000:
                characters[at:at] = characters[at:]
            case _:
                characters[at : at + 1] = chr(chance.randint(1, 0x2FF))
    return "".join(characters)


def question(chance: random.Random) -> tuple[str, Any, str]:
    """Notation, value, engine."""
    notation = chance.choice(list(SEEDS))
    value = chance.choice(ODD) if chance.random() < 0.1 else changed(chance, chance.choice(SEEDS[notation]))
    return notation, value, chance.choice(("", "epub.js", "nonsense"))


def ask(translator: Translator, notation: str, value: Any, engine: str, findings: Findings) -> None:
    """One question."""
    began = time.process_time()
    try:
        json.dumps(located(translator, translator.read(notation, value, engine)))
    except NoPlace as error:
        findings.refused += 1
        if not str(error):
            findings.faults.append(f"{notation} {value!r:.300} {engine}: refused without a reason")
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        findings.faults.append(f"{notation} {value!r:.300} {engine}: {traceback.format_exc(limit=-3)}")
    took = time.process_time() - began
    findings.questions += 1
    findings.slowest = max(findings.slowest, took)
    if took > SLOW:
        findings.faults.append(f"{notation} {value!r:.300} {engine}: {took:.1f} s")


def run(seed: int, folder: Path, *, questions: int = 0, seconds: float = 0.0) -> Findings:
    """So many questions, or for so long."""
    chance, findings = random.Random(seed), Findings()
    opened, end = list(publications(folder)), time.monotonic() + seconds
    while findings.questions < questions or time.monotonic() < end:
        translator = Translator(chance.choice(opened))
        for _ in range(40):
            ask(translator, *question(chance), findings)
    return findings


def main() -> int:
    """Run, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.positions.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        findings = run(options.seed, Path(folder), seconds=options.seconds)
    print(f"{findings.questions} questions, {findings.refused} refused, slowest {findings.slowest:.2f} s")
    print(*findings.faults[:20], sep="\n")
    return bool(findings.faults)


if __name__ == "__main__":
    sys.exit(main())
