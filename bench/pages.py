"""How long the pages take, and how large they are, for somebody with ten thousand works, and as many publications in the library
and accounts on the server.
`python -m bench.pages`.
"""

import argparse
import random
import re
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from placekeeper.domain.ports import Ledger
from placekeeper.domain.publication import Contributor, Series
from placekeeper.domain.work import Description, Run
from placekeeper.services.scanning import READER
from tests.files import copied
from tests.running import RunningServer
from tests.shared import ROOT
from tests.storage.library_claims import STAMP, a_publication
from tests.storage.samples import NOW, a_read_work, a_reading, an_account, an_ask
from tests.web.browser import Browser
from tests.web.past import HOUR, Past, digest_of
from tests.web.shelf import scanned

WORDS = ("Sea", "Night", "House", "Star", "Blue", "Garden", "Winter", "Letter", "King", "Last", "City", "Dream", "Salt", "Iron")
SESSIONS = 190
"""Of the book whose own page is measured: more than a picture shows."""
ROUNDS = 25
LIBRARY = (
    "/library",
    "/library?page=200&sort=author",
    "/library?sort=added",
    "/library?q=garden+sea&kind=epub",
    "/library?author=Author+7&subject=Salt&sort=series",
    "/library?q=zzz",
    "/library/by/author",
    "/library/by/series?page=3",
    "/library/by/subject",
    "/library/scan",
    "/library/upload",
    "{publication}",
)
PAGES = ("/", "/reading", "/finished", "/search?q=garden", "/search?q=zzz", "{work}", "{work}/history", "{work}/belongs?q=sea")
OTHERS = (
    "/devices",
    "/devices/why?document=00000000000000000000000000000000",
    "/devices/why?document=none&q=garden",
    "/apps/koreader",
    "/account",
    "/admin",
    "/admin/accounts",
    "/admin/accounts?q=999",
)
ACCOUNTS = 10_000
ASKED = 200


def works(past: Past, count: int) -> None:
    """So many works without a file, three in four of them finished."""
    chance, me = random.Random(1), past.ann.account_id

    def unit(ledger: Ledger) -> None:
        for number in range(count):
            title = f"{' '.join(chance.sample(WORDS, 4))} {number}"
            work = a_read_work(ledger, me, f"{number:032x}", description=Description(title=title, authors="Ann Author"))
            ended = NOW if chance.random() < 0.75 else None
            ledger.save_run(me, work.id, Run(number=1, started_at=NOW, finished_at=ended))
            for _ in range(3):
                ledger.add_reading(me, a_reading(work.id))

    past.stage.write(unit)


def household(past: Past) -> None:
    """Many accounts beside Ann's, and of hers as many questions as are kept, each about another work."""
    me = past.ann.account_id

    def unit(ledger: Ledger) -> None:
        for number in range(ACCOUNTS):
            ledger.save_account(an_account(name=f"reader {number:05}"))
        for number, work in enumerate(ledger.works(me, before=None, limit=ASKED)):
            document = f"{number:032x}"
            ledger.save_ask(
                an_ask(
                    me, document=document, work_id=work.id, told=number % 2 == 0, answer="ahead" if number % 2 == 0 else "place"
                )
            )

    past.stage.write(unit)


def stock(past: Past, folder: str, count: int) -> None:
    """So many publications of a folder that is not there, as if a scan had found them."""
    chance = random.Random(2)

    def unit(ledger: Ledger) -> None:
        for number in range(count):
            title = f"{' '.join(chance.sample(WORDS, 4))} {number}"
            book = a_publication(
                f"{number:05}.epub",
                title=title,
                authors=(Contributor(name=f"Author {number % 900}"),),
                series=(Series(name=f"Series {number % 700}", position=str(number % 9)),),
                languages=(chance.choice(("en", "de", "fr")),),
                subjects=tuple(chance.sample(WORDS, 3)),
                description=f"<p>{title}</p>" * 20,
            )
            book = replace(book, folder=folder, edition_id=book.id)
            ledger.save_publication(book, STAMP, READER)

    past.stage.write(unit)


def measured(browser: Browser, path: str) -> str:
    """One line: size and time of a page, asked for again and again."""
    browser.get(path)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        browser.get(path)
        times.append((time.perf_counter() - began) * 1000)
    return f"{len(browser.page.content) / 1000:6.1f} kB {statistics.median(times):7.1f} ms {max(times):7.1f} ms  {path}"


def main() -> None:
    """Make the database, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=10_000)
    count = parser.parse_args().works
    folder = Path(tempfile.mkdtemp())
    (folder / "data").mkdir()
    (folder / "books").mkdir()
    alice = copied(ROOT / "corpus" / "pg_alice.epub", folder / "books")
    past = Past(folder / "data")
    works(past, count)
    household(past)
    away = folder / "away"
    stock(past, str(away), count)
    past.of_alice(digest_of(alice))
    for number in range(SESSIONS):
        value = f"/body/DocFragment[6]/body/div/p[{number % 9 + 1}]/text().3"
        past.read("Kobo" if number % 3 else "Pixel", digest_of(alice), 0.3 + number / 400, value, fetched=number % 2 == 0)
        past.passes(HOUR)
    past.close()
    server = RunningServer(folder / "data", "--library", str(folder / "books"), "--library", str(away))
    scanned(server, count + 1)
    browser = Browser(server).sign_in()
    work = browser.work("Adventures in Wonderland")
    publication = re.findall(r"publications/[0-9a-f-]{36}", browser.get("/library?q=adventures").text)[0]
    for path in PAGES + OTHERS + LIBRARY:
        print(measured(browser, path.format(work=work, publication=f"/{publication}")))
    server.stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
