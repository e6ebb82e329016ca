"""Copies of the database: where there is no room for one, none is begun, and none leaves anything."""

import resource
from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import Unavailable
from placekeeper.domain.upkeep import Footprint
from placekeeper.services.upkeep import Probe, Upkeep
from tests.running import RunningServer
from tests.services.stage import Stage
from tests.web.browser import Browser
from tests.web.past import Past

SMALL = 100_000
"""Bytes of the largest file that a full disk takes: less than a database."""
DISK = Footprint(database=1_000, covers=0, books=0, free=2_000, total=20_000)


def admin_of(stage: Stage) -> Principal:
    """Mina, an admin."""
    return replace(stage.reader("mina"), scopes=frozenset(Scope))


@pytest.mark.parametrize("free", [2_000, 1_999, 0])
def test_room_is_left(stage: Stage, tmp_path: Path, free: int) -> None:
    """A copy is made only where it leaves a twentieth of the disk free; one that is refused stands in nobody's way."""
    footprint = replace(DISK, free=free)
    probe, mina = Probe(stage.store), admin_of(stage)
    upkeep = Upkeep(stage.store, probe, tmp_path, lambda _path: footprint, clock=stage.clock)
    for _ in range(2):
        if free == DISK.free:
            copy = stage.do(upkeep.backup(mina))
            copy.let_go()
        else:
            with pytest.raises(Unavailable):
                stage.do(upkeep.backup(mina))

    assert [] == list(tmp_path.glob("backup-*"))


def test_a_disk_that_is_full_meanwhile(tmp_path: Path) -> None:
    """A copy that the disk does not take to its end leaves nothing, not even SQLite's journal; nor does one before a crash."""
    Past(tmp_path).close()
    server = RunningServer(tmp_path)
    ann = Browser(server).sign_in()
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (SMALL, resource.RLIM_INFINITY))
    for _ in range(2):
        ann.get("/admin/backup", 503)
        assert [] == list(tmp_path.glob("backup-*"))
    server.kill()
    (tmp_path / "backup-0123.part-journal").write_bytes(b"left")
    again = RunningServer(tmp_path)
    again.kill()

    assert [] == list(tmp_path.glob("backup-*"))
