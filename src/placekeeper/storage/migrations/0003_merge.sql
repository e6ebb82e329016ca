-- Two works that the person has joined: what led to the second one leads to the first one until that is undone.
-- `identifiers`: JSON, the (type, value) pairs that were repointed. `before_id`: the head of the first work until then;
-- `head_id`: the reading that came with it as head, if the second one's was newer.
CREATE TABLE merge (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    into_id TEXT NOT NULL,
    from_id TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    before_id TEXT,
    head_id TEXT,
    identifiers TEXT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (account_id, id)
) /*sqlite: WITHOUT ROWID*/;
