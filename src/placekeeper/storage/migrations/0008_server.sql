-- What devices asked and told lately, and what they got: the latest of each sort. `asker`: a device's key, or an address.
CREATE TABLE ask (
    account_id TEXT NOT NULL,
    asker TEXT NOT NULL,
    protocol TEXT NOT NULL,
    document TEXT NOT NULL,
    told BIGINT NOT NULL,
    at BIGINT NOT NULL,
    answer TEXT NOT NULL,
    progression DOUBLE PRECISION,
    work_id TEXT,
    PRIMARY KEY (account_id, asker, protocol, document, told)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX ask_at ON ask (account_id, at);

-- What an admin has chosen for the whole server, by name.
CREATE TABLE choice (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Publications that are called the same: what can be searched of one begins with its title.
CREATE INDEX publication_search ON publication (search);

-- How many readings and annotations an account may keep (NULL: as the settings say), and whether it has as many.
ALTER TABLE account ADD COLUMN quota BIGINT;
ALTER TABLE account ADD COLUMN is_full BIGINT NOT NULL DEFAULT 0;
