"""The server's own secret: random, made once, in a file beside the database, so that a copy of that does not hold it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from placekeeper.domain.errors import Misconfigured

NAME: Final = "secret.key"
BYTES: Final = 32


def server_secret(folder: Path) -> bytes:
    """The secret of a data folder; made at the first time. Raises Misconfigured where the file can't be had, or is no secret."""
    path = folder / NAME
    try:
        if not path.exists():
            _make(folder, path)
        found = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} can't be used: {error.strerror}") from error
    if len(found) != BYTES:
        raise Misconfigured(f"{path} is damaged: delete it, and whoever has signed in with an app may have to do so again")
    return found


def _make(folder: Path, path: Path) -> None:
    """Whole or not at all, for nobody else to read; whoever comes first wins."""
    draft = folder / f"{NAME}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
