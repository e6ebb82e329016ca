"""Readium's own OPDS parser under Node, ready to be asked.

It comes from npm, see `tests.npm`.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.npm import installed

HERE = Path(__file__).parent


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
    modules = installed(HERE, "opds-tests")
    command = ["node", str(HERE / "readium.js")]
    environment = os.environ | {"NODE_PATH": str(modules)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        yield Readium(process)
        process.kill()
