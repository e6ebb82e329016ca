-- What annotations of every kind are about: one that has several targets names several sources.
CREATE TABLE annotation_source (
    account_id TEXT NOT NULL,
    annotation_id TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (account_id, annotation_id, source)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX annotation_by_source ON annotation_source (account_id, source, annotation_id);

-- Pages and counts of those that are not deleted, in the order in which they were made.
CREATE INDEX annotation_live ON annotation (account_id, collection, id, deleted_at) WHERE deleted_at IS NULL;
