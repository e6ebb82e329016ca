"""All SQL, named. One text for every engine: named parameters, standard types, no engine's own words.

No statement crosses accounts, but for the three look-ups that lead to one (by name, by id list, by bearer digest).
"""

_READING = (
    "{0}.id, {0}.work_id, {0}.device_id, {0}.device_name, {0}.device_foreign_id, {0}.protocol, {0}.document, {0}.notation, "
    "{0}.value, {0}.progression, {0}.observed_at, {0}.received_at, {0}.identifiers, {0}.outcome, {0}.effect, {0}.reason"
)
READING_WIDTH = 16
"""How many columns a reading takes in a row, always in the order of `rows.reading`."""

ACCOUNT = "id, name, key_hash, credential_revision, admin, library, arbiter, created_at, quota, is_full"
CREDENTIAL_COLUMNS = "account_id, id, name, digest, scopes, created_at, revoked_at"
DEVICE_COLUMNS = "account_id, id, device_key, kind, name, address, created_at, active_at"
_WORK = "w.account_id, w.id, w.title, w.authors, w.filename, w.run, w.first_received_at, w.restored_at, w.created_at"
WORK_WIDTH = 9
"""How many columns a work takes in a row before those of its head."""
_LAST = "last_id, last_notation, last_value, last_progression, last_at"
_STANDING = (
    f"s.device_id, {_LAST}, s.seen_id, s.seen_progression, s.seen_at, s.held_progression, s.held_at, "
    "(SELECT COUNT(*) FROM unanswered u WHERE u.account_id = s.account_id AND u.work_id = s.work_id "
    "AND u.device_id = s.device_id)"
)

ACCOUNT_BY_ID = f"SELECT {ACCOUNT} FROM account WHERE id = :id"
ACCOUNT_BY_NAME = f"SELECT {ACCOUNT} FROM account WHERE name = :name"
ACCOUNTS = f"SELECT {ACCOUNT} FROM account ORDER BY name"
HAS_ADMIN = "SELECT 1 FROM account WHERE admin = 1 LIMIT 1"
CREDENTIAL_REVISION = "SELECT credential_revision FROM account WHERE id = :id"
SAVE_ACCOUNT = f"""
INSERT INTO account ({ACCOUNT})
VALUES (:id, :name, :key_hash, :credential_revision, :admin, :library, :arbiter, :created_at, :quota, :full)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, key_hash = excluded.key_hash,
    credential_revision = excluded.credential_revision, admin = excluded.admin, library = excluded.library,
    arbiter = excluded.arbiter, quota = excluded.quota, is_full = excluded.is_full"""
ERASE_ACCOUNT = "DELETE FROM account WHERE id = :id"
ERASE_HOLDERS = """
DELETE FROM credential_holder
WHERE account_id = :id AND digest IN (SELECT digest FROM credential WHERE account_id = :id)"""
ERASE_CREDENTIALS = "DELETE FROM credential WHERE account_id = :id"
ERASE_PAIRING = "DELETE FROM pairing WHERE account_id = :id"
MARK_ERASED = "INSERT INTO erased_account (account_id, erased_at) VALUES (:id, :now)"
NEXT_ERASED = "SELECT account_id FROM erased_account ORDER BY erased_at LIMIT 1"
FORGET_ERASED = "DELETE FROM erased_account WHERE account_id = :id"

_PURGE = "DELETE FROM {0} WHERE account_id = :id AND ({1}) IN (SELECT {1} FROM {0} WHERE account_id = :id LIMIT :limit)"
PURGES = (
    _PURGE.format("reading", "work_id, id"),
    _PURGE.format("standing", "work_id, device_id"),
    _PURGE.format("unanswered", "work_id, device_id, value"),
    _PURGE.format("identifier", "type, value"),
    _PURGE.format("device", "id"),
    _PURGE.format("work", "id"),
    _PURGE.format("merge", "id"),
    _PURGE.format("run", "work_id, number"),
    _PURGE.format("annotation", "id"),
    _PURGE.format("annotation_source", "annotation_id, source"),
    _PURGE.format("preference", "name"),
    _PURGE.format("ask", "asker, protocol, document, told"),
)
"""What an erased account leaves behind, table by table, each by its whole primary key."""

CREDENTIALS = f"SELECT {CREDENTIAL_COLUMNS} FROM credential WHERE account_id = :account_id ORDER BY id"
CREDENTIAL_OF = f"""
SELECT {CREDENTIAL_COLUMNS} FROM credential WHERE account_id = :account_id AND digest = :digest AND revoked_at IS NULL"""
CREDENTIAL_HOLDER = "SELECT account_id FROM credential_holder WHERE digest = :digest"
SAVE_CREDENTIAL = f"""
INSERT INTO credential ({CREDENTIAL_COLUMNS}) VALUES (:account_id, :id, :name, :digest, :scopes, :created_at, :revoked_at)
ON CONFLICT (account_id, id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, revoked_at = excluded.revoked_at"""
SAVE_HOLDER = """
INSERT INTO credential_holder (digest, account_id) VALUES (:digest, :account_id) ON CONFLICT (digest) DO NOTHING"""
DROP_HOLDER = "DELETE FROM credential_holder WHERE digest = :digest AND account_id = :account_id"
PAIRING = "SELECT account_id, digest, device_name, expires_at, tries_left FROM pairing WHERE account_id = :account_id"
SAVE_PAIRING = """
INSERT INTO pairing (account_id, digest, device_name, expires_at, tries_left)
VALUES (:account_id, :digest, :device_name, :expires_at, :tries_left)
ON CONFLICT (account_id) DO UPDATE SET digest = excluded.digest, device_name = excluded.device_name,
    expires_at = excluded.expires_at, tries_left = excluded.tries_left"""

IDENTIFIER = """
SELECT type, value, work_id, document FROM identifier WHERE account_id = :account_id AND type = :type AND value = :value"""
IDENTIFIERS = """
SELECT i.type, i.value, i.work_id, i.document FROM identifier o CROSS JOIN identifier i
WHERE o.account_id = :account_id AND o.work_id = :work_id
    AND i.account_id = o.account_id AND i.type = o.type AND i.value = o.value
ORDER BY i.type, i.value"""
"""In two steps: asked for all columns at once, SQLite goes through all identifiers of the account."""
REGISTER = """
INSERT INTO identifier (account_id, type, value, work_id, document, registered_at)
VALUES (:account_id, :type, :value, :work_id, :document, :now)
ON CONFLICT (account_id, type, value) DO NOTHING"""
UNREGISTER = """
DELETE FROM identifier WHERE account_id = :account_id AND type = :type AND value = :value AND work_id = :work_id"""

WORK = f"""
SELECT {_WORK}, {_READING.format("r")} FROM work w
LEFT JOIN reading r ON r.account_id = w.account_id AND r.work_id = w.id AND r.id = w.head_id
WHERE w.account_id = :account_id AND w.id = :work_id"""
WORK_OF = f"""
SELECT i.document, {_WORK}, {_READING.format("r")} FROM identifier i
JOIN work w ON w.account_id = i.account_id AND w.id = i.work_id
LEFT JOIN reading r ON r.account_id = w.account_id AND r.work_id = w.id AND r.id = w.head_id
WHERE i.account_id = :account_id AND i.type = :type AND i.value = :value"""
WORKS = f"""
SELECT {_WORK}, {_READING.format("r")} FROM work w
JOIN reading r ON r.account_id = w.account_id AND r.work_id = w.id AND r.id = w.head_id
WHERE w.account_id = :account_id AND (:before IS NULL OR w.head_id < :before)
    AND NOT EXISTS (SELECT 1 FROM merge m WHERE m.account_id = w.account_id AND m.from_id = w.id AND m.undone_at IS NULL)
ORDER BY w.head_id DESC LIMIT :limit"""
_DESCRIBED = "LOWER(COALESCE(w.title, '') || ' ' || COALESCE(w.authors, '') || ' ' || COALESCE(w.filename, ''))"
_HAS_WORD = f"AND ({_DESCRIBED} LIKE :word{{0}} ESCAPE '!' OR {_DESCRIBED} LIKE :name{{0}} ESCAPE '!')"
_STATE = """
CASE WHEN l.finished_at IS NOT NULL THEN 'finished' WHEN l.abandoned_at IS NOT NULL THEN 'abandoned'
    WHEN l.number IS NOT NULL OR (SELECT r.progression FROM reading r
        WHERE r.account_id = w.account_id AND r.work_id = w.id AND r.id = w.head_id) < :ended THEN 'reading'
    ELSE 'finished' END"""
_STANDING_SO = f"""
    LEFT JOIN run l ON l.account_id = w.account_id AND l.work_id = w.id AND l.number >= w.run AND NOT EXISTS (
        SELECT 1 FROM run x WHERE x.account_id = l.account_id AND x.work_id = l.work_id AND x.number > l.number)
    WHERE {_STATE} = :state AND"""
_WORKS_LIKE = f"""
SELECT {_WORK}, {_READING.format("r")} FROM (
    SELECT w.id, w.head_id FROM work w {{0}}
        w.account_id = :account_id AND w.head_id IS NOT NULL AND (:before IS NULL OR w.head_id < :before) {{1}}
        AND w.id NOT IN (SELECT m.from_id FROM merge m WHERE m.account_id = :account_id AND m.undone_at IS NULL)
    ORDER BY w.head_id DESC LIMIT :limit
) f
JOIN work w ON w.account_id = :account_id AND w.id = f.id
JOIN reading r ON r.account_id = :account_id AND r.work_id = f.id AND r.id = f.head_id
ORDER BY f.head_id DESC"""
MOST_WORDS = 6
_WORDS = tuple(" ".join(_HAS_WORD.format(word) for word in range(count)) for count in range(MOST_WORDS + 1))
WORKS_LIKE = tuple(_WORKS_LIKE.format("WHERE", words) for words in _WORDS)
WORKS_STANDING_SO = tuple(_WORKS_LIKE.format(_STANDING_SO, words) for words in _WORDS)
"""By how many words are looked for: `:word0`, `:name0` and so on are patterns of each, in small letters and with a capital."""
HEAD_ID = "SELECT head_id FROM work WHERE account_id = :account_id AND id = :work_id"
SAVE_WORK = """
INSERT INTO work (account_id, id, title, authors, filename, head_id, run, first_received_at, restored_at, created_at, revision)
VALUES (:account_id, :id, :title, :authors, :filename, :head_id, :run, :first_received_at, :restored_at, :created_at, 1)
ON CONFLICT (account_id, id) DO UPDATE SET title = excluded.title, authors = excluded.authors,
    filename = excluded.filename, head_id = excluded.head_id, run = excluded.run,
    first_received_at = excluded.first_received_at, restored_at = excluded.restored_at, revision = work.revision + 1"""
DESK = f"""
SELECT a.credential_revision, i.document, {_WORK}, {_READING.format("r")} FROM account a
LEFT JOIN identifier i ON i.account_id = a.id AND i.type = :type AND i.value = :value
LEFT JOIN work w ON w.account_id = i.account_id AND w.id = i.work_id
LEFT JOIN reading r ON r.account_id = w.account_id AND r.work_id = w.id AND r.id = w.head_id
WHERE a.id = :account_id"""
REVISIONS = """
SELECT a.credential_revision, w.revision FROM account a
JOIN work w ON w.account_id = a.id AND w.id = :work_id WHERE a.id = :account_id"""
TOUCH = "UPDATE work SET revision = revision + 1 WHERE account_id = :account_id AND id = :work_id"
MOVE_HEAD = """
UPDATE work SET head_id = :head_id, run = :run, first_received_at = :first_received_at, revision = revision + 1
WHERE account_id = :account_id AND id = :id"""
PLACE = f"""
SELECT a.credential_revision, {_READING.format("r")} FROM account a
LEFT JOIN identifier i ON i.account_id = a.id AND i.type = :type AND i.value = :value
LEFT JOIN work w ON w.account_id = i.account_id AND w.id = i.work_id
LEFT JOIN reading r ON r.account_id = w.account_id AND r.work_id = w.id AND r.id = w.head_id
WHERE a.id = :account_id"""

ADD_READING = """
INSERT INTO reading (account_id, id, work_id, device_id, device_name, device_foreign_id, protocol, document, notation, value,
    progression, observed_at, received_at, identifiers, outcome, effect, reason)
VALUES (:account_id, :id, :work_id, :device_id, :device_name, :device_foreign_id, :protocol, :document, :notation, :value,
    :progression, :observed_at, :received_at, :identifiers, :outcome, :effect, :reason)"""
_PARTS = """
WITH RECURSIVE part (id) AS (
    SELECT CAST(:work_id AS TEXT)
    UNION SELECT m.from_id FROM merge m JOIN part p ON m.into_id = p.id WHERE m.account_id = :account_id AND m.undone_at IS NULL
)"""
"""A work, and those that were joined to it."""
READING = f"""{_PARTS}
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id IN (SELECT id FROM part) AND r.id = :id"""
READINGS = f"""{_PARTS}
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id IN (SELECT id FROM part) AND (:before IS NULL OR r.id < :before)
ORDER BY r.id DESC LIMIT :limit"""
LATEST = f"""
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id = :work_id AND r.protocol = :protocol
    AND ((:outcome IS NULL AND r.effect = 'head') OR r.outcome = :outcome)
ORDER BY r.id DESC LIMIT 1"""

NEAREST = f"""{_PARTS}
SELECT {_READING.format("r")} FROM (
    SELECT * FROM reading WHERE account_id = :account_id AND work_id IN (SELECT id FROM part) ORDER BY id DESC LIMIT 2000
) r
WHERE r.protocol = :protocol AND r.document = :document AND r.progression >= :low AND r.progression <= :high
    AND r.notation IN ('xpointer', 'page')
ORDER BY r.progression DESC, r.id DESC LIMIT 1"""
NEWEST_OF = f"""{_PARTS}
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id IN (SELECT id FROM part) AND r.protocol = :protocol AND r.document = :document
ORDER BY r.id DESC LIMIT 1"""
READ_LAST_IN = f"""{_PARTS}
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id IN (SELECT id FROM part) AND r.protocol = :protocol AND r.document = :document
ORDER BY min(coalesce(r.observed_at, r.received_at), r.received_at) DESC, r.id DESC LIMIT 1"""

DEVICE = f"SELECT {DEVICE_COLUMNS} FROM device WHERE account_id = :account_id AND device_key = :key"
DEVICE_AT = f"""
SELECT {DEVICE_COLUMNS} FROM device WHERE account_id = :account_id AND address = :address ORDER BY active_at DESC LIMIT 1"""
DEVICES = f"SELECT {DEVICE_COLUMNS} FROM device WHERE account_id = :account_id ORDER BY active_at DESC, id"
DEVICE_ACTIVE = """
UPDATE device SET name = :name, address = :address, active_at = :active_at WHERE account_id = :account_id AND id = :id"""
SAVE_DEVICE = f"""
INSERT INTO device ({DEVICE_COLUMNS}) VALUES (:account_id, :id, :key, :kind, :name, :address, :created_at, :active_at)
ON CONFLICT (account_id, id) DO UPDATE SET name = excluded.name, address = excluded.address, active_at = excluded.active_at"""

STANDING = f"""
SELECT {_STANDING} FROM standing s
WHERE s.account_id = :account_id AND s.work_id = :work_id AND s.device_id = :device_id"""
STANDINGS = f"""
SELECT {_STANDING} FROM standing s
WHERE s.account_id = :account_id AND s.work_id = :work_id ORDER BY s.device_id"""
SAVE_STANDING = f"""
INSERT INTO standing (account_id, work_id, device_id, {_LAST}, seen_id, seen_progression, seen_at, held_progression, held_at)
VALUES (:account_id, :work_id, :device_id, :last_id, :last_notation, :last_value, :last_progression, :last_at,
    :seen_id, :seen_progression, :seen_at, :held_progression, :held_at)
ON CONFLICT (account_id, work_id, device_id) DO UPDATE SET last_id = excluded.last_id,
    last_notation = excluded.last_notation, last_value = excluded.last_value, last_progression = excluded.last_progression,
    last_at = excluded.last_at, seen_id = excluded.seen_id, seen_progression = excluded.seen_progression,
    seen_at = excluded.seen_at, held_progression = excluded.held_progression, held_at = excluded.held_at"""
SAVE_SIGHT = """
INSERT INTO standing (account_id, work_id, device_id, seen_id, seen_progression, seen_at)
VALUES (:account_id, :work_id, :device_id, :seen_id, :seen_progression, :seen_at)
ON CONFLICT (account_id, work_id, device_id) DO UPDATE SET seen_id = excluded.seen_id,
    seen_progression = excluded.seen_progression, seen_at = excluded.seen_at"""
UNANSWERED = """
SELECT value, received_at FROM unanswered
WHERE account_id = :account_id AND work_id = :work_id AND device_id = :device_id ORDER BY received_at"""
MARK_UNANSWERED = """
INSERT INTO unanswered (account_id, work_id, device_id, value, received_at)
VALUES (:account_id, :work_id, :device_id, :value, :received_at)
ON CONFLICT (account_id, work_id, device_id, value) DO UPDATE SET received_at = excluded.received_at"""
FORGET_UNANSWERED = """
DELETE FROM unanswered
WHERE account_id = :account_id AND work_id = :work_id AND device_id = :device_id AND received_at < :before"""
CLEAR_UNANSWERED = """
DELETE FROM unanswered
WHERE account_id = :account_id AND work_id = :work_id AND device_id = :device_id AND value = :value"""

_MERGE = "account_id, id, into_id, from_id, merged_at, before_id, head_id, identifiers, undone_at, before"
MERGES = f"SELECT {_MERGE} FROM merge WHERE account_id = :account_id AND undone_at IS NULL ORDER BY id"
SAVE_MERGE = f"""
INSERT INTO merge ({_MERGE})
VALUES (:account_id, :id, :into_id, :from_id, :merged_at, :before_id, :head_id, :identifiers, :undone_at, :before)
ON CONFLICT (account_id, id) DO UPDATE SET undone_at = excluded.undone_at"""
REPOINT = """
UPDATE identifier SET work_id = :into_id
WHERE account_id = :account_id AND type = :type AND value = :value AND work_id = :from_id"""
NEWEST_OWN = f"""
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id = :work_id AND (:head = 0 OR r.effect = 'head') AND NOT EXISTS (
    SELECT 1 FROM merge m WHERE m.account_id = r.account_id AND m.head_id = r.id AND m.undone_at IS NOT NULL)
ORDER BY r.id DESC LIMIT 1"""
OWN_READINGS = f"""
SELECT {_READING.format("r")} FROM reading r
WHERE r.account_id = :account_id AND r.work_id = :work_id AND r.id < :before ORDER BY r.id DESC LIMIT :limit"""
MOVE_READINGS = """
UPDATE reading SET work_id = :into_id
WHERE account_id = :account_id AND work_id = :from_id AND document = :document AND id > :after"""

RUNS = """
SELECT number, started_at, finished_at, abandoned_at FROM run
WHERE account_id = :account_id AND work_id = :work_id ORDER BY number"""
BEGIN_RUN = """
INSERT INTO run (account_id, work_id, number, started_at) VALUES (:account_id, :work_id, :number, :at)
ON CONFLICT (account_id, work_id, number) DO UPDATE SET started_at = COALESCE(run.started_at, excluded.started_at)"""
FINISH_RUN = """
INSERT INTO run (account_id, work_id, number, finished_at) VALUES (:account_id, :work_id, :number, :at)
ON CONFLICT (account_id, work_id, number) DO UPDATE SET finished_at = COALESCE(run.finished_at, excluded.finished_at)"""
SAVE_RUN = """
INSERT INTO run (account_id, work_id, number, started_at, finished_at, abandoned_at)
VALUES (:account_id, :work_id, :number, :started_at, :finished_at, :abandoned_at)
ON CONFLICT (account_id, work_id, number) DO UPDATE SET started_at = excluded.started_at,
    finished_at = excluded.finished_at, abandoned_at = excluded.abandoned_at"""

_ANNOTATION = "account_id, id, collection, source, motivation, same, content, said_at, created_at, changed_at, change, deleted_at"
ANNOTATION = f"SELECT {_ANNOTATION} FROM annotation WHERE account_id = :account_id AND id = :id"
ANNOTATION_SAME = f"""
SELECT {_ANNOTATION} FROM annotation WHERE account_id = :account_id AND collection = :collection AND same = :same"""
ANNOTATIONS = f"""
SELECT {_ANNOTATION} FROM annotation
WHERE account_id = :account_id AND collection = :collection AND deleted_at IS NULL
    AND (:source IS NULL OR source = :source) AND (:before IS NULL OR change < :before)
ORDER BY change DESC LIMIT :limit"""
ANNOTATION_CHANGES = f"""
SELECT {_ANNOTATION} FROM annotation
WHERE account_id = :account_id AND collection = :collection AND change > :after ORDER BY change LIMIT :limit"""
COUNT_ANNOTATIONS = """
SELECT COUNT(*) FROM annotation
WHERE account_id = :account_id AND collection = :collection AND deleted_at IS NULL AND id > ''"""
COUNT_ANNOTATIONS_UP_TO = COUNT_ANNOTATIONS + " AND id <= :upto"
COUNT_ANNOTATIONS_OF = """
SELECT COUNT(*) FROM annotation_source
WHERE account_id = :account_id AND source = :source AND (:upto IS NULL OR annotation_id <= :upto)"""
ANNOTATION_PAGE = f"""
SELECT {_ANNOTATION} FROM annotation WHERE account_id = :account_id AND id IN (
    SELECT id FROM annotation
    WHERE account_id = :account_id AND collection = :collection AND deleted_at IS NULL AND id > :after
    ORDER BY id LIMIT :limit OFFSET :offset)
ORDER BY id"""
ANNOTATION_PAGE_OF = f"""
SELECT {_ANNOTATION} FROM annotation
WHERE account_id = :account_id AND collection = :collection AND deleted_at IS NULL AND id IN (
    SELECT annotation_id FROM annotation_source
    WHERE account_id = :account_id AND source = :source AND annotation_id > :after
    ORDER BY annotation_id LIMIT :limit OFFSET :offset)
ORDER BY id"""
LAST_ANNOTATION_CHANGE = "SELECT MAX(change) FROM annotation WHERE account_id = :account_id AND collection = :collection"
ERASE_ANNOTATION_SOURCES = "DELETE FROM annotation_source WHERE account_id = :account_id AND annotation_id = :annotation_id"
SAVE_ANNOTATION_SOURCE = """
INSERT INTO annotation_source (account_id, annotation_id, source) VALUES (:account_id, :annotation_id, :source)"""
SAVE_ANNOTATION = f"""
INSERT INTO annotation ({_ANNOTATION})
VALUES (:account_id, :id, :collection, :source, :motivation, :same, :content, :said_at, :created_at, :changed_at, :change,
    :deleted_at)
ON CONFLICT (account_id, id) DO UPDATE SET source = excluded.source, motivation = excluded.motivation, same = excluded.same,
    content = excluded.content, said_at = excluded.said_at, changed_at = excluded.changed_at, change = excluded.change,
    deleted_at = excluded.deleted_at"""

PREFERENCE = "SELECT value FROM preference WHERE account_id = :account_id AND name = :name"
SAVE_PREFERENCE = """
INSERT INTO preference (account_id, name, value) VALUES (:account_id, :name, :value)
ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value"""
