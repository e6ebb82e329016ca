"""All SQL of the library, named; as in `statements`, one text for every engine. These tables belong to no account."""

WORDS = 8
"""So many words of a search are looked for."""
COPIES = 100
"""So many publications with one identifier are looked at: some people keep a hundred copies of a template."""

_HEAD = "p.id, p.edition_id, p.folder, p.path, p.size, p.mtime_ns, p.added_at, p.scanned_at, p.missing_since"
_IN_FULL = f"SELECT {_HEAD}, d.described, d.extent FROM publication p JOIN publication_description d ON d.publication_id = p.id"
_IN_SHORT = f"SELECT {_HEAD}, d.described, NULL FROM publication p JOIN publication_description d ON d.publication_id = p.id"

PUBLICATION = f"{_IN_FULL} WHERE p.id = :id"
PUBLICATION_AT = (
    f"{_IN_SHORT} WHERE p.folder = :folder AND p.path = :path ORDER BY p.missing_since IS NOT NULL, p.id DESC LIMIT 1"
)
PUBLICATIONS_WITH = f"""
{_IN_SHORT} JOIN publication_identifier i ON i.publication_id = p.id
WHERE i.type = :type AND i.value = :value ORDER BY i.current DESC, p.id LIMIT {COPIES}"""
_RELATIVE = "SELECT p.id, p.edition_id, p.folder, p.path, p.kind, p.missing_since IS NOT NULL FROM publication p"
RELATIVES = f"""
{_RELATIVE} JOIN publication_identifier i ON i.publication_id = p.id
WHERE i.type = :type AND i.value = :value ORDER BY i.current DESC, p.id LIMIT {COPIES}"""
PUBLICATIONS_BESIDE = f"{_RELATIVE} WHERE p.folder = :folder AND p.path >= :low AND p.path < :high AND p.missing_since IS NULL"
EDITION = f"{_IN_SHORT} WHERE p.edition_id = :edition_id ORDER BY p.id"
IDENTIFIERS_OF = "SELECT type, value, current FROM publication_identifier WHERE publication_id = :id ORDER BY type, value"

_FACET = (
    "(:{0} = '' OR EXISTS (SELECT 1 FROM publication_facet f "
    "WHERE f.facet = '{0}' AND f.name = :{0} AND f.publication_id = p.id))"
)
_WANTED = " AND ".join(
    [
        "p.missing_since IS NULL",
        "(:kind = '' OR p.kind = :kind)",
        *(_FACET.format(facet) for facet in ("author", "series", "language", "subject")),
        *(f"p.search LIKE :word{number} ESCAPE '!'" for number in range(WORDS)),
    ]
)
LISTINGS = {
    sort: f"""
SELECT {_HEAD}, d.described, NULL
FROM (SELECT p.* FROM publication p WHERE {_WANTED} ORDER BY {order} LIMIT :limit OFFSET :offset) p
JOIN publication_description d ON d.publication_id = p.id ORDER BY {order}"""
    for sort, order in {
        "title": "p.title_sort, p.id",
        "author": "p.author_sort, p.title_sort, p.id",
        "series": "p.series_sort, p.title_sort, p.id",
        "added": "p.added_at DESC, p.id DESC",
    }.items()
}
COUNT = f"SELECT COUNT(*) FROM publication p WHERE {_WANTED}"
_GROUPED = """
FROM publication_facet f JOIN publication p ON p.id = f.publication_id WHERE f.facet = :facet AND p.missing_since IS NULL"""
GROUPS = f"SELECT f.name, COUNT(*) {_GROUPED} GROUP BY f.name ORDER BY MIN(f.sort), f.name LIMIT :limit OFFSET :offset"
COUNT_GROUPS = f"SELECT COUNT(DISTINCT f.name) {_GROUPED}"

CALLED = f"""
SELECT {_HEAD}, d.described, NULL FROM publication p JOIN publication_description d ON d.publication_id = p.id
WHERE p.missing_since IS NULL AND (p.search = :title OR (p.search >= :with_more AND p.search < :after))
ORDER BY p.search, p.id LIMIT :limit"""
SAVE_PUBLICATION = """
INSERT INTO publication (id, edition_id, folder, path, size, mtime_ns, inode, mounted, kind, title_sort, author_sort,
    series_sort, search, note, reader, added_at, scanned_at, missing_since)
VALUES (:id, :edition_id, :folder, :path, :size, :mtime_ns, :inode, :mounted, :kind, :title_sort, :author_sort,
    :series_sort, :search, :note, :reader, :added_at, :scanned_at, NULL)
ON CONFLICT (id) DO UPDATE SET edition_id = excluded.edition_id, folder = excluded.folder, path = excluded.path,
    size = excluded.size, mtime_ns = excluded.mtime_ns, inode = excluded.inode, mounted = excluded.mounted, kind = excluded.kind,
    title_sort = excluded.title_sort, author_sort = excluded.author_sort, series_sort = excluded.series_sort,
    search = excluded.search, note = excluded.note, reader = excluded.reader, scanned_at = excluded.scanned_at,
    missing_since = NULL"""
SAVE_DESCRIPTION = """
INSERT INTO publication_description (publication_id, described, extent) VALUES (:id, :described, :extent)
ON CONFLICT (publication_id) DO UPDATE SET described = excluded.described, extent = excluded.extent"""
OLD_IDENTIFIERS = "UPDATE publication_identifier SET current = 0 WHERE publication_id = :id AND current = 1"
SAVE_IDENTIFIER = """
INSERT INTO publication_identifier (type, value, publication_id, current) VALUES (:type, :value, :id, 1)
ON CONFLICT (type, value, publication_id) DO UPDATE SET current = 1"""
DROP_FACETS = "DELETE FROM publication_facet WHERE publication_id = :id"
SAVE_FACET = """
INSERT INTO publication_facet (facet, name, publication_id, sort) VALUES (:facet, :name, :id, :sort)
ON CONFLICT (facet, name, publication_id) DO NOTHING"""
MARK_MISSING = "UPDATE publication SET missing_since = :now WHERE id = :id AND path = :path AND missing_since IS NULL"
MARK_PRESENT = "UPDATE publication SET missing_since = NULL WHERE id = :id"

WORKS_OF_FILES = """
SELECT DISTINCT i.work_id FROM identifier i
JOIN publication_identifier f ON f.type = :recognised_by AND f.value = i.value
JOIN publication p ON p.id = f.publication_id AND p.missing_since IS NULL
WHERE i.account_id = :account_id AND i.type = :type"""
WORKS_OF_EDITIONS = """
SELECT DISTINCT i.work_id FROM identifier i
JOIN publication p ON p.edition_id = i.value AND p.missing_since IS NULL
WHERE i.account_id = :account_id AND i.type = :type"""

KNOWN_FILES = """
SELECT path, size, mtime_ns, inode, mounted, id, missing_since IS NOT NULL, reader FROM publication
WHERE folder = :folder AND (path > :path OR (path = :path AND id > :id)) ORDER BY path, id LIMIT :limit"""
SKIPPED_FILES = """
SELECT folder, path, size, mtime_ns, inode, mounted, why, at, reader FROM skipped_file
WHERE folder = :folder AND path > :path ORDER BY path LIMIT :limit"""
SKIP = """
INSERT INTO skipped_file (folder, path, size, mtime_ns, inode, mounted, why, at, reader)
VALUES (:folder, :path, :size, :mtime_ns, :inode, :mounted, :why, :at, :reader)
ON CONFLICT (folder, path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, inode = excluded.inode,
    mounted = excluded.mounted, why = excluded.why, at = excluded.at, reader = excluded.reader"""
UNSKIP = "DELETE FROM skipped_file WHERE folder = :folder AND path = :path"
DAMAGED = (
    "SELECT folder, path, note FROM publication WHERE note <> '' AND missing_since IS NULL ORDER BY folder, path LIMIT :limit"
)
FOLDERS = "SELECT folder FROM publication UNION SELECT folder FROM skipped_file ORDER BY 1"
COUNT_PRESENT = "SELECT COUNT(*) FROM publication WHERE missing_since IS NULL"
SAVE_REPORT = """
INSERT INTO folder_scan (folder, report) VALUES (:folder, :report) ON CONFLICT (folder) DO UPDATE SET report = excluded.report"""
REPORTS = "SELECT report FROM folder_scan ORDER BY folder"
