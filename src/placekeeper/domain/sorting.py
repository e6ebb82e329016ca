"""How publications are put in order, searched and grouped: texts as keys that compare as people expect.

Case, accents and full-width forms do not count; numbers count as numbers; a leading article does not.
Source: https://www.unicode.org/reports/tr15/
"""

import re
import unicodedata
from collections.abc import Iterator

from placekeeper.domain.publication import Contributor, Metadata

_MARKS = re.compile("[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]+")
_DIGITS = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\W_]+")
NUMBER_WIDTH = 10
SEARCHED = 2_000
"""Characters of a publication's words that can be searched."""
LAST = "\U0010ffff"
"""Sorts after every text: what has no author, no series."""
ARTICLES = {
    "en": ("the ", "a ", "an "),
    "fr": ("le ", "la ", "les ", "l'", "l\N{RIGHT SINGLE QUOTATION MARK}", "un ", "une ", "des "),
    "de": ("der ", "die ", "das ", "ein ", "eine "),
    "es": ("el ", "la ", "los ", "las ", "un ", "una "),
    "it": ("il ", "lo ", "la ", "i ", "gli ", "le ", "un ", "una ", "l'", "l\N{RIGHT SINGLE QUOTATION MARK}"),
    "pt": ("o ", "a ", "os ", "as ", "um ", "uma "),
    "nl": ("de ", "het ", "een "),
}


def plain(text: str) -> str:
    """Without case, accents, and forms that only look different."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())


def folded(text: str) -> str:
    """The words of a text, in plain letters, with single spaces between."""
    return _BETWEEN.sub(" ", plain(text)).strip()


def key(text: str) -> str:
    """What a text is sorted by."""
    return _DIGITS.sub(lambda digits: digits[0].lstrip("0").rjust(NUMBER_WIDTH, "0"), folded(text))


def title_of(metadata: Metadata, path: str) -> str:
    """The title, or the name of the file where it has none."""
    name = path.rpartition("/")[2]
    return metadata.title or name.rpartition(".")[0] or name


def title_sort(metadata: Metadata, path: str) -> str:
    """What a title is sorted by: as the file says, else without its article."""
    if metadata.sort_title:
        return key(metadata.sort_title)
    title = title_of(metadata, path)
    language = metadata.languages[0].partition("-")[0].lower() if metadata.languages else "en"
    article = next((article for article in ARTICLES.get(language, ()) if title.lower().startswith(article)), "")
    return key(title[len(article) :])


def name_sort(person: Contributor) -> str:
    """What a person is sorted by: as the file says, else the last word of a name in Latin letters first."""
    if person.sort or "," in person.name:
        return key(person.sort or person.name)
    words = folded(person.name).split()
    if len(words) > 1 and all(word.isascii() for word in words):
        words = [words[-1], *words[:-1]]
    return key(" ".join(words))


def author_sort(metadata: Metadata) -> str:
    """What a publication is sorted by among its authors."""
    return " & ".join(map(name_sort, metadata.authors)) or LAST


def series_sort(metadata: Metadata) -> str:
    """What a publication is sorted by among the series: the series, then the number in it."""
    if not metadata.series:
        return LAST
    series = metadata.series[0]
    whole, _, part = series.position.partition(".")
    return f"{key(series.name)} | {key(whole) or LAST}.{part}"


def words_of(metadata: Metadata, path: str) -> str:
    """What can be found: words with a space before each."""
    people = (person.name for person in (*metadata.authors, *metadata.contributors))
    series = (series.name for series in metadata.series)
    texts = (title_of(metadata, path), metadata.subtitle, *people, *series, *metadata.subjects, metadata.publisher)
    return " " + folded(" ".join(texts)[:SEARCHED])


def groups_of(metadata: Metadata) -> Iterator[tuple[str, str, str]]:
    """(facet, name, what it is sorted by) of all groups that a publication is in."""
    yield from (("author", person.name, name_sort(person)) for person in metadata.authors if person.name)
    yield from (("series", series.name, key(series.name)) for series in metadata.series if series.name)
    yield from (("language", language, language.lower()) for language in metadata.languages if language)
    yield from (("subject", subject, key(subject)) for subject in metadata.subjects if subject)
