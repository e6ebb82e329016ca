-- The library: what is known of the files in its folders. These tables belong to no account.
-- What is long and rarely asked for (the whole description) has a table of its own, so that lists read little.

CREATE TABLE publication (
    id TEXT NOT NULL PRIMARY KEY,
    edition_id TEXT NOT NULL,
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    inode BIGINT NOT NULL,
    mounted BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title_sort TEXT NOT NULL,
    author_sort TEXT NOT NULL,
    series_sort TEXT NOT NULL,
    search TEXT NOT NULL,
    note TEXT NOT NULL,
    reader BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    scanned_at BIGINT NOT NULL,
    missing_since BIGINT
);
CREATE INDEX publication_path ON publication (folder, path);
CREATE INDEX publication_there ON publication (id, missing_since);
CREATE INDEX publication_edition ON publication (edition_id);
CREATE INDEX publication_by_title ON publication (title_sort, id);
CREATE INDEX publication_by_author ON publication (author_sort, title_sort, id);
CREATE INDEX publication_by_series ON publication (series_sort, title_sort, id);
CREATE INDEX publication_by_added ON publication (added_at, id);

-- JSON: all that the file tells; its reading order and its contents apart.
CREATE TABLE publication_description (
    publication_id TEXT NOT NULL PRIMARY KEY,
    described TEXT NOT NULL,
    extent TEXT NOT NULL
);

-- What recognises a publication. What recognised earlier bytes of its file stays, with current = 0.
CREATE TABLE publication_identifier (
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    publication_id TEXT NOT NULL,
    current BIGINT NOT NULL,
    PRIMARY KEY (type, value, publication_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX publication_identifier_of ON publication_identifier (publication_id);

-- By what publications are grouped: facet is author, series, language or subject.
CREATE TABLE publication_facet (
    facet TEXT NOT NULL,
    name TEXT NOT NULL,
    publication_id TEXT NOT NULL,
    sort TEXT NOT NULL,
    PRIMARY KEY (facet, name, publication_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX publication_facet_of ON publication_facet (publication_id);

CREATE TABLE skipped_file (
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    inode BIGINT NOT NULL,
    mounted BIGINT NOT NULL,
    why TEXT NOT NULL,
    at BIGINT NOT NULL,
    reader BIGINT NOT NULL,
    PRIMARY KEY (folder, path)
) /*sqlite: WITHOUT ROWID*/;

-- What the last scan of a folder found.
CREATE TABLE folder_scan (
    folder TEXT NOT NULL PRIMARY KEY,
    report TEXT NOT NULL
);
