"""Annotations: kept whole, listed by their last change, deleted ones as tombstones; and what an account prefers."""

from dataclasses import replace

import pytest

from placekeeper.domain.annotation import Collection
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import NOW, TEXTS, an_annotation, an_id

ME = "mina"
MARKS, NOTES = Collection.BOOKMARKS, Collection.ANNOTATIONS


class AnnotationClaims(Claims):
    @pytest.mark.parametrize("text", TEXTS)
    def test_annotation_round_trip(self, opened: Opened, text: str) -> None:
        """An annotation comes back with every part, present or absent, byte for byte."""
        one = an_annotation(ME, source=text, motivation=text, same=text, content=text, deleted_at=NOW)
        two = an_annotation(ME, collection=NOTES, said_at=None)
        for each in (one, two):
            opened.write(lambda ledger, each=each: ledger.save_annotation(each))

        assert one == opened.read(lambda ledger: ledger.annotation(ME, one.id))
        assert two == opened.read(lambda ledger: ledger.annotation(ME, two.id))
        assert one == opened.read(lambda ledger: ledger.annotation_same(ME, MARKS, text))
        assert opened.read(lambda ledger: ledger.annotation_same(ME, NOTES, text)) is None
        assert opened.read(lambda ledger: ledger.annotation("lucy", one.id)) is None

    def test_listed_by_their_last_change(self, opened: Opened) -> None:
        """Those of a collection come with the one changed last first, in pages, of one source where that is asked."""
        made = [an_annotation(ME, source=f"urn:{number % 2}") for number in range(6)]
        for each in [*made, an_annotation(ME, collection=NOTES), an_annotation("lucy")]:
            opened.write(lambda ledger, each=each: ledger.save_annotation(each))
        changed = replace(made[0], content="{}", change=an_id())
        opened.write(lambda ledger: ledger.save_annotation(changed))
        expected = [changed, *reversed(made[1:])]

        assert expected == opened.read(lambda ledger: ledger.annotations(ME, MARKS, limit=9))
        assert expected[2:4] == opened.read(lambda ledger: ledger.annotations(ME, MARKS, before=expected[1].change, limit=2))
        even = [each for each in expected if each.source == "urn:0"]
        assert even == opened.read(lambda ledger: ledger.annotations(ME, MARKS, source="urn:0", limit=9))
        assert 6 == opened.read(lambda ledger: ledger.count_annotations(ME, MARKS))

    def test_tombstones(self, opened: Opened) -> None:
        """What is deleted is in no list, can be looked up still, and is among the changes, in their order."""
        one, two = an_annotation(ME), an_annotation(ME)
        for each in (one, two):
            opened.write(lambda ledger, each=each: ledger.save_annotation(each))
        gone = replace(one, deleted_at=NOW, change=an_id())
        opened.write(lambda ledger: ledger.save_annotation(gone))

        assert [two] == opened.read(lambda ledger: ledger.annotations(ME, MARKS, limit=9))
        assert 1 == opened.read(lambda ledger: ledger.count_annotations(ME, MARKS))
        assert gone == opened.read(lambda ledger: ledger.annotation(ME, one.id))
        assert [two, gone] == opened.read(lambda ledger: ledger.annotation_changes(ME, MARKS, "", 9))
        assert [gone] == opened.read(lambda ledger: ledger.annotation_changes(ME, MARKS, two.change, 9))
        assert [two] == opened.read(lambda ledger: ledger.annotation_changes(ME, MARKS, "", 1))

    def test_preferences(self, opened: Opened) -> None:
        """What an account has chosen is its own, until it chooses otherwise."""
        opened.write(lambda ledger: ledger.save_preference(ME, "sync", "true"))
        opened.write(lambda ledger: ledger.save_preference(ME, "sync", "false"))

        assert "false" == opened.read(lambda ledger: ledger.preference(ME, "sync"))
        assert opened.read(lambda ledger: ledger.preference("lucy", "sync")) is None
        assert opened.read(lambda ledger: ledger.preference(ME, "other")) is None
