"""A data folder with a past: weeks of readings of several devices, in books of a library and in documents without a file."""

import random
import time
from dataclasses import replace
from pathlib import Path

from placekeeper.domain.work import Description
from placekeeper.formats.fingerprint import koreader_partial_md5
from placekeeper.services.account_units import account_named, principal_of
from tests.running import command
from tests.services.stage import Stage, pushed

PASSWORD = "correct horse"
HOUR, DAY = 3_600_000, 86_400_000
ALICE = (("Kobo", 4, 3), ("Kobo", 5, 7), ("Pixel", 5, 9), ("Boox", 4, 3), ("Kobo", 6, 4), ("Pixel", 6, 9), ("Kobo", 7, 3),
         ("Kobo", 5, 2), ("Pixel", 8, 5), ("Boox", 4, 5), ("Kobo", 9, 5), ("Kobo", 10, 4))  # fmt: skip
"""Device, resource and paragraph, session after session."""


def digest_of(book: Path) -> str:
    """What KOReader calls a file."""
    with book.open("rb") as file:
        return koreader_partial_md5(file)


class Past:
    """Ann's past, up to an hour ago."""

    def __init__(self, data: Path) -> None:
        command("user", "add", "ann", "--admin", "--password-stdin", data=data, stdin=PASSWORD + "\n")
        self.stage = Stage(data)
        self.now = int(time.time() * 1000)
        self.ann = principal_of(self.stage.read(lambda ledger: account_named(ledger, "ann")), None)
        self.stage.clock.now = self.now - 30 * DAY

    def read(
        self, device: str, document: str, ratio: float, value: str, *, title: str = "", authors: str = "", fetched: bool = False
    ) -> None:
        """A session: the device fetches the place, perhaps, and reports another one some hours later."""
        if fetched:
            self.stage.fetch(self.ann, document=document)
        described = Description(title=title or None, authors=authors or None)
        push = replace(pushed(device, ratio, value=value, document=document), description=described)
        self.stage.do(self.stage.readings.push(self.ann, push, f"192.0.2.{len(device)}"))

    def passes(self, milliseconds: int) -> None:
        """Time goes by, but not beyond an hour ago."""
        self.stage.clock.now = min(self.stage.clock.now + milliseconds, self.now - HOUR)

    def of_alice(self, document: str) -> None:
        """Alice in Wonderland, on three devices, one of which lags behind."""
        chance = random.Random(7)
        for number, (device, resource, paragraph) in enumerate(ALICE):
            ratio = (resource - 3) / 12 + paragraph / 200
            value = f"/body/DocFragment[{resource}]/body/div/p[{paragraph}]/text().12"
            self.read(device, document, ratio, value, fetched=number % 3 == 0)
            self.passes(int(chance.uniform(0.3, 3) * DAY))

    def close(self) -> None:
        """Nothing more has happened."""
        self.stage.close()
