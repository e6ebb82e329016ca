"""The order of files that only their names tell: numbers count as numbers. Must not know what the files are."""

import re

NUMBER = re.compile(r"([0-9]{1,30})")


def natural(name: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """What to sort by: `page 10` comes after `page 2`, `a/2` before `a b/1`, and capitals don't matter."""
    pieces = NUMBER.split(name.casefold().replace("/", "\0"))
    pairs = tuple((pieces[at], int(pieces[at + 1])) for at in range(0, len(pieces) - 1, 2))
    return (*pairs, (pieces[-1], -1)), name
