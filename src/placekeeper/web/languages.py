"""Languages by the names that people know them by, as far as books have them often; others keep their tag."""

from typing import Final

_NAMES: Final = """
af Afrikaans|ar Arabic|bg Bulgarian|bn Bengali|br Breton|ca Catalan|cs Czech|cy Welsh|da Danish|de German|el Greek|en English
|eo Esperanto|es Spanish|et Estonian|eu Basque|fa Persian|fi Finnish|fr French|ga Irish|gl Galician|grc Ancient Greek|he Hebrew
|hi Hindi|hr Croatian|hu Hungarian|hy Armenian|id Indonesian|is Icelandic|it Italian|ja Japanese|ka Georgian|ko Korean|la Latin
|lt Lithuanian|lv Latvian|mk Macedonian|ml Malayalam|mr Marathi|nb Norwegian|nl Dutch|nn Norwegian (Nynorsk)|no Norwegian
|pl Polish|pt Portuguese|ro Romanian|ru Russian|sa Sanskrit|sk Slovak|sl Slovenian|sq Albanian|sr Serbian|sv Swedish|ta Tamil
|te Telugu|th Thai|tl Tagalog|tr Turkish|uk Ukrainian|ur Urdu|vi Vietnamese|yi Yiddish|zh Chinese
"""
NAMES: Final = {tag: name for tag, _, name in (pair.strip().partition(" ") for pair in _NAMES.split("|"))}
"""English names by the primary subtag."""


def language(tag: str) -> str:
    """The name of a language; with its region or script where the tag has one: `English (GB)`."""
    primary, _, rest = tag.replace("_", "-").partition("-")
    name = NAMES.get(primary.lower())
    if name is None:
        return tag
    return f"{name} ({rest})" if rest else name
