"""Annotations and the death of the process."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from tests.opds_progression.conftest import add_account
from tests.running import RunningServer
from tests.web_annotations.client import WebClient, highlight

WRITERS = 4


def write(app: WebClient, acknowledged: dict[str, Any]) -> None:
    """Make, change and delete annotations until the server is gone; `acknowledged`: what it has answered for last."""
    number = 0
    try:
        while True:
            number += 1
            made = app.post(highlight(body={"value": number}))
            acknowledged[made["id"]] = made
            changing = made["id"]
            said = highlight(body={"value": -number})
            acknowledged[changing] = (made, {"id": changing} | said)  # either of them, until it is answered
            acknowledged[changing] = app.send("PUT", changing, said).json()
            if number % 3 == 0:
                acknowledged[changing] = (acknowledged[changing], None)
                app.send("DELETE", changing, check=204)
                acknowledged[changing] = None
    except httpx2.HTTPError:
        return


def test_nothing_answered_is_lost(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Killed while four apps write, the server has every annotation as it last answered for it, and a complete feed."""
    running = start()
    user, port = add_account(tmp_path / "data", library=False), running.port
    told: list[dict[str, Any]] = [{} for _ in range(WRITERS)]
    for _ in range(2):
        threads = [threading.Thread(target=write, args=(WebClient(running.base, user), mine)) for mine in told]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        running.kill()
        for thread in threads:
            thread.join()
        running = start(port=port)
    app = WebClient(running.base, user)
    there = {each["id"]: each for each in app.walk()}
    changed = {each["id"]: each["annotation"] for each in app.changes()[0]}

    expected = {address: said for mine in told for address, said in mine.items()}
    assert len(expected) > WRITERS * 4
    for address, said in expected.items():
        may_be = list(said) if isinstance(said, tuple) else [said]
        assert there.get(address) in may_be
        assert changed[address] in may_be
    assert there == {address: said for address, said in changed.items() if said is not None}
