-- Bookmarks and annotations. `same`: two with the same one are one. `change` grows with each change; what is deleted stays as that.
CREATE TABLE annotation (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    collection TEXT NOT NULL,
    source TEXT NOT NULL,
    motivation TEXT NOT NULL,
    same TEXT NOT NULL,
    content TEXT NOT NULL,
    said_at BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    change TEXT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (account_id, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX annotation_same ON annotation (account_id, collection, same);
CREATE INDEX annotation_change ON annotation (account_id, collection, change);

-- What an account has chosen for itself, by name.
CREATE TABLE preference (
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, name)
) /*sqlite: WITHOUT ROWID*/;
