"""Readium's own OPDS parser under Node, ready to be asked.

It comes from npm in exactly the version of `package-lock.json`, once, into `.cache` beside the checkout's files. Where it can't
be had the tests are skipped, unless `CI` is set: then they fail.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
CACHE = HERE.parent.parent / ".cache" / "opds-tests"
INPUTS = ("package.json", "package-lock.json", ".npmrc")
SECONDS = 120


@dataclass(frozen=True)
class Readium:
    """The parser. `kind`: `feed`, `publication`, `authentication`, `atom-feed` or `atom-entry`."""

    process: subprocess.Popen[str]

    def read(self, kind: str, text: str) -> Any:
        """What it makes of a document, written as OPDS 2.0 again."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"kind": kind, "text": text}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer


@contextmanager
def started() -> Iterator[Readium]:
    """The parser in a process of its own, until the end."""
    modules = _modules()
    command = ["node", str(HERE / "readium.js")]
    environment = os.environ | {"NODE_PATH": str(modules)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        yield Readium(process)
        process.kill()


def _modules() -> Path:
    """The folder with the parser, installed at the first use of this version."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in INPUTS)).hexdigest()[:16]
    folder = CACHE / digest
    if not (folder / "done").exists():
        if not shutil.which("npm"):
            _unavailable("npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        for name in INPUTS:
            shutil.copy(HERE / name, folder / name)
        done = subprocess.run(["npm", "ci", "--prefer-offline"], cwd=folder, capture_output=True, text=True, timeout=SECONDS)
        if done.returncode:
            _unavailable(f"npm failed: {done.stderr.strip()[-300:]}")
        (folder / "done").touch()
    return folder / "node_modules"


def _unavailable(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"Readium's parser can't be had: {why}")
    pytest.skip(f"NO READIUM PARSER: {why}")
