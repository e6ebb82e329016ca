"""What devices asked, what the admin chose and sees of accounts comes back as it went in; copies are whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.account import Usage
from placekeeper.domain.ask import Answer
from placekeeper.domain.errors import StorageUnavailable
from placekeeper.storage.sqlite import SqliteStore
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import NOW, RATIOS, TEXTS, a_credential, a_device, a_read_work, an_account, an_ask


class ServerClaims(Claims):
    def test_asks_round_trip(self, opened: Opened) -> None:
        """Whatever is in them, asks come back, the newest first, as many as are wanted; what is absent stays absent."""
        me = an_account()
        asks = [an_ask(me.id, document=text, asker=text, at=NOW + number) for number, text in enumerate(TEXTS)]
        asks += [an_ask(me.id, document=f"{ratio}", progression=ratio, at=NOW + 100 + at) for at, ratio in enumerate(RATIOS)]
        asks.append(an_ask(me.id, told=True, answer=Answer.NOTHING, progression=None, work_id=None, at=NOW + 200))
        for ask in asks:
            opened.write(lambda ledger, ask=ask: ledger.save_ask(ask))

        assert asks[::-1] == opened.browse(lambda ledger: ledger.asks(me.id, 100))
        assert asks[:-3:-1] == opened.browse(lambda ledger: ledger.asks(me.id, 2))

    def test_a_newer_ask_replaces(self, opened: Opened) -> None:
        """One asker has one entry for a document, a protocol and a direction: the last one."""
        first = an_ask("me")
        others = [
            replace(first, **change) for change in ({"told": True}, {"protocol": "other"}, {"asker": "x"}, {"document": "y"})
        ]
        last = replace(first, at=NOW + 9, answer=Answer.TRANSLATED, progression=0.9, work_id="other")
        for ask in (first, *others, last):
            opened.write(lambda ledger, ask=ask: ledger.save_ask(ask))

        found = opened.browse(lambda ledger: ledger.asks("me", 100))
        assert last == found[0]
        assert 5 == len(found)

    @pytest.mark.parametrize("keep", [1, 3, 5, 9])
    def test_asks_are_trimmed(self, opened: Opened, keep: int) -> None:
        """Only the newest stay, and nobody else's go."""
        for number in range(5):
            for account_id in ("me", "her"):
                ask = an_ask(account_id, document=str(number), at=NOW + number)
                opened.write(lambda ledger, ask=ask: ledger.save_ask(ask))
        opened.write(lambda ledger: ledger.trim_asks("me", keep))

        assert ["4", "3", "2", "1", "0"][:keep] == [ask.document for ask in opened.browse(lambda ledger: ledger.asks("me", 9))]
        assert 5 == len(opened.browse(lambda ledger: ledger.asks("her", 9)))

    def test_devices_lately(self, opened: Opened) -> None:
        """Some devices are those that were active last, in the order of all."""
        devices = [a_device("me", active_at=NOW + number) for number in range(4)]
        for device in devices:
            opened.write(lambda ledger, device=device: ledger.save_device(device))

        assert devices[:1:-1] == opened.browse(lambda ledger: ledger.devices_lately("me", 2))
        assert devices[::-1] == opened.browse(lambda ledger: ledger.devices_lately("me", 9))
        assert [] == opened.browse(lambda ledger: ledger.devices_lately("nobody", 9))

    def test_live_credentials(self, opened: Opened) -> None:
        """Of an account's credentials, those are live that are not revoked, the oldest first."""
        both = [a_credential("me", id=f"{number}") for number in range(2)]
        for credential in (*both, a_credential("me", revoked_at=NOW), a_credential("her")):
            opened.write(lambda ledger, credential=credential: ledger.save_credential(credential))

        assert both == opened.browse(lambda ledger: ledger.live_credentials("me"))

    def test_choices(self, opened: Opened) -> None:
        """What was chosen last counts; what nobody has chosen is None."""
        assert None is opened.read(lambda ledger: ledger.choice("registration"))
        for value in ("closed", "", "pair"):
            opened.write(lambda ledger, value=value: ledger.save_choice("registration", value))
            assert value == opened.read(lambda ledger: ledger.choice("registration"))

    def test_accounts_like(self, opened: Opened) -> None:
        """Accounts are found by a part of their names, whatever signs it has, by name and page by page."""
        for name in ("ann", "Anna", "bob", "b%b", "b_b", "b!b", "b\\b", "Österreich"):
            opened.write(lambda ledger, name=name: ledger.save_account(an_account(name=name)))

        def names(text: str, after: str = "", limit: int = 9) -> list[str]:
            return [each.name for each in opened.browse(lambda ledger: ledger.accounts_like(text, after, limit))]

        every = sorted(("ann", "Anna", "bob", "b%b", "b_b", "b!b", "b\\b", "Österreich"))
        assert every == names("")
        assert every[2:4] == names("", every[1], 2)
        assert ["Anna", "ann"] == names("NN")
        for text in ("b%b", "b_b", "b!b", "b\\b", "Österreich"):
            assert [text] == names(text)
        assert [] == names("'")
        assert 8 == opened.browse(lambda ledger: ledger.count_accounts())

    def test_admins(self, opened: Opened) -> None:
        """Admins are listed by name, some of them, and nobody else."""
        for name, admin in (("c", True), ("a", False), ("b", True)):
            opened.write(lambda ledger, name=name, admin=admin: ledger.save_account(an_account(name=name, admin=admin)))

        assert ["b", "c"] == [each.name for each in opened.browse(lambda ledger: ledger.admins(9))]
        assert ["b"] == [each.name for each in opened.browse(lambda ledger: ledger.admins(1))]

    def test_usage(self, opened: Opened) -> None:
        """An account without anything has nothing, and was never active; what it has is counted."""
        me = an_account()
        opened.write(lambda ledger: ledger.save_account(me))
        assert Usage(works=0, readings=0, annotations=0, devices=0, active_at=None) == opened.browse(
            lambda ledger: ledger.usage(me.id)
        )
        for number in range(3):
            opened.write(lambda ledger, number=number: a_read_work(ledger, me.id, f"document {number}"))

        found = opened.browse(lambda ledger: ledger.usage(me.id))
        assert (3, found.readings) == (found.works, found.kept)
        assert found.kept == opened.browse(lambda ledger: ledger.kept(me.id))

    def test_copy_is_whole(self, opened: Opened, tmp_path: Path) -> None:
        """A copy has all that was written before it, opens as a database of its own, and is for nobody else's eyes."""
        me = an_account()
        opened.write(lambda ledger: ledger.save_account(me))
        folder = tmp_path / "copy"
        folder.mkdir()
        opened.play(lambda store: store.copy(folder / "placekeeper.sqlite3"))
        opened.write(lambda ledger: ledger.save_account(an_account()))
        assert 0o600 == (folder / "placekeeper.sqlite3").stat().st_mode & 0o777
        copy = SqliteStore(folder, now_ms=NOW, existing=True)

        assert [me] == copy.run(lambda ledger: ledger.accounts())
        copy.close()
        with pytest.raises(StorageUnavailable):
            opened.play(lambda store: store.copy(tmp_path / "nowhere" / "copy"))
