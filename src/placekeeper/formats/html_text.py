"""How much an HTML parser copies while texts grow piece by piece. Only follows tables, cells and lists of choices.

Text in a table but in no cell goes in front of the table, to the text that is there already ("foster parenting"); tags that
are ignored leave text in one piece as well. Each piece makes a copy of what was there.
Source: https://html.spec.whatwg.org/multipage/parsing.html#appropriate-place-for-inserting-a-node
"""

from placekeeper.formats.html_tags import TABLE_PARTS

CELLS = frozenset({"caption", "td", "th"})
NO_NEW_TEXT = TABLE_PARTS | {
    "body", "form", "frame", "frameset", "head", "html", "input", "script", "style", "template"
}  # fmt: skip
"""Start tags after which text may go on in the same piece."""
CHOICES = frozenset({"option", "optgroup", "select"})
FOSTER, CELL, UNSURE = "foster", "cell", "unsure"


class TextWork:
    """Where text goes, as far as tags tell. What can't be told is taken to be in front of a table."""

    def __init__(self) -> None:
        """Outside of any table."""
        self._tables: list[str] = []  # of each open table: where text goes
        self._sticky = self._template = self._choosing = False
        self._plain = self._fostered = 0

    @property
    def in_table(self) -> bool:
        """Whether parts of tables are surely elements here, and close each other."""
        return bool(self._tables) and not self._sticky

    def tag(self, name: str, *, end: bool, doubtful: bool) -> None:
        """A tag is read; "" is a comment."""
        if doubtful or name == "template":
            self._sticky = self._template = True
        if name == "select":
            self._choosing = not end
        elif name == "table" and not self._choosing:
            self._table(end=end)
        elif name in TABLE_PARTS and self._tables:
            self._tables[-1] = UNSURE if end else CELL if name in CELLS else FOSTER
        elif name in {"svg", "math"} and self._tables and not end:
            self._sticky = True
        if name and not end and not self._sticky and (name in CHOICES or not self._choosing):
            self._started(name)

    def text(self, text: str) -> int:
        """A piece of text is read: how many characters are copied for it."""
        if not text:
            return 0
        if self._sticky or (self._tables and self._tables[-1] != CELL):
            if not self._sticky and text.isspace():
                return 0
            before, self._fostered = self._fostered, self._fostered + len(text)
            return before
        before, self._plain = self._plain, self._plain + len(text)
        return before

    def _started(self, name: str) -> None:
        """Whether text goes on in a new piece behind a start tag."""
        if not self._tables:
            if name not in NO_NEW_TEXT:
                self._plain = 0
        elif self._tables[-1] == CELL:
            if name in CELLS or name not in NO_NEW_TEXT:
                self._plain = 0
        elif self._tables[-1] == FOSTER and name not in NO_NEW_TEXT and name != "table":
            self._fostered = 0

    def _table(self, *, end: bool) -> None:
        if not end:
            state = self._tables[-1] if self._tables else CELL
            if state == UNSURE:
                self._sticky = True
            if state == FOSTER:
                self._tables[-1] = FOSTER  # it ends the one before
            else:
                self._tables.append(FOSTER)
        elif self._tables:
            self._tables.pop()
            if not self._tables:
                self._sticky, self._fostered = self._template, 0
