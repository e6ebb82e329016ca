"""The schema: made, left alone, refused when newer, and never left half changed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from placekeeper.domain.account import ArbiterMode, Scope
from placekeeper.domain.errors import Misconfigured, NewerDatabase
from placekeeper.domain.reading import Effect, Outcome
from placekeeper.domain.shelf import Query
from placekeeper.domain.standing import Unanswered
from placekeeper.storage import migrate
from placekeeper.storage.sqlite import DATABASE, ENGINE, SqliteStore
from tests.running import RunningServer, command
from tests.storage.samples import an_account

DUMPS = Path(__file__).parent / "dumps"
FIRST_MS, LATER_MS = 1_763_000_000_000, 1_764_000_000_000
BROKEN = migrate.Migration(9001, "broken", ("CREATE TABLE extra (x TEXT)", "UPDATE account SET name = 'lost'", "NO SQL AT ALL"))
DUMPED = "01990000-0000-7000-8000-0000000000"


def dump(data: Path) -> list[str]:
    """The whole database as text: schema and rows."""
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        return list(connection.iterdump())


def execute(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a database at the newest step, with one account."""
    store = SqliteStore(tmp_path, now_ms=FIRST_MS)
    store.run(lambda ledger: ledger.save_account(an_account(id="1", name="mina")))
    store.close()
    return tmp_path


def test_fresh(data: Path) -> None:
    """A fresh database is at the newest step; each step is logged with its name and time."""
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        logged = connection.execute("SELECT number, name, applied_at FROM migration ORDER BY number").fetchall()
    assert [(step.number, step.name, FIRST_MS) for step in migrate.migrations(ENGINE)] == logged
    assert logged


def test_steps_have_no_gaps() -> None:
    """The steps are numbered from one without a gap, and each has statements."""
    steps = migrate.migrations(ENGINE)
    assert list(range(1, len(steps) + 1)) == [step.number for step in steps]
    assert all(step.statements for step in steps)


def test_current_is_left_alone(data: Path) -> None:
    """Opening a current database changes not a byte of its schema or its rows."""
    before = dump(data)
    SqliteStore(data, now_ms=LATER_MS).close()
    assert before == dump(data)


def test_newer_is_refused(data: Path) -> None:
    """A database of a newer release is refused in words that say what to do, and stays as it is."""
    execute(data, "INSERT INTO migration VALUES (9999, 'tomorrow', 1)")
    before = dump(data)
    with pytest.raises(NewerDatabase, match=r"step 9999.*newer release"):
        SqliteStore(data, now_ms=LATER_MS)
    assert before == dump(data)


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("user", "list")], ids=" ".join)
def test_newer_is_refused_by_commands(data: Path, arguments: tuple[str, ...]) -> None:
    """A command on a newer database says so in one line and exits with 1."""
    execute(data, "INSERT INTO migration VALUES (9999, 'tomorrow', 1)")
    answer = command(*arguments, data=data, check=False)
    assert (1, "") == (answer.returncode, answer.stdout)
    assert answer.stderr.startswith("placekeeper: the database is at step 9999")
    assert 1 == answer.stderr.count("\n")


def test_a_step_that_fails(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails midway leaves the schema and the rows before it; the release before opens them as ever."""
    before, steps = dump(data), migrate.migrations(ENGINE)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "migrations", lambda _engine: [*steps, BROKEN])
        with pytest.raises(Misconfigured, match="can't be used"):
            SqliteStore(data, now_ms=LATER_MS)
    assert before == dump(data)

    store = SqliteStore(data, now_ms=LATER_MS)
    assert ["mina"] == [account.name for account in store.run(lambda ledger: ledger.accounts())]
    store.close()


def test_each_step_is_kept_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several steps, those before the one that fails are kept, each whole; the next start goes on from there."""
    steps = migrate.migrations(ENGINE)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "migrations", lambda _engine: [*steps, BROKEN])
        with pytest.raises(Misconfigured):
            SqliteStore(tmp_path, now_ms=FIRST_MS)
    before = dump(tmp_path)
    SqliteStore(tmp_path, now_ms=LATER_MS).close()
    assert before == dump(tmp_path)

    (tmp_path / "fresh").mkdir()
    SqliteStore(tmp_path / "fresh", now_ms=FIRST_MS).close()
    assert dump(tmp_path / "fresh") == before


def test_a_first_step_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the very first step fails, no table of it is there, and the next start takes it."""
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "migrations", lambda _engine: [BROKEN])
        with pytest.raises(Misconfigured):
            SqliteStore(tmp_path, now_ms=LATER_MS)
    assert "extra" not in "".join(dump(tmp_path))
    SqliteStore(tmp_path, now_ms=LATER_MS).close()
    assert "CREATE TABLE account" in "".join(dump(tmp_path))


def test_what_is_no_database(tmp_path: Path) -> None:
    """A file that is no database is one clear error, and is not overwritten."""
    (tmp_path / DATABASE).write_text("my diary, volume four\n" * 100, "utf-8")
    with pytest.raises(Misconfigured, match="not a database"):
        SqliteStore(tmp_path, now_ms=LATER_MS)
    assert "my diary, volume four\n" * 100 == (tmp_path / DATABASE).read_text("utf-8")


@pytest.fixture
def dumped(tmp_path: Path) -> SqliteStore:
    """A database as the release with step 1 wrote it, opened by this one."""
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.executescript((DUMPS / "0001.sql").read_text("utf-8"))
    return SqliteStore(tmp_path, now_ms=LATER_MS)


def test_accounts_of_step_1(dumped: SqliteStore) -> None:
    """Accounts, credentials and pairings that step 1 kept are read back."""
    mina, credential, pairing = dumped.run(
        lambda ledger: (ledger.account_named("mina"), ledger.credential_holder("d" * 64), ledger.pairing(DUMPED + "02"))
    )
    dumped.close()
    assert mina is not None
    assert (DUMPED + "01", 3, True, False, ArbiterMode.LATEST) == (
        mina.id,
        mina.credential_revision,
        mina.admin,
        mina.library,
        mina.arbiter,
    )
    assert DUMPED + "01" == credential
    assert pairing is not None
    assert ("Libra", 4) == (pairing.device_name, pairing.tries_left)


def test_readings_of_step_1(dumped: SqliteStore) -> None:
    """A work of step 1 has its head, its aliases, its readings, its devices and where they stand."""
    mina, work_id, device_id = DUMPED + "01", DUMPED + "11", DUMPED + "21"
    found = dumped.run(lambda ledger: ledger.work_of(mina, "kosync-alias", "S:other"))
    readings = dumped.run(lambda ledger: ledger.readings(mina, work_id, before=None, limit=9))
    devices = dumped.run(lambda ledger: ledger.devices(mina))
    standing = dumped.run(lambda ledger: ledger.standing(mina, work_id, device_id))
    credentials = dumped.run(lambda ledger: ledger.credentials(mina))
    dumped.close()

    assert found is not None
    assert (work_id, "Drácula", readings[0], 2) == (found[0].id, found[0].description.title, found[0].head, found[0].run)
    assert ["/body/DocFragment[12]/body/p[3]/text().7", "17"] == [reading.report.place.value for reading in readings]
    assert [(Outcome.SAME_DEVICE, Effect.HEAD), (Outcome.FIRST, Effect.HEAD)] == [(r.outcome, r.effect) for r in readings]
    assert (("content", "C1"), ("structure", "S:other")) == readings[0].report.identifiers
    assert [(device_id, "Kobo")] == [(device.id, device.name) for device in devices]
    assert standing.last is not None
    assert readings[0].id == standing.last.reading_id
    assert (Unanswered(value="17", received_at=FIRST_MS),) == standing.unanswered
    assert [frozenset({Scope.SYNC})] == [credential.scopes for credential in credentials]


def test_one_server_per_folder(start: Callable[..., RunningServer]) -> None:
    """A second server on the same folder is one clear line and exit status 1; the first one goes on."""
    first = start()
    second = command("serve", "--port", "0", data=first.data, check=False)
    assert (1, "") == (second.returncode, second.stdout)
    assert f"placekeeper: another server uses the data folder {first.data}\n" == second.stderr
    assert 0 == first.stop()


def test_no_library_of_step_1(dumped: SqliteStore) -> None:
    """A database of step 1 has an empty library afterwards."""
    listing, reports = dumped.run(lambda ledger: (ledger.listing(Query()), ledger.reports()))
    dumped.close()
    assert (0, []) == (listing.total, reports)
