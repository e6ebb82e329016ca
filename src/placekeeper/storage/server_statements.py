"""SQL of what concerns the whole server, or is there for people to look at: asks, choices, lists and sizes of accounts."""

from placekeeper.storage.statements import ACCOUNT, CREDENTIAL_COLUMNS, DEVICE_COLUMNS

_ASK = "account_id, asker, protocol, document, told, at, answer, progression, work_id"

SAVE_ASK = f"""
INSERT INTO ask ({_ASK}) VALUES (:account_id, :asker, :protocol, :document, :told, :at, :answer, :progression, :work_id)
ON CONFLICT (account_id, asker, protocol, document, told) DO UPDATE SET at = excluded.at, answer = excluded.answer,
    progression = excluded.progression, work_id = excluded.work_id"""
ASKS = f"SELECT {_ASK} FROM ask WHERE account_id = :account_id ORDER BY at DESC, document LIMIT :limit"
TRIM_ASKS = """
DELETE FROM ask WHERE account_id = :account_id AND at < (
    SELECT at FROM ask WHERE account_id = :account_id ORDER BY at DESC LIMIT 1 OFFSET :keep)"""

DEVICES_LATELY = f"""
SELECT {DEVICE_COLUMNS} FROM device WHERE account_id = :account_id ORDER BY active_at DESC, id LIMIT :limit"""
LIVE_CREDENTIALS = f"""
SELECT {CREDENTIAL_COLUMNS} FROM credential WHERE account_id = :account_id AND revoked_at IS NULL ORDER BY id"""

CHOICE = "SELECT value FROM choice WHERE name = :name"
SAVE_CHOICE = "INSERT INTO choice (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

ACCOUNTS_LIKE = f"""
SELECT {ACCOUNT} FROM account WHERE name > :after AND (:words = '' OR LOWER(name) LIKE LOWER(:words) ESCAPE '!')
ORDER BY name LIMIT :limit"""
ADMINS = f"SELECT {ACCOUNT} FROM account WHERE admin = 1 ORDER BY name LIMIT :limit"
COUNT_ACCOUNTS = "SELECT COUNT(*) FROM account"
COUNT_READINGS = "SELECT COUNT(*) FROM reading WHERE account_id = :account_id"
COUNT_WORKS = "SELECT COUNT(*) FROM work WHERE account_id = :account_id AND head_id IS NOT NULL"
COUNT_DEVICES = "SELECT COUNT(*) FROM device WHERE account_id = :account_id"
COUNT_ANNOTATIONS = "SELECT COUNT(*) FROM annotation WHERE account_id = :account_id"
LAST_ACTIVE = "SELECT MAX(active_at) FROM device WHERE account_id = :account_id"
