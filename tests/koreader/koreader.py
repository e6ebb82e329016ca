"""One KOReader device: a driver.lua process with the unmodified plugin in it, spoken to in JSON lines."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent
END_SECONDS = 10


def paths() -> dict[str, str]:
    """Where the plugin and its libraries lie: below KOSYNC_VENDOR, or each by a variable of its own."""
    vendor = os.environ.get("KOSYNC_VENDOR", "vendor")
    places = {
        "plugin": "koreader/plugins/kosync.koplugin",
        "frontend": "koreader/frontend",
        "base": "base",
        "spore": "spore",
    }
    return {name: os.environ.get(f"KOSYNC_{name.upper()}", f"{vendor}/{place}") for name, place in places.items()}


class Crash(AssertionError):
    """The plugin raised where KOReader would not have caught it."""


class Device:
    """A reader with its settings and its queue, which live in a folder of its own."""

    def __init__(
        self,
        model: str = "KindlePaperWhite",
        device_id: str = "AAAA-1",
        *,
        server: str | None = None,
        wall_offset: int = 0,
    ) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="kosync-device-")
        self.model, self.device_id, self.server = model, device_id, server
        command = ["luajit", str(HERE / "driver.lua"), "--home", self._home.name, "--model", model, "--device-id", device_id]
        command += ["--wall-offset", str(wall_offset)]
        for name, path in paths().items():
            command += [f"--{name}", path]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )

    def ask(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Let the reader do something; what came of it, crash or not."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps({"op": op, **arguments}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the driver died: " + process.stderr.read())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def do(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Let the reader do something that must not crash the plugin."""
        answer = self.ask(op, **arguments)
        if not answer["ok"]:
            raise Crash(f"{op}: {answer.get('crash')}")
        return answer

    def open(self, digest: str, **book: Any) -> dict[str, Any]:
        """Open a book; what the reader sees."""
        return self.do("open", digest=digest, **book)

    def state(self) -> dict[str, Any]:
        """The state with queue and settings."""
        state: dict[str, Any] = self.do("state")["state"]
        return state

    def sign_in(self, user: str, password: str, *, register: bool = False, auto: bool = True, **more: Any) -> dict[str, Any]:
        """With any book open: set the server, register or log in, then the settings, with no further traffic."""
        if self.server:
            self.do("server", url=self.server)
        answer = self.do("register" if register else "login", user=user, password=password)
        self.do("setting", set={"auto_sync": auto, **more})
        return answer

    def close(self) -> None:
        """Switch it off for good."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        if process.poll() is None:
            process.stdin.close()
            process.wait(END_SECONDS)
        process.stdout.close()
        process.stderr.close()
        self._home.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def texts(answer: dict[str, Any]) -> list[str]:
    """What the reader was shown meanwhile."""
    return [shown.get("text") for shown in answer["shown"]]
