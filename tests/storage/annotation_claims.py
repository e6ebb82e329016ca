"""Annotations: kept whole, listed by their last change, deleted ones as tombstones; and what an account prefers."""

from dataclasses import replace

import pytest

from placekeeper.domain.annotation import Annotation, Collection
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

    def test_pages(self, opened: Opened) -> None:
        """Pages go by id, whatever is changed meanwhile; what is deleted is in none; counts agree with them."""
        made = [an_annotation(ME, collection=NOTES) for _ in range(5)]
        for each in [*made, an_annotation(ME), an_annotation("lucy", collection=NOTES)]:
            opened.write(lambda ledger, each=each: ledger.save_annotation(each))
        changed, gone = replace(made[0], change=an_id()), replace(made[1], deleted_at=NOW)
        for each in (changed, gone):
            opened.write(lambda ledger, each=each: ledger.save_annotation(each))

        def page(after: str = "", offset: int = 0, limit: int = 9) -> list[Annotation]:
            return opened.read(
                lambda ledger: ledger.annotation_page(ME, NOTES, source=None, after=after, offset=offset, limit=limit)
            )

        assert [changed, *made[2:]] == page()
        assert made[3:4] == page(after=made[2].id, limit=1)
        assert made[2:4] == page(offset=1, limit=2)
        assert 4 == opened.read(lambda ledger: ledger.count_annotations(ME, NOTES))
        assert 2 == opened.read(lambda ledger: ledger.count_annotations(ME, NOTES, upto=made[2].id))
        assert changed.change == opened.read(lambda ledger: ledger.last_annotation_change(ME, NOTES))
        assert "" == opened.read(lambda ledger: ledger.last_annotation_change("mina murray", NOTES))

    def test_sources(self, opened: Opened) -> None:
        """An annotation is found by each source that it names now, and by no other account's."""
        made = [an_annotation(ME, collection=NOTES) for _ in range(3)]
        for number, each in enumerate(made):
            opened.write(lambda ledger, each=each: ledger.save_annotation(each))
            opened.write(
                lambda ledger, each=each, of=number: ledger.save_annotation_sources(ME, each.id, ["urn:all", f"urn:{of}"])
            )
        opened.write(lambda ledger: ledger.save_annotation_sources(ME, made[2].id, ["urn:1"]))

        def of(source: str, account: str = ME) -> list[Annotation]:
            return opened.read(lambda ledger: ledger.annotation_page(account, NOTES, source=source, after="", offset=0, limit=9))

        assert made[:2] == of("urn:all")
        assert made[1:] == of("urn:1")
        assert [] == of("urn:2") == of("urn:all", "lucy")
        assert 2 == opened.read(lambda ledger: ledger.count_annotations(ME, NOTES, source="urn:all"))
        assert 1 == opened.read(lambda ledger: ledger.count_annotations(ME, NOTES, source="urn:all", upto=made[0].id))

    def test_preferences(self, opened: Opened) -> None:
        """What an account has chosen is its own, until it chooses otherwise."""
        opened.write(lambda ledger: ledger.save_preference(ME, "sync", "true"))
        opened.write(lambda ledger: ledger.save_preference(ME, "sync", "false"))

        assert "false" == opened.read(lambda ledger: ledger.preference(ME, "sync"))
        assert opened.read(lambda ledger: ledger.preference("lucy", "sync")) is None
        assert opened.read(lambda ledger: ledger.preference(ME, "other")) is None
