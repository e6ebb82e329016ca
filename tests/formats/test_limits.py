"""The limits are documented as they are."""

from dataclasses import fields
from pathlib import Path

from placekeeper.domain import errors
from placekeeper.domain.errors import BadFile
from placekeeper.formats.limits import Limits

PAGE = (Path(__file__).parent.parent.parent / "docs" / "formats.md").read_text("utf-8")
UNITS = {"GiB": 1 << 30, "MiB": 1 << 20}


def test_every_limit_is_documented() -> None:
    """docs/formats.md has a row for each limit, with the number that the code has."""
    for limit in fields(Limits):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{limit.name}` |"))
        number, _, unit = row.split("|")[2].strip().replace(",", "").partition(" ")

        assert limit.default == int(number) * UNITS.get(unit, 1)


def test_every_error_is_documented() -> None:
    """docs/formats.md and the tree in the docstring name each error that a file can end in."""
    for error in (BadFile, *BadFile.__subclasses__()):
        assert f"`{error.__name__}`" in PAGE
        assert error.__name__ in str(errors.__doc__)
