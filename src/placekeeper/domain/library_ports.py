"""What is known of the library's files, as a storage engine implements it: a part of `ports`, which says what a unit is."""

from collections.abc import Iterable
from typing import Protocol

from placekeeper.domain.publication import Publication
from placekeeper.domain.shelf import FolderReport, KnownFile, Listing, Query, Relative, Skipped, Stamp


class LibraryLedger(Protocol):
    """What is known of the files in the library's folders, within one transaction. It belongs to no account.

    Publications come without reading order and contents, but for `publication`.
    """

    def publication(self, publication_id: str) -> Publication | None:
        """One publication in full, also where its file is missing."""

    def publication_at(self, folder: str, path: str) -> Publication | None:
        """The publication at a path; one whose file is there before one that is missing."""

    def publications_with(self, type_: str, value: str) -> list[Publication]:
        """Those that have that identifier, those first whose bytes have it now; a hundred at most."""

    def relatives(self, type_: str, value: str) -> list[Relative]:
        """As `publications_with`, in brief."""

    def publications_beside(self, folder: str, path: str) -> list[Relative]:
        """Those whose files are there, in the same directory as that path."""

    def edition(self, edition_id: str) -> list[Publication]:
        """All publications of an edition, missing ones too, oldest first."""

    def publication_identifiers(self, publication_id: str) -> list[tuple[str, str, bool]]:
        """(type, value, whether the file has it now) of all identifiers, also of earlier bytes."""

    def listing(self, query: Query) -> Listing:
        """Publications whose files are there."""

    def called(self, title: str, limit: int) -> list[Publication]:
        """Publications whose files are there and whose title begins with these words, as `domain.sorting.folded` has them."""

    def groups(self, facet: str, offset: int, limit: int) -> tuple[list[tuple[str, int]], int]:
        """(name, publications) of the groups of a facet, in order; and how many groups there are in all."""

    def works_of_files(self, account_id: str, type_: str, recognised_by: str) -> set[str]:
        """Ids of the account's works that an identifier of that type leads to whose value recognises a file that is there.

        `recognised_by`: the type of the file's identifier.
        """

    def works_of_editions(self, account_id: str, type_: str) -> set[str]:
        """Ids of the account's works that an identifier of that type leads to whose value is an edition with a file there."""

    def save_publication(self, publication: Publication, stamp: Stamp, reader: int) -> None:
        """Add or change a publication whose file is there. Identifiers that it had stay, as those of earlier bytes."""

    def mark_missing(self, gone: Iterable[tuple[str, str]], now: int) -> None:
        """(id, path) of those whose files are gone. What is missing already keeps its time; what is elsewhere by now is not."""

    def mark_present(self, publication_ids: Iterable[str]) -> None:
        """Their files are there again, unchanged."""

    def known_files(self, folder: str, after: tuple[str, str], limit: int) -> list[KnownFile]:
        """Files of publications, by path and id, after that one; missing ones too."""

    def skipped_files(self, folder: str, after: str, limit: int) -> list[Skipped]:
        """Files that were skipped, by path, after that one."""

    def skip(self, skipped: Skipped) -> None:
        """A file can't be read."""

    def unskip(self, folder: str, paths: Iterable[str]) -> None:
        """These are not there any more."""

    def damaged_files(self, limit: int) -> list[tuple[str, str, str]]:
        """(folder, path, what is wrong) of publications that are damaged in part."""

    def library_folders(self) -> list[str]:
        """All folders that anything is known of."""

    def count_publications(self) -> int:
        """How many publications there are whose files are there."""

    def save_report(self, report: FolderReport) -> None:
        """What a scan of a folder has found; the one before is replaced."""

    def reports(self) -> list[FolderReport]:
        """The last report of each folder."""
