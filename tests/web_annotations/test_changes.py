"""The feed of changes: in order, complete, whoever writes at the same time, with what was deleted."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from placekeeper.domain.annotation import Collection
from placekeeper.domain.ids import new_id
from placekeeper.services.annotating import later
from placekeeper.storage.sqlite import SqliteStore
from tests.storage.samples import an_annotation
from tests.web_annotations.client import WebClient, highlight

Maker = Callable[[], WebClient]


def test_what_has_changed(app: WebClient) -> None:
    """A new app gets all that is there and was; later only what has changed since, each once, in order."""
    assert ([], app.changes()[1]) == app.changes()
    one, two, three = (app.post(highlight()) for _ in range(3))
    app.send("DELETE", two["id"], check=204)
    found, token = app.changes()

    assert [one["id"], three["id"], two["id"]] == [each["id"] for each in found]
    assert [one, three, None] == [each["annotation"] for each in found]
    assert [False, False, True] == [each["deleted"] for each in found]
    assert sorted(each["change"] for each in found) == [each["change"] for each in found]
    assert ([], token) == app.changes(token)
    changed = app.send("PUT", one["id"], highlight("urn:x:2"), if_match=f'"{found[0]["change"]}"').json()
    assert [changed] == [each["annotation"] for each in app.changes(token)[0]]
    assert (found[1:], 3) == (app.changes(limit=1)[0][:2], len(app.changes(limit=1)[0]))


def test_tokens(app: WebClient, stranger: Maker) -> None:
    """A token that was not given to this account is refused, and so is a limit that is none."""
    app.post(highlight())
    token = app.changes()[1]
    wrong = [token[:-1], token.upper(), "x", "0", "0.", token.partition(".")[0], "00000000-0000-7000-8000-000000000000.0", "%00"]
    for each in (*wrong, stranger().changes()[1]):
        assert app.send("GET", f"changes?since={each}", check=400).json()["detail"].startswith("since:")
    stranger().send("GET", f"changes?since={token}", check=400)
    for limit in ("0", "-1", "x", "1.5", ""):
        assert app.send("GET", f"changes?limit={limit}", check=400).json()["detail"].startswith("limit:")
    app.send("GET", "changes?limit=999999")
    app.send("POST", "changes", highlight(), check=405)


def test_while_many_write(app: WebClient) -> None:
    """A reader that goes on from its last token misses no change of four writers, and no change comes before one it has seen."""
    done = threading.Event()
    seen: list[str] = []
    last: dict[str, bool] = {}

    def read() -> None:
        reader, token = WebClient(app.base, app.user), ""
        while True:
            ending = done.is_set()
            found, token = reader.changes(token, limit=7)
            seen.extend(each["change"] for each in found)
            last.update({each["id"]: each["deleted"] for each in found})
            if ending:
                return

    def write(number: int) -> dict[str, bool]:
        writer, mine = WebClient(app.base, app.user), {}
        for turn in range(40):
            address = writer.post(highlight())["id"]
            mine[address] = False
            if turn % 3:
                writer.send("PUT", address, highlight(motivation=f"x:{number}"))
            if turn % 5 == 0:
                writer.send("DELETE", address, check=204)
                mine[address] = True
        return mine

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(4) as writers:
        made = {address: deleted for mine in writers.map(write, range(4)) for address, deleted in mine.items()}
    done.set()
    reader.join()

    assert made == last
    assert sorted(set(seen)) == seen


def test_when_the_clock_was_put_back(store: SqliteStore) -> None:
    """A change is later than all before it, also where the clock is not."""
    account, changes = "mina", [new_id(5_000_000)]
    for now in (5_000_000, 4_000_000, 1, 4_000_001):
        made = an_annotation(account, collection=Collection.ANNOTATIONS, change=changes[-1])
        store.run(lambda ledger, made=made: ledger.save_annotation(made))
        changes.append(store.run(lambda ledger, now=now: later(ledger, account, now)))

    assert sorted(set(changes)) == changes
