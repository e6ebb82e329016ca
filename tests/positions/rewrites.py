"""What happens to the text of a book on its way into another copy, with what became of each code point."""

import random
import re
from collections.abc import Callable

Rewritten = tuple[str, list[int]]
"""The text in the copy, and for each code point of the source where it is there; -1 for one that is gone with its sentence."""
Rewrite = Callable[[str, random.Random], Rewritten]
GONE = -1


def rewrite(text: str, pattern: str, replacement: Callable[[re.Match[str]], str | None], *, cut: bool = False) -> Rewritten:
    """Replaces what `replacement` gives a text for; `cut`: code points replaced by nothing are gone, with their sentence."""
    pieces, offsets, done, length = [], list[int](), 0, 0
    for match in re.finditer(pattern, text):
        new = replacement(match)
        if new is None:
            continue
        pieces += [text[done : match.start()], new]
        offsets += range(length, length + match.start() - done)
        length += match.start() - done
        lost = cut and not new
        offsets += [GONE if lost else length + min(at, len(new)) for at in range(match.end() - match.start())]
        length, done = length + len(new), match.end()
    offsets += range(length, length + len(text) - done)
    return "".join([*pieces, text[done:]]), offsets


def same(text: str, _chance: random.Random) -> Rewritten:
    return text, list(range(len(text)))


def hyphenated(text: str, chance: random.Random) -> Rewritten:
    return rewrite(text, r"(?<=[^\W\d_]{3})(?=[^\W\d_]{3})", lambda _: "\u00ad" if chance.random() < 0.6 else None)


def quoted_otherwise(text: str, _chance: random.Random) -> Rewritten:
    straight = {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2014": "--", "\u2026": "...", "\ufb01": "fi"}
    curly = {"'": "\u2019", '"': "\u201d", "--": "\u2014", "...": "\u2026", "fi": "\ufb01"}
    table = straight | curly
    return rewrite(text, "|".join(map(re.escape, table)), lambda match: table[match[0]])


def reflowed(text: str, chance: random.Random) -> Rewritten:
    if not text.strip():
        return rewrite(text, r"\s+", lambda _: "")
    return rewrite(text, r"\s+", lambda _: chance.choice((" ", "\n", "\n      ", "\u00a0")))


def edited(text: str, chance: random.Random) -> Rewritten:
    """One word in a hundred is another one, or has a new one beside it, or is missing."""
    words = re.findall(r"\w+", text)

    def new(match: re.Match[str]) -> str | None:
        if chance.random() >= 0.01:
            return None
        inside = match.end() < len(text) - 1 and text[match.end()] == " "
        return chance.choice((chance.choice(words), f"{match[0]} {chance.choice(words)}", "" if inside else match[0].upper()))

    return rewrite(text, r"\w+", new)


def misread(text: str, chance: random.Random) -> Rewritten:
    """One letter in fifty is misread where it has a likely double, as in scanned books."""
    wrong = {"e": "c", "l": "1", "o": "0", "h": "b", "n": "ri", "m": "rn", "i": "", "S": "5", "a": "", "t": "f"}
    return rewrite(text, r"\w", lambda match: wrong.get(match[0]) if chance.random() < 0.02 else None)


def shortened(text: str, chance: random.Random) -> Rewritten:
    """One sentence in thirty is missing."""
    return rewrite(text, r"[^.!?]{12,}[.!?]+[\u2019\u201d'\"]*\s*", lambda _: "" if chance.random() < 0.03 else None, cut=True)


def both(first: Rewrite, second: Rewrite) -> Rewrite:
    """One after the other."""

    def change(text: str, chance: random.Random) -> Rewritten:
        middle, moved = first(text, chance)
        new, onward = second(middle, chance)
        onward.append(len(new))
        return new, [there if there == GONE else onward[there] for there in moved]

    return change
