"""Random damage to real EPUBs: `python -m tests.formats.fuzz --seconds N --seed S [FILE...]`.

Whatever is done to a file, reading all of it must end soon, with typed errors only. The figures are printed as JSON; the status
is 1 when something was found, with the seed that makes the file again.
"""

import argparse
import io
import json
import random
import struct
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from placekeeper.domain.errors import BadFile
from placekeeper.formats.described import describe
from placekeeper.formats.epub import open_epub
from placekeeper.positions.point import NoPlace
from tests.epubs import make_epub, xhtml
from tests.shared import ROOT

SLOW = 5.0
"""Seconds of CPU that no file may take."""
LARGEST = 1_200_000
"""Bytes of the largest real book that is damaged: larger ones take too long each."""
TOKENS = (
    b"<", b">", b"&", b"\0", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE html [", b"]>", b"&nbsp;", b"<?xml ?>", b"<p/>",
    b"</body>", b"<body>", b"<table>", b"<svg>", b"\xff\xfe", b"\xef\xbb\xbf", b"../", b"%2e%2e/", b"%", b"xmlns=''", b'"', b"'",
    b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"</spine>", b"<item/>", b"<itemref/>", b"id=''", b"&#xD800;",
    b"&#1114112;",
)  # fmt: skip


@dataclass
class Findings:
    """What a run saw. `faults`: what went wrong, each with its seed."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def seeds(folder: Path) -> list[Path]:
    """Small books of our own, and real ones where there are some."""
    ncx = "<ncx><navMap><navPoint><navLabel><text>a</text></navLabel><content src='a.xhtml'/></navPoint></navMap></ncx>"
    files = {
        "a.xhtml": xhtml("<p>one<br/>&amp;<!-- c --></p><table><tr><td>x</td></tr></table>"),
        "b.html": "<p>two<a id=x/>",
        "t.ncx": ncx,
    }
    own = [make_epub(folder / f"own{number}.epub", files) for number in range(4)]
    real = [path for path in ROOT.glob("corpus/**/*.epub") if path.stat().st_size <= LARGEST]
    return [*own, *sorted(real)]


def changed(chance: random.Random, data: bytes) -> bytes:
    """A few changes to bytes: flips, cuts, doublings, insertions, numbers."""
    content = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(content) + 1), chance.choice((1, 2, 4, 40, 4_000))
        match chance.randrange(6):
            case 0 if at < len(content):
                content[at] ^= 1 << chance.randrange(8)
            case 1:
                del content[at : at + length]
            case 2:
                content[at:at] = content[at : at + length]
            case 3:
                content[at:at] = chance.choice(TOKENS)
            case 4 if at + 4 <= len(content):
                struct.pack_into("<L", content, at, chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, chance.getrandbits(32))))
            case _:
                if chance.random() < 0.1:
                    del content[at:]
    return bytes(content)


def packed_again(chance: random.Random, data: bytes) -> bytes:
    """The book with changes inside its entries: markup far more often than anything else."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        infos = [info for info in old.infolist() if info.file_size < LARGEST]
        chosen = set(chance.sample(range(len(infos)), min(len(infos), chance.randint(1, 6))))
        for number, info in enumerate(infos):
            content = old.read(info)
            if info.filename.endswith((".opf", "container.xml", "encryption.xml", ".ncx")) or number in chosen:
                content = changed(chance, content) if chance.random() < 0.7 else content
            new.writestr(info.filename, content)
    return made.getvalue()


def mutated(seed: str, sources: list[Path]) -> bytes:
    """The file of that seed."""
    chance = random.Random(seed)
    data = chance.choice(sources).read_bytes()
    if chance.random() < 0.5:
        try:
            data = packed_again(chance, data)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
            return changed(chance, data)
        return data
    if chance.random() < 0.5:  # the directory at the end, where a change matters most
        keep = len(data) - min(len(data), 5_000)
        return data[:keep] + changed(chance, data[keep:])
    return changed(chance, data)


def read_all(path: Path, chance: random.Random) -> str:
    """Read everything there is, but for a sample of the resources; how it ended."""
    try:
        publication = open_epub(path)
    except BadFile as error:
        return type(error).__name__
    items = publication.spine.items
    described = describe(path, path.name)
    assert len(described.reading_order) == len(items)
    assert publication.metadata is not None
    for item in chance.sample(items, min(len(items), 6)):
        try:
            resource = publication.resource(item.index)
            assert resource.document.text is not None
            assert resource.reparsed is None or resource.reparsed.names
            publication.title_at(item.index, 10)
        except NoPlace:
            pass
        publication.file(item.href)
    return "notes" if publication.notes else "sound"


def try_one(seed: str, sources: list[Path], path: Path, findings: Findings) -> None:
    """Make the file of a seed and read it."""
    path.write_bytes(mutated(seed, sources))
    began = time.process_time()
    try:
        findings.outcomes[read_all(path, random.Random(seed))] += 1
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        findings.faults.append(f"{seed}: {traceback.format_exc()}")
    taken = time.process_time() - began
    findings.files += 1
    findings.slowest = max(findings.slowest, taken)
    if taken > SLOW:
        findings.faults.append(f"{seed}: took {taken:.1f} s")


def run(
    seed: int, folder: Path, *, seconds: float = 1e9, files: int = sys.maxsize, sources: list[Path] | None = None
) -> Findings:
    """Fuzz for so long, or so many files."""
    findings = Findings()
    sources = sources or seeds(folder)
    until = time.monotonic() + seconds
    while findings.files < files and time.monotonic() < until and len(findings.faults) < 10:
        try_one(f"{seed}-{findings.files}", sources, folder / "fuzzed.epub", findings)
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description="Damage EPUBs and read them.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        findings = run(options.seed, Path(folder), seconds=options.seconds, sources=options.files)
    figures = {
        "seed": options.seed,
        "files": findings.files,
        "outcomes": dict(findings.outcomes),
        "slowest": round(findings.slowest, 2),
    }
    print(json.dumps(figures | {"faults": len(findings.faults)}))
    for fault in findings.faults:
        print(fault, file=sys.stderr)
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
