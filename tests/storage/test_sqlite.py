"""SQLite keeps the contract of a storage engine."""

from tests.storage.conformance import StoreContract
from tests.storage.sqlite_engine import SqliteEngine


class TestSqlite(StoreContract):
    engine = SqliteEngine
