BEGIN TRANSACTION;
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
INSERT INTO "account" VALUES('01990000-0000-7000-8000-000000000001','mina','$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',3,1,0,'latest',1763000000000);
INSERT INTO "account" VALUES('01990000-0000-7000-8000-000000000002','lucy','$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',1,0,1,'rules',1763000000000);
CREATE TABLE credential (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (account_id, id)
) WITHOUT ROWID;
INSERT INTO "credential" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000031','Kobo','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','sync',1763000000000,NULL);
CREATE TABLE credential_holder (
    digest TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL
);
INSERT INTO "credential_holder" VALUES('dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','01990000-0000-7000-8000-000000000001');
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
) WITHOUT ROWID;
INSERT INTO "device" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000021','id:K1','kosync','Kobo','192.0.2.7',1763000000000,1763000000005);
CREATE TABLE erased_account (
    account_id TEXT NOT NULL PRIMARY KEY,
    erased_at BIGINT NOT NULL
);
INSERT INTO "erased_account" VALUES('01990000-0000-7000-8000-000000000099',1763000000000);
CREATE TABLE identifier (
    account_id TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    work_id TEXT NOT NULL,
    document TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, type, value)
) WITHOUT ROWID;
INSERT INTO "identifier" VALUES('01990000-0000-7000-8000-000000000001','kosync-alias','S:other','01990000-0000-7000-8000-000000000011','C1',1763000000000);
INSERT INTO "identifier" VALUES('01990000-0000-7000-8000-000000000001','kosync-document','C1','01990000-0000-7000-8000-000000000011','C1',1763000000000);
CREATE TABLE migration (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
INSERT INTO "migration" VALUES(1,'first',1763000000000);
CREATE TABLE pairing (
    account_id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    device_name TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries_left BIGINT NOT NULL
);
INSERT INTO "pairing" VALUES('01990000-0000-7000-8000-000000000002','code','Libra',1763000600000,4);
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
INSERT INTO "reading" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000041','01990000-0000-7000-8000-000000000011','01990000-0000-7000-8000-000000000021','Kobo','K1','kosync','0b229176d4e8db7f6d2b5a4952368d7a','page','17',0.4213,NULL,1763000000000,NULL,'first','head','the first reading of this work');
INSERT INTO "reading" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000042','01990000-0000-7000-8000-000000000011','01990000-0000-7000-8000-000000000021','Kobo','K1','kosync','0b229176d4e8db7f6d2b5a4952368d7a','xpointer','/body/DocFragment[12]/body/p[3]/text().7',0.4213,NULL,1763000060000,'content:C1 structure:S:other','same-device','head','Kobo reads on');
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
) WITHOUT ROWID;
INSERT INTO "standing" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000011','01990000-0000-7000-8000-000000000021','01990000-0000-7000-8000-000000000042','xpointer','/body/DocFragment[12]/body/p[3]/text().7',0.4213,1763000060000,'01990000-0000-7000-8000-000000000042',0.4213,1763000060000,NULL,NULL);
CREATE TABLE unanswered (
    account_id TEXT NOT NULL,
    work_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    value TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, work_id, device_id, value)
) WITHOUT ROWID;
INSERT INTO "unanswered" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000011','01990000-0000-7000-8000-000000000021','17',1763000000000);
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
    PRIMARY KEY (account_id, id)
) WITHOUT ROWID;
INSERT INTO "work" VALUES('01990000-0000-7000-8000-000000000001','01990000-0000-7000-8000-000000000011','Drácula','Bram Stoker',NULL,'01990000-0000-7000-8000-000000000042',2,1763000000000,1763000000001,1763000000002);
CREATE UNIQUE INDEX account_name ON account (name);
CREATE INDEX credential_digest ON credential (account_id, digest);
CREATE INDEX identifier_work ON identifier (account_id, work_id);
CREATE UNIQUE INDEX device_by_key ON device (account_id, device_key);
COMMIT;
