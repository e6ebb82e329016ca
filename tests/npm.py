"""Packages from npm that tests ask, in the versions of a lock file, installed once into `.cache` beside the checkout's files.

Where they can't be had the tests are skipped, unless `CI` or `PLACEKEEPER_REQUIRE_BROWSER` is set: then they fail.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

CACHE = Path(__file__).parent.parent / ".cache"
INPUTS = ("package.json", "package-lock.json", ".npmrc")
SECONDS = 120


def installed(inputs: Path, name: str) -> Path:
    """The folder of modules for the package of that folder. Several test processes that ask at once get the same one."""
    digest = hashlib.sha256(b"".join((inputs / each).read_bytes() for each in INPUTS)).hexdigest()[:16]
    folder = CACHE / name / digest
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _install(inputs, folder)
            (folder / "done").touch()
    return folder / "node_modules"


def unavailable(why: str) -> NoReturn:
    """Skip the test, or fail it where everything is required."""
    if os.environ.get("CI") or os.environ.get("PLACEKEEPER_REQUIRE_BROWSER"):
        pytest.fail(f"this test can't run: {why}")
    pytest.skip(f"NOT TESTED: {why}")


def _install(inputs: Path, folder: Path) -> None:
    if not shutil.which("npm"):
        unavailable("npm is not installed")
    for each in INPUTS:
        shutil.copy(inputs / each, folder / each)
    for more in (["--prefer-offline"], []):  # what npm has kept of a package may be older than the version that is wanted
        try:
            done = subprocess.run(["npm", "ci", *more], cwd=folder, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            unavailable(f"npm took longer than {SECONDS} s")
        if done.returncode == 0:
            return
    unavailable(f"npm failed: {done.stderr.strip()[-300:]}")
