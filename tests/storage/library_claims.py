"""The library's publications come back as they went in, are found by what they are, and stay as history when files go."""

from dataclasses import replace
from typing import Any

import pytest

from placekeeper.domain.ports import Ledger
from placekeeper.domain.publication import Contributor, Described, Kind, Link, Metadata, Publication, Series
from placekeeper.domain.shelf import FolderReport, Query, Relative, Skipped, Stamp
from placekeeper.domain.work import Identifier
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import NOW, TEXTS, an_account, an_id

STAMP = Stamp(size=1234, mtime_ns=1_600_000_000_123_456_789, inode=2**63 - 1, mounted=True)
METADATA = Metadata(
    title="Emma",
    authors=(Contributor("Jane Austen", "aut", "Austen, Jane"),),
    series=(Series("Novels", "4"),),
    languages=("en-GB",),
    subjects=("Fiction",),
    description="Handsome, clever, and rich.",
)


def a_publication(path: str = "", *, kind: Kind = Kind.EPUB, identifiers: Any = (), notes: Any = (), **said: Any) -> Publication:
    """A publication, as the ledger gives it back after it was kept with STAMP."""
    id_ = an_id()
    described = Described(
        kind=kind,
        media_type="application/epub+zip",
        metadata=replace(METADATA, **said),
        reading_order=(Link(href="a.xhtml", length=7, title="A"), Link(href="b.xhtml", linear=False, duration=0.1 + 0.2)),
        contents=(Link(href="a.xhtml#t=1"),),
        identifiers=identifiers,
        notes=notes,
    )
    return Publication(
        id=id_,
        edition_id=f"edition-{id_}",
        folder="/books",
        path=path or f"{id_}.epub",
        size=STAMP.size,
        modified_at=STAMP.mtime_ns // 1_000_000,
        described=described,
        added_at=NOW,
        scanned_at=NOW + 1,
    )


def short(publication: Publication) -> Publication:
    """As lists have it."""
    return replace(publication, described=replace(publication.described, reading_order=(), contents=()))


def kept(opened: Opened, *publications: Publication) -> tuple[Publication, ...]:
    for publication in publications:
        opened.write(lambda ledger, publication=publication: ledger.save_publication(publication, STAMP, 1))
    return publications


def titles(opened: Opened, **query: Any) -> list[str]:
    listing = opened.browse(lambda ledger: ledger.listing(Query(**query)))
    return [publication.described.metadata.title for publication in listing.publications]


class LibraryClaims(Claims):
    @pytest.mark.parametrize("text", TEXTS)
    def test_publication_round_trip(self, opened: Opened, text: str) -> None:
        """A publication comes back with every field, whatever is written in it; lists leave out what is long."""
        publication = a_publication(text, title=text, description=text, identifiers=(("urn", text),), notes=(text,))
        kept(opened, publication)

        assert publication == opened.read(lambda ledger: ledger.publication(publication.id))
        assert short(publication) == opened.read(lambda ledger: ledger.publication_at("/books", publication.path))
        assert [short(publication)] == opened.read(lambda ledger: ledger.publications_with("urn", text))
        assert (short(publication),) == opened.browse(lambda ledger: ledger.listing(Query())).publications
        assert [short(publication)] == opened.read(lambda ledger: ledger.edition(publication.edition_id))

    def test_no_publication(self, opened: Opened) -> None:
        """What is not there is None or empty, never an error."""
        assert None is opened.read(lambda ledger: ledger.publication("none"))
        assert None is opened.read(lambda ledger: ledger.publication_at("/books", "none"))
        assert [] == opened.read(lambda ledger: ledger.publications_with("sha256", "none"))
        assert ([], 0) == opened.browse(lambda ledger: ledger.groups("author", 0, 9))
        assert 0 == opened.browse(lambda ledger: ledger.listing(Query())).total
        assert [] == opened.read(lambda ledger: ledger.library_folders())

    def test_earlier_identifiers_stay(self, opened: Opened) -> None:
        """Identifiers of earlier bytes still lead to the publication, after those that have them now."""
        first = a_publication(identifiers=(("sha256", "old"), ("isbn", "same")))
        changed = replace(first, described=replace(first.described, identifiers=(("sha256", "new"), ("isbn", "same"))))
        other = a_publication(identifiers=(("sha256", "old"),))
        kept(opened, first, changed, other)

        assert [other.id, first.id] == [p.id for p in opened.read(lambda ledger: ledger.publications_with("sha256", "old"))]
        assert [other.id, first.id] == [r.id for r in opened.read(lambda ledger: ledger.relatives("sha256", "old"))]
        assert [("isbn", "same", True), ("sha256", "new", True), ("sha256", "old", False)] == opened.read(
            lambda ledger: ledger.publication_identifiers(first.id)
        )

    def test_missing_is_history(self, opened: Opened) -> None:
        """What is missing leaves all lists but keeps its first time, its id and identifiers; found again, it is back."""
        (gone, here) = kept(opened, a_publication(title="Gone", identifiers=(("isbn", "1"),)), a_publication(title="Here"))
        opened.write(lambda ledger: ledger.mark_missing([(gone.id, gone.path)], NOW + 5))
        opened.write(lambda ledger: ledger.mark_missing([(gone.id, gone.path)], NOW + 9))
        opened.write(lambda ledger: ledger.mark_missing([(here.id, "where it was before")], NOW + 9))

        assert replace(gone, missing_since=NOW + 5) == opened.read(lambda ledger: ledger.publication(gone.id))
        brief = Relative(gone.id, gone.edition_id, "/books", gone.path, "epub", missing=True)
        assert [brief] == opened.read(lambda ledger: ledger.relatives("isbn", "1"))
        assert ["Here"] == titles(opened)
        assert ([("Jane Austen", 1)], 1) == opened.browse(lambda ledger: ledger.groups("author", 0, 9))
        assert 1 == opened.browse(lambda ledger: ledger.count_publications())
        assert [gone.id] == [p.id for p in opened.read(lambda ledger: ledger.publications_with("isbn", "1"))]
        opened.write(lambda ledger: ledger.mark_present([gone.id]))
        assert gone == opened.read(lambda ledger: ledger.publication(gone.id))
        assert here.added_at == gone.added_at
        assert ["Gone", "Here"] == titles(opened)

    def test_one_path_twice(self, opened: Opened) -> None:
        """Of several publications that were at a path, the one whose file is there counts."""
        here, gone = a_publication("a.epub"), a_publication("a.epub")
        kept(opened, here, gone)
        opened.write(lambda ledger: ledger.mark_missing([(gone.id, gone.path)], NOW))

        found = opened.read(lambda ledger: ledger.publication_at("/books", "a.epub"))
        assert found is not None
        assert here.id == found.id
        assert {here.id: False, gone.id: True} == {
            file.id: file.missing for file in opened.browse(lambda ledger: ledger.known_files("/books", ("", ""), 9))
        }

    def test_orders(self, opened: Opened) -> None:
        """Titles go without their articles, authors by surname, series by number, added ones newest first."""
        kept(
            opened,
            a_publication(title="The Tempest", series=(Series("B", "10"),), authors=(Contributor("Zoe Adams"),)),
            a_publication(title="a Book", series=(Series("B", "9"),), authors=(Contributor("Adam Young"),)),
            a_publication(title="\N{LATIN CAPITAL LETTER E WITH ACUTE}tude 10", series=(), authors=()),
            a_publication(title="Etude 9", series=(Series("a"),), authors=(Contributor("Ann B", sort="Zz"),)),
        )
        study = "\N{LATIN CAPITAL LETTER E WITH ACUTE}tude 10"

        assert ["a Book", "Etude 9", study, "The Tempest"] == titles(opened)
        assert ["The Tempest", "a Book", "Etude 9", study] == titles(opened, sort="author")
        assert ["Etude 9", "a Book", "The Tempest", study] == titles(opened, sort="series")
        assert ["Etude 9", study, "a Book", "The Tempest"] == titles(opened, sort="added")

    def test_pages(self, opened: Opened) -> None:
        """Pages of a list overlap nowhere, miss nothing, and know how many there are in all."""
        kept(opened, *(a_publication(title=f"Book {number}") for number in range(7)))
        pages = [opened.browse(lambda ledger, at=at: ledger.listing(Query(offset=at, limit=3))) for at in (0, 3, 6, 9)]

        assert [7] * 4 == [page.total for page in pages]
        assert [f"Book {n}" for n in range(7)] == [p.described.metadata.title for page in pages for p in page.publications]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"text": "emma"}, True),
            ({"text": "AUST emm"}, True),
            ({"text": "mma"}, False),
            ({"text": "novels fiction"}, True),
            ({"text": "emma tempest"}, False),
            ({"text": "%"}, True),
            ({"text": "e_ma"}, False),
            ({"text": "\N{CJK UNIFIED IDEOGRAPH-8349}"}, False),
            ({"text": " ".join(["emma"] * 20)}, True),
            ({"author": "Jane Austen"}, True),
            ({"author": "jane austen"}, False),
            ({"series": "Novels", "language": "en-GB", "subject": "Fiction", "kind": "epub"}, True),
            ({"series": "Novels", "language": "de"}, False),
            ({"kind": "pdf"}, False),
        ],
    )
    def test_searches(self, opened: Opened, query: dict[str, str], *, found: bool) -> None:
        """Words are found where they begin, in any order and case; names of groups exactly; all that is asked for must hold."""
        kept(opened, a_publication())

        assert (["Emma"] if found else []) == titles(opened, **query)
        assert int(found) == opened.browse(lambda ledger: ledger.listing(Query(**query))).total

    def test_searches_without_spaces(self, opened: Opened) -> None:
        """In scripts that part no words, a part of a word is found; accents and case do not matter in any."""
        kept(opened, a_publication(title="\u8349\u6795"), a_publication(title="\N{GREEK CAPITAL LETTER SIGMA}ΟΦΌΣ", authors=()))

        assert ["\u8349\u6795"] == titles(opened, text="\u6795")
        assert ["\N{GREEK CAPITAL LETTER SIGMA}ΟΦΌΣ"] == titles(opened, text="σοφος")

    def test_called(self, opened: Opened) -> None:
        """Publications are found by the words that their titles begin with, whole words, and not once their files are gone."""
        names = ("It", "It Ends", "IT\N{EM DASH}ends", "Item", "Bit", "")
        books = {title: a_publication(f"{title}.epub", title=title) for title in names}
        kept(opened, *books.values())

        def called(words: str, limit: int = 9) -> set[str]:
            return {each.described.metadata.title for each in opened.browse(lambda ledger: ledger.called(words, limit))}

        assert {"It", "It Ends", "IT\N{EM DASH}ends"} == called("it")
        assert {"It Ends", "IT\N{EM DASH}ends"} == called("it ends")
        assert 2 == len(called("it", 2))
        assert set() == called("it e") == called("%")
        opened.write(lambda ledger: ledger.mark_missing([(books["It"].id, books["It"].path)], NOW))
        assert "It" not in called("it")

    def test_groups(self, opened: Opened) -> None:
        """Groups come sorted as people expect, each with its number of publications, in pages."""
        both = (Contributor("Zoe Adams"), Contributor("Adam Young"))
        kept(opened, a_publication(authors=both), a_publication(authors=both[:1]), a_publication(authors=(Contributor("B"),)))

        assert ([("Zoe Adams", 2), ("B", 1)], 3) == opened.browse(lambda ledger: ledger.groups("author", 0, 2))
        assert ([("Adam Young", 1)], 3) == opened.browse(lambda ledger: ledger.groups("author", 2, 2))
        assert ([("Novels", 3)], 1) == opened.browse(lambda ledger: ledger.groups("series", 0, 9))
        assert ([("en-GB", 3)], 1) == opened.browse(lambda ledger: ledger.groups("language", 0, 9))

    def test_groups_follow(self, opened: Opened) -> None:
        """A publication that is tagged anew leaves its old groups."""
        (old,) = kept(opened, a_publication())
        kept(opened, replace(old, described=replace(old.described, metadata=replace(METADATA, authors=(Contributor("Anon"),)))))

        assert ([("Anon", 1)], 1) == opened.browse(lambda ledger: ledger.groups("author", 0, 9))

    def test_known_files_in_pages(self, opened: Opened) -> None:
        """All files of a folder are walked in pages, each once, with their stamps; other folders' are not."""
        paths = ["a/b.epub", "a/b/c.epub", "a.epub", "\N{GRINNING FACE}.epub", "A.epub"]
        kept(opened, *(a_publication(path) for path in paths), replace(a_publication(), folder="/comics"))
        after, walked = ("", ""), []
        while page := opened.browse(lambda ledger, after=after: ledger.known_files("/books", after, 2)):
            walked += page
            after = (page[-1].path, page[-1].id)

        assert sorted(paths) == [file.path for file in walked]
        assert {(STAMP, False, 1)} == {(file.stamp, file.missing, file.reader) for file in walked}
        assert ["/books", "/comics"] == opened.read(lambda ledger: ledger.library_folders())

    def test_beside(self, opened: Opened) -> None:
        """Beside a file are those in its very directory whose files are there."""
        paths = ["x.epub", "a/b/1.epub", "a/b/2.pdf", "a/b/c/3.epub", "a/b2/4.epub", "a/5.epub"]
        publications = kept(opened, *(a_publication(path) for path in paths))
        opened.write(lambda ledger: ledger.mark_missing([(publications[2].id, publications[2].path)], NOW))

        def beside(path: str) -> list[str]:
            return [p.path for p in opened.read(lambda ledger: ledger.publications_beside("/books", path))]

        assert ["a/b/1.epub"] == beside("a/b/new.pdf")
        assert ["a/5.epub"] == beside("a/new.pdf")
        assert ["x.epub"] == beside("new.pdf")
        assert [] == beside("nowhere/new.pdf")

    def test_skipped(self, opened: Opened) -> None:
        """A skipped file has one line why, the newest; it ends when the file is gone, or is read after all."""
        one = Skipped(folder="/books", path="a.epub", stamp=STAMP, why="no", at=NOW, reader=3)
        two = replace(one, path="b.epub", why=TEXTS[4])
        for skipped in (one, two, replace(one, why="still no", at=NOW + 1)):
            opened.write(lambda ledger, skipped=skipped: ledger.skip(skipped))

        assert [replace(one, why="still no", at=NOW + 1), two] == opened.read(
            lambda ledger: ledger.skipped_files("/books", "", 9)
        )
        assert [two] == opened.read(lambda ledger: ledger.skipped_files("/books", "a.epub", 1))
        kept(opened, a_publication("a.epub"))
        opened.write(lambda ledger: ledger.unskip("/books", ["b.epub", "none"]))
        assert [] == opened.read(lambda ledger: ledger.skipped_files("/books", "", 9))

    def test_damaged(self, opened: Opened) -> None:
        """What is damaged in part is listed with the first thing that is wrong."""
        kept(opened, a_publication("b.epub", notes=("a page is missing", "more")), a_publication("a.epub"))

        assert [("/books", "b.epub", "a page is missing")] == opened.browse(lambda ledger: ledger.damaged_files(9))

    def test_reports(self, opened: Opened) -> None:
        """The last report of each folder is kept in full."""
        first = FolderReport(folder="/books", began_at=1, ended_at=2, files=3, problems=(TEXTS[3],))
        second = FolderReport(
            folder="/comics", began_at=1, ended_at=2, added=3, changed=4, moved=5, missing=6, unsettled=7, other=8
        )
        for report in (replace(first, files=1), second, first):
            opened.write(lambda ledger, report=report: ledger.save_report(report))

        assert [first, second] == opened.browse(lambda ledger: ledger.reports())

    def test_works_of_files(self, opened: Opened) -> None:
        """An account's works are found by the files and editions that are there; never another's, never by missing ones."""
        account, other = an_account(), an_account()
        opened.write(lambda ledger: ledger.save_account(account))
        here, gone = a_publication(identifiers=(("koreader-partial-md5", an_id()),)), a_publication(identifiers=(("x", an_id()),))
        kept(opened, here, gone)
        opened.write(lambda ledger: ledger.mark_missing([(gone.id, gone.path)], NOW))
        by_file, by_edition, by_gone = (an_id() for _ in range(3))

        def unit(ledger: Ledger) -> None:
            for work_id, type_, value in (
                (by_file, "document", here.described.identifiers[0][1]),
                (by_edition, "publication", here.edition_id),
                (by_gone, "publication", gone.edition_id),
                (by_gone, "document", gone.described.identifiers[0][1]),
            ):
                ledger.register(account.id, Identifier(type=type_, value=value, work_id=work_id, document=value), NOW)

        opened.write(unit)

        def files(account_id: str, recognised_by: str) -> set[str]:
            return opened.read(lambda ledger: ledger.works_of_files(account_id, "document", recognised_by))

        assert ({by_file}, set()) == (files(account.id, "koreader-partial-md5"), files(account.id, "x"))
        assert {by_edition} == opened.read(lambda ledger: ledger.works_of_editions(account.id, "publication"))
        assert set() == files(other.id, "koreader-partial-md5")
