"""What is wrong with a file without being a reason to refuse it: one clear line each, none twice, not endlessly many."""

from placekeeper.formats.limits import LIMITS


class Notes:
    """Collects lines in order."""

    def __init__(self, most: int = LIMITS.notes) -> None:
        """None yet. `most`: how many are kept."""
        self._lines: dict[str, None] = {}
        self._most = most
        self._dropped = 0

    def add(self, line: str) -> None:
        """One more, unless it is known."""
        if len(self._lines) < self._most:
            self._lines[line] = None
        elif line not in self._lines:
            self._dropped += 1

    @property
    def lines(self) -> tuple[str, ...]:
        """All of them."""
        return (*self._lines, f"and {self._dropped} more") if self._dropped else tuple(self._lines)
