-- Accounts, credentials, works, readings and devices.
-- Every table that belongs to an account has account_id first in its primary key, so that the schema can be sharded by it.
-- Times are Unix milliseconds (UTC), ids are UUIDv7 text. What stands in /*sqlite: ...*/ is for that engine alone:
-- there, rows lie in their primary key itself; but for readings, which are appended, so that a batch of them fills one page.

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    credential_revision BIGINT NOT NULL,
    admin BIGINT NOT NULL,
    library BIGINT NOT NULL,
    arbiter TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_name ON account (name);

CREATE TABLE erased_account (
    account_id TEXT NOT NULL PRIMARY KEY,
    erased_at BIGINT NOT NULL
);

CREATE TABLE credential (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (account_id, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX credential_digest ON credential (account_id, digest);

-- A bearer token names no account: this leads from its digest to the account.
CREATE TABLE credential_holder (
    digest TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL
);

CREATE TABLE pairing (
    account_id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    device_name TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries_left BIGINT NOT NULL
);

-- The revision of a work grows with each change of it, of its head, or of where a device stands with it.
CREATE TABLE work (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT,
    authors TEXT,
    filename TEXT,
    head_id TEXT,
    run BIGINT NOT NULL,
    first_received_at BIGINT,
    restored_at BIGINT,
    created_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE identifier (
    account_id TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    work_id TEXT NOT NULL,
    document TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, type, value)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX identifier_work ON identifier (account_id, work_id);

CREATE TABLE device (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    device_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    created_at BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX device_by_key ON device (account_id, device_key);
CREATE INDEX device_by_address ON device (account_id, address, active_at);

CREATE TABLE reading (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    work_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_name TEXT NOT NULL,
    device_foreign_id TEXT,
    protocol TEXT NOT NULL,
    document TEXT NOT NULL,
    notation TEXT NOT NULL,
    value TEXT NOT NULL,
    progression DOUBLE PRECISION NOT NULL,
    observed_at BIGINT,
    received_at BIGINT NOT NULL,
    identifiers TEXT,
    outcome TEXT NOT NULL,
    effect TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (account_id, work_id, id)
);

CREATE TABLE standing (
    account_id TEXT NOT NULL,
    work_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    last_id TEXT,
    last_notation TEXT,
    last_value TEXT,
    last_progression DOUBLE PRECISION,
    last_at BIGINT,
    seen_id TEXT,
    seen_progression DOUBLE PRECISION,
    seen_at BIGINT,
    held_progression DOUBLE PRECISION,
    held_at BIGINT,
    PRIMARY KEY (account_id, work_id, device_id)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE unanswered (
    account_id TEXT NOT NULL,
    work_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    value TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, work_id, device_id, value)
) /*sqlite: WITHOUT ROWID*/;
