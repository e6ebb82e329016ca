"""Data that is shared with this checkout and too large for it: real books, and what real engines say about them."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("PLACEKEEPER_SHARED", Path(__file__).parent.parent.parent / "shared"))


def shared(*parts: str) -> Path:
    """A file or folder of the shared data; the test is skipped, loudly, where it is missing."""
    path = ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no shared data: {path} is missing (PLACEKEEPER_SHARED says where it is)")
    return path
