"""What somebody with much time and strange names makes of the own account: its pages stay small, and take no longer for it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.account import Scope
from placekeeper.domain.ask import Answer, Ask
from placekeeper.domain.device import Device
from placekeeper.domain.ports import Ledger
from placekeeper.services.account_units import NAME_LENGTH, account_named, add_credential
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.past import PASSWORD, Past

LARGEST = 50_000
"""Bytes of a page."""
SHORT = 60
"""Characters of a link."""
SIGN = "\N{OPEN BOOK}"
"""Four bytes, and twelve in an address."""
DEVICES, REVOKED, LIVE, ASKS = 2_000, 2_000, 200, 200


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on which Ann has thousands of devices and tokens, whose names and documents are as long as they may be."""
    data: Path = tmp_path_factory.mktemp("flooded")
    past = Past(data)
    past.stage.write(lambda ledger: flood(ledger, past.now))
    past.close()
    server = RunningServer(data)
    yield server
    server.kill()


def flood(ledger: Ledger, now: int) -> None:
    """All at once. Devices with secrets of their own, of which some have asked, were heard last."""
    ann, name = account_named(ledger, "ann"), SIGN * NAME_LENGTH
    for number in range(DEVICES):
        ledger.save_device(
            Device(
                account_id=ann.id,
                id=f"{number}",
                key=f"id:{number}",
                kind="kosync",
                name=name,
                address=f"192.0.2.{number % 200}",
                created_at=now - 2,
                active_at=now - 1,
            )
        )
    for number in range(REVOKED):
        token = add_credential(ledger, ann, name, f"r{number}", frozenset({Scope.ACCOUNT}), now)
        ledger.save_credential(replace(token, revoked_at=now))
    for number in range(LIVE):
        add_credential(ledger, ann, name, f"l{number}", frozenset(Scope) - {Scope.SYNC}, now)
        add_credential(ledger, ann, name, f"d{number}", frozenset({Scope.SYNC}), now)
    for number in range(ASKS):
        asked = Ask(
            account_id=ann.id,
            asker=f"192.0.2.{number}",
            protocol="kosync",
            document=f"{number:03}{SIGN * 509}",
            told=False,
            at=now + number,
            answer=Answer.NOTHING,
            progression=None,
            work_id=None,
        )
        ledger.save_ask(asked)


def test_devices_of_a_flooded_account(flooded: RunningServer) -> None:
    """The page of devices stays under 50 kB, and still lists devices, tokens and what was asked."""
    ann = Browser(flooded).sign_in()
    ann.get("/devices")

    assert len(ann.page.content) < LARGEST
    for word in ("secret of its own since", "Tokens", "got nothing: no place is known"):
        assert word in ann.words


@pytest.mark.parametrize("document", [SIGN * 512, " blank at its ends ", "a" * 512])
def test_long_documents_are_explained(own: RunningServer, document: str) -> None:
    """What leads to the reason for a document is short, however long its name, and it is searched for and linked as it is."""
    KosyncClient(own.base, "ann", md5(PASSWORD)).pull(document)
    ann = Browser(own).sign_in()
    ann.get("/devices")
    (link,) = re.findall(r"devices/why[?][^\"]*", ann.text)
    ann.get(f"/{link}&q=wonderland")

    assert len(link) < SHORT
    assert f'name="document" value="{document}"' in ann.text
    assert link.partition("=")[2] in ann.text
    ann.get(f"/{link}")
    work = re.search(r'name="work" value="([^"]+)"', ann.text)
    assert work
    ann.submit("/devices/link", document=document, work=work[1])
    assert "That document belongs to the work now" in ann.words
