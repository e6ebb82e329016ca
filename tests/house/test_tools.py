"""The tools that hold the style: lint, format, types, import contracts, lock file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    "arguments",
    [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["importlinter.cli"]],
    ids=["lint", "format", "types", "imports"],
)
def test_tool_finds_nothing(arguments: list[str]) -> None:
    """Lint, format, strict types and the import contracts hold for the whole project."""
    module, *rest = arguments
    if module == "importlinter.cli":
        run = [str(Path(sys.executable).parent / "lint-imports")]
    else:
        run = [sys.executable, "-m", module, *rest]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_lock_is_current() -> None:
    """uv.lock says what pyproject.toml asks for (where uv is there to ask)."""
    if shutil.which("uv") is None:
        lock = (ROOT / "uv.lock").read_text("utf-8")
        assert 'name = "placekeeper"' in lock
        return
    done = subprocess.run(["uv", "lock", "--check", "--offline"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0 or "network" in done.stderr.lower(), done.stderr
