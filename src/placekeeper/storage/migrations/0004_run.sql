-- How often a work was read: each time with when it was begun, read to its end, given up. `number`: as in `work.run`.
CREATE TABLE run (
    account_id TEXT NOT NULL,
    work_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    abandoned_at BIGINT,
    PRIMARY KEY (account_id, work_id, number)
) /*sqlite: WITHOUT ROWID*/;
